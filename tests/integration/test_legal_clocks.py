"""Do the delays of a real dossier follow what happens to it, and say why?"""

from dataclasses import astuple, replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.actions import clock_facts, clock_rebuild
from app.actions.clock_facts import Changed, Wanted
from app.actions.clocks import Desk, known_facts
from app.cli.delays import reckon_one
from app.domain.errors import NotAllowed
from app.domain.legal_clock.facts import FactKind
from app.domain.legal_clock.reckoning import ClockState
from app.domain.legal_clock.refusals import (
    ExtensionRefused,
    FactChangesNothing,
    FactInTheFuture,
    FactNotAllowed,
    FactWithoutReason,
)
from app.domain.working_days import Closure, WorkingCalendar
from app.models.clock import DossierClock, RecordedFact
from app.models.dossier import Dossier
from app.queries.legal_clocks import clocks_of, due_day_of, state_of
from tests.integration.migrating import Change, edited, rename
from tests.stories import NOON, Department, Play

REASON = "Courrier retrouvé à l’accueil."


def clocks(play: Play) -> dict[str, DossierClock]:
    """The delays of the dossier, by key."""
    return play.house.read(
        lambda session: {one.clock: one for one in clocks_of(session, play.dossier_id)}
    )


def said(play: Play, clock: str) -> list[str]:
    """The explanation of one delay, with plain spaces."""
    sentences = clocks(play)[clock].explanation["sentences"]
    return [one.replace("\u00a0", " ") for one in sentences]


def ask_pieces(play: Play) -> None:
    """The officer asks for a dated quote."""
    play.usual(
        "CheckCompleteness",
        completeness="missing",
        missing_pieces=[{"piece": "quotes", "reason": "Le devis n’est pas daté."}],
    )


def enter(play: Play, wanted: Wanted, login: str = "agent") -> Changed:
    """Somebody enters a fact."""
    house = play.house
    return house.run(
        lambda session: clock_facts.enter(
            session, house.console, house.actor(login), play.dossier_id, wanted, now=house.now
        )
    )


def an_association(department: Department) -> Play:
    """A request of the association of the demonstration."""
    department.now = NOON
    play = department.dossier()

    def change(session: Session) -> None:
        dossier = session.get_one(Dossier, play.dossier_id)
        dossier.facts = {**dossier.facts, "applicant_type": "association"}
        clock_rebuild.rebuild(desk(play, session))

    department.run(change)
    return play


def desk(play: Play, session: Session) -> Desk:
    """What the delays are kept with."""
    dossier = session.get_one(Dossier, play.dossier_id)
    type_ = play.house.console.types.get(session, dossier.definition_id)
    return Desk(session, play.house.console, type_, dossier.id, dossier.facts, play.house.now)


def test_filing_starts_the_delays_of_a_commune(department: Department) -> None:
    department.now = NOON
    play = department.dossier()

    found = clocks(play)
    assert set(found) == {"silence_public", "completeness"}
    assert found["silence_public"].due_on == date(2026, 3, 12)
    assert found["completeness"].due_on == date(2026, 2, 2)
    assert play.task("CheckCompleteness").due_on == date(2026, 2, 2)
    assert said(play, "silence_public") == [
        "Demande reçue le 12 janvier 2026.",
        "2 mois, de quantième à quantième : 12 mars 2026.",
        "Échéance : 12 mars 2026.",
    ]


def test_pieces_stop_the_clock_of_an_association_for_the_time_given(
    department: Department,
) -> None:
    play = an_association(department)
    play.wait(days=7)
    ask_pieces(play)

    silence = clocks(play)["silence"]
    assert silence.due_on == date(2026, 4, 11)
    assert state_of(silence, play.today) is ClockState.SUSPENDED
    assert state_of(silence, date(2026, 2, 18)) is ClockState.RUNNING

    play.wait(days=10)
    play.attach_requested()
    play.usual("ProvidePieces")

    assert clocks(play)["silence"].due_on == date(2026, 3, 22)
    assert (
        "Suspendu du 19 janvier 2026 au 29 janvier 2026 (pièces demandées), repris avant le "
        "terme du 18 février 2026 : 10 jours ne comptent pas."
    ) in said(play, "silence")


def test_the_clock_of_a_commune_is_not_stopped_by_the_law(department: Department) -> None:
    department.now = NOON
    play = department.dossier()
    ask_pieces(play)

    assert clocks(play)["silence_public"].due_on == date(2026, 3, 12)
    assert clocks(play)["missing_pieces"].due_on == date(2026, 2, 11)
    assert play.task("ProvidePieces").due_on == date(2026, 2, 11)


def test_a_new_check_begins_its_delay_again_and_the_task_follows(
    department: Department,
) -> None:
    department.now = NOON
    play = department.dossier()
    ask_pieces(play)
    play.wait(days=10)
    play.attach_requested()
    play.usual("ProvidePieces")

    assert clocks(play)["completeness"].due_on == date(2026, 2, 12)
    assert play.task("CheckCompleteness").due_on == date(2026, 2, 12)


