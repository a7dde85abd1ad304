"""Is what is paid what the rules say, seen by two people, and is what is not paid given back?"""

import pytest

from app.domain.errors import AdvanceNotDue, FourEyes
from app.domain.money import Money
from app.domain.permissions import Role
from app.domain.status import ClaimStatus, DossierStatus, OrderStatus
from tests.stories import Department, Play
from tests.usual import final_claim, interim_claim

FIRST_HALF = interim_claim(Money.euros(14_000))


@pytest.fixture
def play(department: Department) -> Play:
    """A dossier of 12 600 € whose works have begun."""
    return department.kept("ClaimPayment")


def amounts(play: Play) -> list[Money]:
    return [order.amount for order in play.orders]


def test_a_project_done_for_less_receives_its_share_and_releases_the_rest(play: Play) -> None:
    play.pay(**FIRST_HALF)

    play.pay(**final_claim(spent=Money.parse("22345.67"), other_public=Money.parse("4469.13")))
    play.usual("CloseDossier")

    assert amounts(play) == [Money.euros(6_300), Money.euros(3_755)]
    assert play.claims[-1].settlement is not None
    assert play.claims[-1].settlement["entitlement"] == "10055.00"
    assert play.row.status is DossierStatus.CLOSED
    assert play.left_of_commitment == Money.euros(10_055)


def test_what_was_paid_too_much_is_claimed_back_and_collected(play: Play) -> None:
    play.pay(**FIRST_HALF)
    play.do(
        "ClaimPayment",
        **final_claim(spent=Money.euros(10_000), other_public=Money.euros(2_000)),
    )
    play.usual("CheckClaim")
    play.usual("CertifyService")

    assert play.open == ["IssueRecoveryOrder"]
    play.usual("IssueRecoveryOrder", order_number="T-88")
    play.usual("RecordRecovery")
    play.usual("CloseDossier")

    assert amounts(play) == [Money.euros(6_300), Money.euros(-1_800)]
    assert play.claims[-1].status is ClaimStatus.RECOVERED
    assert play.left_of_commitment == Money.euros(4_500)


def test_an_order_the_payer_rejects_is_issued_again(play: Play) -> None:
    play.usual("ClaimPayment")
    play.usual("CheckClaim")
    play.usual("CertifyService")
    play.usual("IssuePaymentOrder", order_number="M-1")

    play.do("RecordPayerAnswer", payer="rejected", rejection_reason="IBAN clos.")
    play.usual("IssuePaymentOrder", order_number="M-2")
    play.usual("RecordPayerAnswer")

    statuses = [(order.number, order.status) for order in play.orders]
    assert statuses == [("M-1", OrderStatus.REJECTED), ("M-2", OrderStatus.PAID)]
    assert play.open == ["CloseDossier"]


def test_a_claim_sent_back_is_claimed_anew(play: Play) -> None:
    play.usual("ClaimPayment")

    play.do("CheckClaim", claim_check="sent_back", reason="Une facture manque.")
    play.pay(**play.answers("ClaimPayment"))

    statuses = [(claim.number, claim.status) for claim in play.claims]
    assert statuses == [(1, ClaimStatus.SENT_BACK), (2, ClaimStatus.PAID)]
    assert play.claims[0].reason == "Une facture manque."


def test_what_was_not_done_is_not_certified(play: Play) -> None:
    play.usual("ClaimPayment")
    play.usual("CheckClaim")

    play.do("CertifyService", certified="no", reason="Les rayonnages ne sont pas livrés.")

    assert play.open == ["ClaimPayment"]
    assert play.claims[0].status is ClaimStatus.SENT_BACK
    assert amounts(play) == []


def test_the_officer_pays_only_the_spending_retained(play: Play) -> None:
    play.do("ClaimPayment", **FIRST_HALF)
    play.do("CheckClaim", claim_check="accepted", retained="10000")

    assert play.claims[0].payable == Money.euros(4_500)


def test_nothing_is_ordered_when_nothing_is_due(play: Play) -> None:
    play.pay(**FIRST_HALF)
    play.do("ClaimPayment", **FIRST_HALF)
    play.usual("CheckClaim")
    play.usual("CertifyService")

    assert play.claims[1].status is ClaimStatus.NOTHING_DUE
    assert play.open == ["ClaimPayment"]
    assert amounts(play) == [Money.euros(6_300)]


def test_an_advance_the_rules_do_not_give_is_refused_at_once(play: Play) -> None:
    with pytest.raises(AdvanceNotDue):
        play.do("ClaimPayment", kind="advance")

    assert (play.open, play.claims) == (["ClaimPayment"], [])


def test_whoever_checked_a_claim_does_not_certify_it(play: Play) -> None:
    both = play.house.colleague("double", Role.OFFICER, Role.FINANCE)
    play.usual("ClaimPayment")
    play.house.give(play, "CheckClaim", "double")
    play.usual("CheckClaim", "double")

    with pytest.raises(FourEyes):
        play.usual("CertifyService", "double")
    assert play.open == ["CertifyService"]
    assert play.claims[0].checked_by_id == both.id

    play.usual("CertifyService", "finances")
    assert play.open == ["IssuePaymentOrder"]
