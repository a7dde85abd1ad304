"""Does a dry run say which amounts other aid rules would move, and which never move?"""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.actions import versions
from app.actions.migrations.amounts import Amounts, moving_amounts
from app.catalogue.pack import load_pack
from app.domain.money import Money
from app.models.dossier import Dossier
from tests.builders import grant_pack
from tests.integration.migrating import Change
from tests.stories import Department, Play

#: The base rate of furniture, for communes.
RATE = ("aid.dmn", "parameters_rule_3_output_2", "<text>0.10</text>")


def published(house: Department, table: str, cell: str, now: str) -> UUID:
    """Another version of the type, with one cell of its tables changed."""
    files = dict(grant_pack().files)
    head, found, tail = files[table].decode().partition(f'"{cell}">')
    assert found
    before, text, after = tail.partition("<text>")
    files[table] = (head + found + before + now + after.partition("</text>")[2]).encode()
    assert text
    assert files[table] != grant_pack().files[table]
    pack = load_pack(files)
    return house.run(
        lambda session: versions.publish(session, pack, by="Ada Martin", now=house.now).id
    )


def looked(play: Play, target_id: UUID, *, most: int = 1_000) -> Amounts | None:
    """What the version would do to the dossiers that follow the first one."""

    def look(session: Session) -> Amounts | None:
        types = play.house.console.types
        source = types.get(session, session.get_one(Dossier, play.dossier_id).definition_id)
        return moving_amounts(session, source, types.get(session, target_id), most=most)

    return play.house.read(look)


def test_a_lower_rate_moves_what_is_computed_and_says_before_and_after(
    department: Department,
) -> None:
    play = department.dossier(until="ExamineRequest")
    before = (play.row.calculation or {})["aid"]
    target = published(department, *RATE)

    found = looked(play, target)

    assert found is not None
    mine = next(one for one in found.samples if one.reference == play.row.reference)
    assert (mine.before, mine.is_proposed) == (before, False)
    assert Money.parse(mine.after).cents < Money.parse(before).cents
    rules = department.read(lambda s: department.console.types.get(s, target).rules)
    assert mine.after == rules.explain(play.row.facts)["aid"]
    assert found.moved >= 1
    assert Amounts.from_json(found.to_json()) == found


def test_a_proposal_is_told_apart_and_a_vote_is_only_counted(department: Department) -> None:
    proposed = department.dossier(until="HeadVisa")
    voted = department.kept("ClaimPayment")
    assert voted.row.voted is not None

    found = looked(proposed, published(department, *RATE))

    assert found is not None
    mine = next(one for one in found.samples if one.reference == proposed.row.reference)
    assert mine.is_proposed
    assert voted.row.reference not in {one.reference for one in found.samples}
    assert found.voted >= 1
    assert not found.payments_change


def test_what_is_not_computed_yet_is_to_come(department: Department) -> None:
    play = department.dossier()

    found = looked(play, published(department, *RATE))

    assert found is not None
    assert found.to_come >= 1
    assert play.row.reference not in {one.reference for one in found.samples}


def test_the_same_rules_say_nothing(department: Department) -> None:
    play = department.dossier(until="ExamineRequest")
    files = dict(grant_pack().files)
    files["README.md"] = b"Autre texte."
    pack = load_pack(files)
    target = department.run(
        lambda session: versions.publish(session, pack, by="x", now=department.now).id
    )

    assert looked(play, target) is None


def test_other_payment_tables_are_said_for_what_is_voted(department: Department) -> None:
    voted = department.kept("ClaimPayment")
    target = published(
        department, "payment.dmn", "instalments_rule_3_output_1", "<text>0.25</text>"
    )

    found = looked(voted, target)

    assert found is not None
    assert found.payments_change
    assert found.moved == 0


def test_beyond_some_number_the_others_are_counted_only(department: Department) -> None:
    play = department.dossier(until="ExamineRequest")

    found = looked(play, published(department, *RATE), most=0)

    assert found is not None
    assert (found.moved, found.samples) == (0, [])
    assert found.left_out >= 1
    assert found.is_told


@pytest.mark.parametrize("again", ["ExamineRequest", "HeadVisa"])
def test_what_is_said_is_what_happens_to_a_dossier_that_changes_version(
    department: Department, again: str
) -> None:
    """Computed again when the examination is sent; a proposal stays as it is written."""
    play = department.dossier(until=again)
    was = play.row
    target = published(department, *RATE)
    Change(department, target).done(play)
    assert play.row.definition_id == target

    assert play.row.calculation == was.calculation
    assert play.row.proposed == was.proposed
    play.usual(again)
    if again == "ExamineRequest":
        assert (play.row.calculation or {})["aid"] != (was.calculation or {})["aid"]
    else:
        assert play.row.calculation == was.calculation
