"""Does an aid that is granted reach its beneficiary, whatever happens on the way?"""

from app.domain.money import Money
from app.domain.status import DossierStatus
from tests.stories import DISTRICT, Department


def test_a_granted_aid_is_paid_and_its_dossier_closed(department: Department) -> None:
    play = department.dossier(until="CloseDossier")

    play.usual("CloseDossier")

    assert play.row.status is DossierStatus.CLOSED
    assert play.open == []
    assert [order.amount for order in play.orders] == [Money.euros(12_600)]
