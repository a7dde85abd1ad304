"""What do the tests of documents share? A service at work, a commune, its neighbour, the staff."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from app.database import Database
from app.domain.actor import Actor
from app.domain.permissions import Role
from app.models.people import MemberRole
from tests.builders import Service, a_service


@dataclass
class Town:
    """A service, and the people who meet around its dossiers."""

    service: Service
    commune: UUID
    mayor: Actor
    reader: Actor
    neighbour: Actor
    officer: Actor
    expert: Actor
    elected: Actor


@pytest.fixture
def town(database: Database, tmp_path: Path) -> Town:
    """The usual people, on each database."""
    service = a_service(database, tmp_path)
    commune = service.organisation("Commercy", insee_code="55122", siret="21550122500019")
    other = service.organisation("Verdun", insee_code="55545")
    return Town(
        service,
        commune,
        mayor=service.person("mairie@commercy.fr", Role.APPLICANT, of=commune),
        reader=service.person(
            "lecteur@commercy.fr", Role.APPLICANT, of=commune, member=MemberRole.READER
        ),
        neighbour=service.person("mairie@verdun.fr", Role.APPLICANT, of=other),
        officer=service.person("agent@dept.fr", Role.OFFICER),
        expert=service.person("expert@drac.fr", Role.EXPERT),
        elected=service.person("elu@dept.fr", Role.ELECTED),
    )
