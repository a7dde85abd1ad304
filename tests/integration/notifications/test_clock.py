"""Does the clock carry what is due, survive what is poisoned, and leave a sign of life?"""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update

from app.actions.incidents import resume
from app.domain.permissions import Role
from app.jobs import RunningClock, tick
from app.jobs.running import SWEEPS
from app.models.journal import JournalEntry
from app.models.outbox import Heartbeat
from app.models.people import WebSession
from app.models.process import DossierProcess, Incident
from app.scheduler import Scheduler, Tick
from tests.integration.notifications.conftest import Town

PARIS = ZoneInfo("Europe/Paris")


def ask_pieces(town: Town) -> None:
    town.service.complete(
        town.officer,
        town.dossier_id,
        "CheckCompleteness",
        **{
            "completeness": "missing",
            "missing_pieces": "deliberation",
            "missing_pieces-deliberation-reason": "Illisible.",
        },
    )


def due_at(town: Town) -> datetime:
    with town.service.database.reading() as session:
        found = session.get_one(DossierProcess, town.dossier_id).due_at
    assert found is not None
    return found


def test_one_tick_carries_a_filing_to_the_mail_it_sends(town: Town) -> None:
    done = town.tick()

    assert done["dispatch"] == 1
    [receipt] = town.mails("receipt")
    [told] = [one for one in town.server.taken if one["Message-ID"] == receipt.message_id]
    assert "accusé de réception" in str(told.get_body(("plain",)).get_content())  # type: ignore[union-attr]


def test_pieces_that_never_come_open_a_task_and_nothing_automatic(town: Town) -> None:
    ask_pieces(town)
    assert town.service.open_steps(town.dossier_id) == ["ProvidePieces"]

    tick(town.clock(), now=due_at(town) - timedelta(seconds=1))
    assert town.service.open_steps(town.dossier_id) == ["ProvidePieces"]
    tick(town.clock(), now=due_at(town))

    assert town.service.open_steps(town.dossier_id) == ["DecideNextStep"]


def test_four_clocks_fire_a_timer_once(town: Town) -> None:
    ask_pieces(town)
    at, clocks = due_at(town), [town.clock() for _ in range(4)]

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda one: tick(one, now=at), clocks))

    with town.service.database.reading() as session:
        moves = session.scalar(
            select(func.count()).select_from(JournalEntry).where(JournalEntry.kind == "moved")
        )
    assert moves == 1


def test_a_dossier_that_cannot_move_is_set_aside_and_the_others_go_on(town: Town) -> None:
    healthy = town.dossier_id
    ask_pieces(town)
    town.dossier_id = broken = town.service.filed(town.secretary, town.commune)
    ask_pieces(town)
    good = _state(town)
    _write_state(town, b"not a state")
    admin = town.service.person("admin@meuse.example", Role.ADMIN)
    at = due_at(town)

    tick(town.clock(), now=at)

    assert town.service.open_steps(healthy) == ["DecideNextStep"]
    with town.service.database.reading() as session:
        incident = session.scalars(select(Incident)).one()
    assert (incident.dossier_id, incident.kind) == (broken, "timer")

    _write_state(town, good)
    town.service.run(lambda session: resume(session, admin, incident.id, now=at))
    tick(town.clock(), now=at)
    assert town.service.open_steps(broken) == ["DecideNextStep"]


def _state(town: Town) -> bytes:
    with town.service.database.reading() as session:
        return session.get_one(DossierProcess, town.dossier_id).state


def _write_state(town: Town, state: bytes) -> None:
    town.service.run(
        lambda session: session.execute(
            update(DossierProcess)
            .where(DossierProcess.dossier_id == town.dossier_id)
            .values(state=state)
        )
    )


def test_every_sweep_leaves_a_sign_of_life(town: Town) -> None:
    town.tick()

    with town.service.database.reading() as session:
        beats = {row.name: row.at for row in session.scalars(select(Heartbeat))}
    assert set(beats) == set(SWEEPS)
    assert set(beats.values()) == {town.service.now}


def test_without_a_relay_mails_wait_and_nothing_else_does(town: Town) -> None:
    clock = town.clock()
    clock.relay = None

    assert tick(clock, now=town.service.now)["mail"] == 0
    assert {mail.attempts for mail in town.mails()} == {0}


def test_ended_sessions_are_thrown_away(town: Town) -> None:
    row = WebSession(
        token_hash="0" * 64,
        person_id=town.officer.person_id,
        csrf_secret="x",
        created_at=town.service.now,
        last_write_at=town.service.now,
        expires_at=town.service.now,
    )
    town.service.run(lambda session: session.add(row))

    town.tick(later=timedelta(hours=1))

    with town.service.database.reading() as session:
        assert session.scalars(select(WebSession)).all() == []


def test_a_running_clock_sends_by_itself_and_stops_when_told(town: Town) -> None:
    running = RunningClock(town.clock(), PARIS)
    running.start()
    try:
        for _ in range(100):
            if _receipts(town):
                break
            threading.Event().wait(0.1)
    finally:
        running.stop()
    assert len(_receipts(town)) == 1


def _receipts(town: Town) -> list[str]:
    """The receipts that left; a digest leaves too when this test runs in office hours."""
    ids = {mail.message_id for mail in town.mails("receipt")}
    return [one["Message-ID"] for one in town.server.taken if one["Message-ID"] in ids]


def test_a_tick_that_fails_does_not_stop_the_next_and_never_runs_twice_at_once() -> None:
    inside, most, runs, over = 0, 0, 0, threading.Event()

    def run() -> None:
        nonlocal inside, most, runs
        inside += 1
        most = max(most, inside)
        over.wait(0.15)  # longer than the interval
        runs += 1
        inside -= 1

    scheduler = Scheduler([Tick("slow", timedelta(seconds=0.05), run)], PARIS)
    scheduler.start()
    started = datetime.now(UTC)  # noqa: TID251 - how long this test takes
    while runs < 3 and datetime.now(UTC) - started < timedelta(seconds=10):  # noqa: TID251
        threading.Event().wait(0.05)
    scheduler.stop()
    assert runs >= 3
    assert most == 1
