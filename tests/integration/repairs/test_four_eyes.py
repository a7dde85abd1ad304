"""Does what touches money need a second person, and what becomes of what was proposed?"""

import pytest
from sqlalchemy import select

from app.actions import repairs
from app.actions.effects.money import NothingVoted
from app.domain.errors import (
    NotAllowed,
    OwnProposal,
    ProposalClosed,
    RepairOutdated,
    SecondPersonNeeded,
)
from app.domain.status import ProposalStatus
from app.models.repair import RepairProposal
from app.queries import repairs as queries
from tests.integration.repairs.workshop import Workshop


def test_what_touches_money_needs_a_second_person(paid: Workshop) -> None:
    repair = paid.move("ClaimPayment", "CommitFunds")
    seen = paid.preview(repair)

    assert seen.plan.touches_money
    assert [line["kind"] for line in seen.plan.facts["money"]["stays"]][-1] == "commitment"
    assert "Engager les crédits" in seen.plan.facts["money"]["again"]
    with pytest.raises(SecondPersonNeeded):
        paid.apply(seen.ways[0], paid.agreed(seen.plan))
    assert paid.play.open == ["ClaimPayment"]
    assert not paid.play.told("repaired")


def test_the_second_person_does_it_and_the_money_written_stays(paid: Workshop) -> None:
    left = paid.play.left_of_commitment
    proposal = paid.propose(paid.move("ClaimPayment", "CommitFunds"))

    with pytest.raises(OwnProposal):
        paid.review(proposal, "admin")
    with pytest.raises(NotAllowed):
        paid.review(proposal, "agent")
    paid.confirm(proposal, "finances")

    assert paid.play.open == ["CommitFunds"]
    assert paid.play.left_of_commitment == left
    said = paid.play.journal[-1].personal
    assert said is not None
    assert (said["actor"], said["proposed_by"]) == (
        paid.play.house.people["finances"].name,
        paid.play.house.people["admin"].name,
    )
    assert paid.proposal(proposal).status is ProposalStatus.APPLIED
    with pytest.raises(ProposalClosed):
        paid.review(proposal, "chef")


def test_nothing_is_committed_before_a_vote(examined: Workshop) -> None:
    proposal = examined.propose(examined.move("ExamineRequest", "CommitFunds"))
    examined.confirm(proposal, "finances")

    with pytest.raises(NothingVoted):
        examined.play.usual("CommitFunds")
    assert examined.play.open == ["CommitFunds"]


def test_a_proposal_expires_when_the_dossier_moves(paid: Workshop) -> None:
    proposal = paid.propose(paid.move("ClaimPayment", "CommitFunds"))
    paid.play.usual("ClaimPayment")

    with pytest.raises(RepairOutdated):
        paid.review(proposal, "finances")
    house = paid.play.house
    [waiting] = house.read(lambda s: queries.waiting(s, dossier_id=paid.play.dossier_id))
    assert (waiting.proposal.id, waiting.is_current) == (proposal, False)


def test_a_newer_proposal_takes_the_place_of_the_one_that_waited(paid: Workshop) -> None:
    first = paid.propose(paid.move("ClaimPayment", "CommitFunds"))
    second = paid.propose(paid.move("ClaimPayment", "NotifyAward"))

    assert paid.proposal(first).status is ProposalStatus.DROPPED
    assert paid.proposal(second).status is ProposalStatus.OPEN


def test_a_proposal_is_set_aside_by_its_author_or_the_second_person_only(
    paid: Workshop,
) -> None:
    proposal = paid.propose(paid.move("ClaimPayment", "CommitFunds"))
    house = paid.play.house

    def drop(login: str) -> None:
        house.run(lambda s: repairs.drop(s, house.actor(login), proposal, now=house.now))

    with pytest.raises(NotAllowed):
        drop("agent")
    drop("direction")
    assert paid.proposal(proposal).status is ProposalStatus.DROPPED
    assert paid.play.journal[-1].kind == "repair_dropped"
    with pytest.raises(ProposalClosed):
        drop("admin")


def test_proposals_are_found_by_dossier(paid: Workshop) -> None:
    proposal = paid.propose(paid.move("ClaimPayment", "CommitFunds"))
    query = select(RepairProposal.id).where(RepairProposal.dossier_id == paid.play.dossier_id)
    assert paid.play.house.read(lambda s: list(s.scalars(query))) == [proposal]
