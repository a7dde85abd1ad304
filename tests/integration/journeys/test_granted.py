"""Does an aid that is granted reach its beneficiary, whatever the vote needed?"""

from datetime import date

from app.domain.money import Money
from app.domain.status import ClaimKind, DossierStatus, Vote
from app.models.process import ProcessStatus
from tests.stories import DISTRICT, Department
from tests.usual import interim_claim

BIG_LIBRARY = {
    "place": DISTRICT,
    "scheme": "LP-BAT",
    "cost": 1_250_000,
    "requested": 228_000,
    "other_public": 550_000,
}


def test_a_small_aid_is_paid_at_once_and_its_dossier_closed(department: Department) -> None:
    play = department.kept("ClaimPayment").until("CloseDossier")

    play.usual("CloseDossier")

    assert play.row.status is DossierStatus.CLOSED
    assert play.row.closed_on == play.today
    assert play.open == []
    assert [order.amount for order in play.orders] == [Money.euros(12_600)]
    assert play.process.status is ProcessStatus.COMPLETED
    assert play.left_of_commitment == Money.euros(12_600)


def test_an_aid_above_23_000_euros_has_its_convention_advance_interim_and_final_payments(
    department: Department,
) -> None:
    play = department.dossier(until="SignConvention", **BIG_LIBRARY)
    play.usual("SignConvention")
    play.usual("DeclareStart")

    play.pay(kind="advance")
    play.wait(until=date(2027, 6, 1))
    play.pay(**interim_claim(Money.euros(1_000_000)))
    play.wait(until=date(2028, 9, 4))
    play.pay(**play.answers("ClaimPayment"))
    play.usual("CloseDossier")

    assert [claim.kind for claim in play.claims] == list(ClaimKind)
    paid = [order.amount for order in play.orders]
    assert paid == [Money.euros(45_600), Money.euros(136_800), Money.euros(45_600)]
    assert sum((one.cents for one in paid), 0) == Money.euros(228_000).cents
    assert play.row.status is DossierStatus.CLOSED


def test_the_committee_may_grant_another_amount(department: Department) -> None:
    play = department.kept("AwaitSession")

    play.vote(Vote.GRANTED_OTHER, Money.euros(9_000))
    play.until("ClaimPayment")

    assert play.row.voted == Money.euros(9_000)
    assert play.left_of_commitment == Money.euros(9_000)
    play.pay(**play.answers("ClaimPayment"))
    assert [order.amount for order in play.orders] == [Money.euros(9_000)]


def test_a_dossier_adjourned_comes_back_to_the_next_session(department: Department) -> None:
    play = department.kept("AwaitSession")

    play.vote(Vote.ADJOURNED)
    assert (play.row.status, play.row.voted) == (DossierStatus.READY, None)
    play.vote(Vote.GRANTED)

    assert play.open == ["MakeExecutory"]
    assert play.row.voted == Money.euros(12_600)
    assert [entry.body["vote"] for entry in play.told("voted")] == ["adjourned", "granted"]


def test_what_a_visa_sends_back_is_examined_again_and_proposed_anew(
    department: Department,
) -> None:
    play = department.kept("ExamineRequest")
    play.usual("ExamineRequest")
    play.usual("HeadVisa")

    play.do("FinanceVisa", finance_visa="sent_back", comment="La dépense retenue est à revoir.")
    play.do(
        "ExamineRequest",
        retained_cost="20000",
        retained_share="1",
        proposal="recompute",
    )
    assert play.row.proposed != Money.zero()  # to compute again is to propose nothing
    play.usual("ExamineRequest")

    assert play.open == ["HeadVisa"]
    assert play.row.proposed == Money.euros(9_000)
    rounds = [entry.body["round"] for entry in play.told("completed", "ExamineRequest")]
    assert rounds == [1, 2, 3]
