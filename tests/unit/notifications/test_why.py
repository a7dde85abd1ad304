"""Is the sentence at the foot of a mail French, whatever the organisation is called?"""

import pytest
from sqlalchemy.orm import Session

from app.models.dossier import Dossier
from app.models.people import Organisation
from notifications.why import why


@pytest.mark.parametrize("name", ["Commune de Vaucouleurs", "CC Côtes de Meuse", "Les Amis"])
def test_an_applicant_is_told_whose_requests_they_follow(name: str) -> None:
    dossier = Dossier(organisation=Organisation(name=name))
    said = why(Session(), {"why": {"because": "applicant"}}, dossier, None)
    assert said.replace("\u00a0", " ").endswith(f"les demandes de l’organisme « {name} ».")
