"""Where do the applicant's pages hang? One blueprint, and what all of them ask first."""

from uuid import UUID

from flask import Blueprint

from app.models.dossier import Dossier
from app.queries import portal as queries
from app.web.access import actor
from app.web.database import reading

pages = Blueprint("portal", __name__)


def mine(dossier_id: UUID) -> Dossier:
    """The dossier, when it is of one of the person's organisations. Refuses NotFound."""
    return queries.my_dossier(reading(), actor(), dossier_id)


def may_write(dossier: Dossier) -> bool:
    """Does the person write for this organisation, or only read?"""
    return dossier.organisation_id in actor().writable_ids