def test_pieces_received_earlier_than_entered_move_the_date(department: Department) -> None:
    """A late fact: the envelope had arrived on the 22nd; the date says it was mended."""
    play = an_association(department)
    play.wait(days=7)
    ask_pieces(play)
    play.wait(days=10)
    play.attach_requested()
    play.usual("ProvidePieces")
    rank = next(
        fact.rank
        for fact in play.house.read(lambda s: known_facts(s, play.dossier_id))["silence"]
        if fact.kind is FactKind.RESUME
    )
    play.wait(days=1)

    changed = enter(
        play, Wanted("silence", FactKind.RESUME, date(2026, 1, 22), REASON, replaces=rank)
    )

    assert (changed.before, changed.after) == (date(2026, 3, 22), date(2026, 3, 15))
    assert clocks(play)["silence"].due_on == date(2026, 3, 15)
    assert clocks(play)["missing_pieces"].ended_on == date(2026, 1, 22)
    told = {one.body["clock"]: one for one in play.told("clock_changed")}
    assert told["silence"].body["after"] == "2026-03-15"
    assert all((one.personal or {})["reason"] == REASON for one in told.values())


def test_a_request_received_earlier_than_filed_moves_every_delay_that_starts_then(
    department: Department,
) -> None:
    """A request came on paper on the 8th and was entered on the 12th: one delay moved out of three."""
    play = an_association(department)
    assert set(clocks(play)) >= {"silence", "completeness"}
    instant = play.row.filed_at
    assert instant is not None
    receipt = clocks(play)["receipt"].started_on
    play.wait(days=1)

    changed = enter(
        play, Wanted("silence", FactKind.START, date(2026, 1, 8), REASON, replaces=0)
    )

    found = clocks(play)
    assert receipt == date(2026, 1, 12)
    assert {key: found[key].started_on for key in ("silence", "completeness", "receipt")} == (
        dict.fromkeys(("silence", "completeness", "receipt"), date(2026, 1, 8))
    )
    assert found["silence"].due_on == date(2026, 3, 8)
    assert found["completeness"].due_on == date(2026, 1, 29)
    assert play.task("CheckCompleteness").due_on == date(2026, 1, 29)
    assert said(play, "completeness")[0].startswith("Demande reçue le 8 janvier 2026")
    assert set(changed.others) == {"Accusé de réception", "Contrôle de complétude"}
    assert play.row.filed_at == datetime(2026, 1, 7, 23, 0, tzinfo=UTC)
    assert play.row.phase_dates["filing"] == "2026-01-08"
    told = play.told("clock_changed")
    assert {one.body["clock"] for one in told} == {"silence", "completeness", "receipt"}
    check_rebuilt(play)


def test_a_day_corrected_twice_moves_them_together_again(department: Department) -> None:
    play = an_association(department)
    play.wait(days=1)
    enter(play, Wanted("silence", FactKind.START, date(2026, 1, 8), REASON, replaces=0))
    facts = play.house.read(lambda s: known_facts(s, play.dossier_id))["completeness"]
    again = next(one.rank for one in facts if one.on == date(2026, 1, 8))

    enter(
        play, Wanted("completeness", FactKind.START, date(2026, 1, 9), REASON, replaces=again)
    )

    assert clocks(play)["silence"].started_on == date(2026, 1, 9)
    assert clocks(play)["completeness"].started_on == date(2026, 1, 9)
    check_rebuilt(play)


def test_what_has_another_cause_keeps_its_day(department: Department) -> None:
    play = an_association(department)
    stopped = clocks(play)["receipt"].ended_on
    play.wait(days=1)

    enter(play, Wanted("silence", FactKind.START, date(2026, 1, 8), REASON, replaces=0))

    assert clocks(play)["receipt"].ended_on == stopped


def test_the_silence_a_mail_announces_counts_from_the_corrected_day(
    department: Department,
) -> None:
    play = an_association(department)
    play.wait(days=1)
    enter(play, Wanted("silence", FactKind.START, date(2026, 1, 8), REASON, replaces=0))

    day = play.house.read(lambda s: due_day_of(s, play.dossier_id, ["silence"]))

    assert day == date(2026, 3, 8)


def test_an_extension_moves_the_task_and_is_given_once(department: Department) -> None:
    department.now = NOON
    play = department.dossier()

    enter(play, Wanted("completeness", FactKind.EXTEND, play.today, REASON, count=5))

    assert clocks(play)["completeness"].due_on == date(2026, 2, 9)
    assert play.task("CheckCompleteness").due_on == date(2026, 2, 9)
    with pytest.raises(ExtensionRefused, match="autant de fois"):
        enter(play, Wanted("completeness", FactKind.EXTEND, play.today, REASON, count=1))


def test_what_the_rules_do_not_allow_is_refused_with_a_sentence(department: Department) -> None:
    department.now = NOON
    play = department.dossier()
    today = play.today
    refused = (
        (Wanted("silence_public", FactKind.SUSPEND, today, REASON), FactNotAllowed),
        (Wanted("silence_public", FactKind.EXTEND, today, REASON, count=1), FactNotAllowed),
        (Wanted("completeness", FactKind.EXTEND, today, " ", count=1), FactWithoutReason),
        (Wanted("completeness", FactKind.EXTEND, today, REASON, count=11), ExtensionRefused),
        (
            Wanted("completeness", FactKind.EXTEND, date(2026, 2, 1), REASON, count=1),
            FactInTheFuture,
        ),
        (
            Wanted("silence_public", FactKind.START, today, REASON, replaces=0),
            FactChangesNothing,
        ),
    )
    for wanted, refusal in refused:
        with pytest.raises(refusal):
            enter(play, wanted)
    with pytest.raises(NotAllowed):
        enter(play, Wanted("completeness", FactKind.EXTEND, today, REASON, count=1), "elu")
    assert play.told("clock_changed") == []


def test_a_dossier_that_ends_leaves_no_delay_running(department: Department) -> None:
    play = department.kept("ClaimPayment").until("CloseDossier")
    play.usual("CloseDossier")

    assert all(one.ended_on is not None for one in clocks(play).values())
    assert clocks(play)["completion"].outcome is ClockState.MET
    assert clocks(play)["start_of_works"].due_on == play.row.start_deadline
    assert clocks(play)["completion"].due_on == play.row.completion_deadline


def test_the_journal_alone_gives_the_same_facts_and_the_same_dates(
    department: Department,
) -> None:
    play = an_association(department)
    play.wait(days=7)
    ask_pieces(play)
    play.wait(days=10)
    play.attach_requested()
    play.usual("ProvidePieces")
    enter(play, Wanted("completeness", FactKind.EXTEND, play.today, REASON, count=3))
    check_rebuilt(play)


def test_a_whole_dossier_is_found_again_from_its_journal(department: Department) -> None:
    play = department.kept("ClaimPayment").until("CloseDossier")
    play.usual("CloseDossier")

    check_rebuilt(play)


def check_rebuilt(play: Play) -> None:
    """Facts and dates are the same once read again from the journal."""
    before = play.house.read(lambda session: known_facts(session, play.dossier_id))
    dates = {key: (one.due_on, one.outcome) for key, one in clocks(play).items()}

    play.house.run(lambda session: clock_rebuild.rebuild(desk(play, session)))

    after = play.house.read(lambda session: known_facts(session, play.dossier_id))
    assert {k: [astuple(one) for one in v] for k, v in after.items()} == {
        k: [astuple(one) for one in v] for k, v in before.items()
    }
    assert {key: (one.due_on, one.outcome) for key, one in clocks(play).items()} == dates


def test_delays_are_found_again_when_the_steps_they_listen_to_changed_identifier(
    department: Department,
) -> None:
    """The journal says « CheckCompleteness »: the version followed now listens to another name."""
    play = department.dossier(until="ConsultServices")
    dates = {key: (one.due_on, one.outcome) for key, one in clocks(play).items()}
    department.wait(days=1)
    Change(department, edited(department, rename("CheckCompleteness", "ControlFile"))).done(
        play
    )

    department.run(lambda session: clock_rebuild.rebuild(desk(play, session)))

    assert {key: (one.due_on, one.outcome) for key, one in clocks(play).items()} == dates
    assert dates["completeness"][1] is ClockState.MET


def test_a_version_that_declares_delays_finds_them_in_the_journal(
    department: Department,
) -> None:
    """A dossier filed before its type had delays gets them with its next version."""
    department.now = NOON
    play = department.dossier()
    dates = {key: one.due_on for key, one in clocks(play).items()}

    def without(session: Session) -> None:
        session.execute(delete(RecordedFact).where(RecordedFact.dossier_id == play.dossier_id))
        session.execute(delete(DossierClock).where(DossierClock.dossier_id == play.dossier_id))
        clock_rebuild.adopt(desk(play, session))

    play.house.run(without)

    assert {key: one.due_on for key, one in clocks(play).items()} == dates


def test_a_closure_declared_later_moves_the_delays_of_the_rules_alone(
    department: Department,
) -> None:
    department.now = NOON
    play = department.dossier()
    closed = Closure(date(2026, 1, 19), date(2026, 1, 20), "inventaire")
    department.console = replace(
        department.console, calendar=WorkingCalendar(closures=(closed,))
    )

    changed = department.run(
        lambda session: reckon_one(
            session,
            department.now,
            dossier_id=play.dossier_id,
            made=department.console,
            from_journal=False,
        )
    )

    assert changed == 1
    assert clocks(play)["completeness"].due_on == date(2026, 2, 4)
    assert clocks(play)["silence_public"].due_on == date(2026, 3, 12)
    assert play.task("CheckCompleteness").due_on == date(2026, 2, 4)
    assert any("inventaire" in one for one in said(play, "completeness"))
