"""Can people work, clocks race and processes die while dossiers change version? Each dossier moves once, whole."""

import os
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from app.actions import completion
from app.actions.completion import Sent
from app.actions.journal import broken_link
from app.actions.migrations import batch, plan
from app.actions.migrations.batch import Turned
from app.database import open_database
from app.domain.errors import Refusal
from app.domain.events import EventKind
from app.domain.migrations import MigrationStatus, PassageStatus
from tests.integration.migrating import (
    ADMIN,
    Change,
    became,
    edited,
    inserted,
    migration,
    rename,
    start,
    version_of,
)
from tests.stories import Department, Play

_FORK = get_context("fork")


@pytest.fixture
def plays(department: Department) -> list[Play]:
    """Dossiers at the same step."""
    return [department.dossier(until="HeadVisa") for _ in range(2)]


def chosen(department: Department, plays: list[Play], target: UUID) -> UUID:
    """A migration of those dossiers, none of which has moved yet."""
    migration_id = Change(department, target).kept()
    ids = [play.dossier_id for play in plays]
    start(department, migration_id, plan.Chosen(ids))
    return migration_id


def link(play: Play) -> int | None:
    """Where the chain of the journal breaks."""
    return play.house.read(lambda session: broken_link(session, play.dossier_id))


def migrated(play: Play) -> int:
    return [entry.kind for entry in play.journal].count(EventKind.MIGRATED)


def test_an_agent_completes_a_task_while_it_changes_version(
    department: Department, plays: list[Play]
) -> None:
    target = edited(department, inserted("SecondReading", "FinanceVisa", "HeadVisa"))
    migration_id = chosen(department, plays, target)
    forms = {
        play.dossier_id: play.submission("HeadVisa", **play.answers("HeadVisa"))
        for play in plays
    }
    tasks = {play.dossier_id: play.task("HeadVisa").id for play in plays}
    gate = Barrier(2)

    def complete(play: Play) -> None:
        gate.wait()
        play.send(tasks[play.dossier_id], "chef", forms[play.dossier_id], uuid4().hex)

    def move(play: Play) -> None:
        gate.wait()
        turned = Turned(migration_id, play.dossier_id)
        department.database.run_tx(
            lambda session, _at: batch.take_turn(
                session, department.console, turned, now=department.now
            )
        )

    with ThreadPoolExecutor(2) as pool:
        for play in plays:
            for done in [pool.submit(complete, play), pool.submit(move, play)]:
                done.result()
    for play in plays:
        # Whoever came first, the task was done once and the dossier follows the new version.
        assert version_of(department, play).version == 2
        kinds = [entry.kind for entry in play.journal][-2:]
        assert sorted(kinds) == sorted([EventKind.COMPLETED, EventKind.MIGRATED])
        first_moved = kinds[0] == EventKind.MIGRATED
        assert play.open == (["SecondReading"] if first_moved else ["FinanceVisa"])
        assert link(play) is None


def test_a_form_made_for_the_old_version_is_not_taken_for_the_new_one(
    department: Department, plays: list[Play]
) -> None:
    play = plays[0]
    house = department
    form, task = play.submission("HeadVisa", **play.answers("HeadVisa")), play.task("HeadVisa")
    seen = play.row.definition_id
    target = edited(department, rename("HeadVisa", "FirstVisa"))
    Change(department, target, {"HeadVisa": "FirstVisa"}).done(play)
    with pytest.raises(Refusal, match="changé"):
        house.run(
            lambda session: completion.complete(
                session,
                house.console,
                house.actor("chef"),
                task.id,
                form,
                sent=Sent(uuid4().hex, version=seen),
                now=house.now,
            )
        )
    assert play.open == ["FirstVisa"]


def test_four_clocks_move_each_dossier_once(department: Department, plays: list[Play]) -> None:
    target = edited(department, inserted("SecondReading", "FinanceVisa", "HeadVisa"))
    migration_id = chosen(department, plays, target)
    gate = Barrier(4)

    def clock() -> Counter[PassageStatus]:
        gate.wait()
        return batch.run_batch(department.database, department.console, migration_id)

    with ThreadPoolExecutor(4) as pool:
        counts = [one.result() for one in [pool.submit(clock) for _ in range(4)]]
    assert sum(counts, Counter()) == {PassageStatus.MOVED: len(plays)}
    assert [migrated(play) for play in plays] == [1] * len(plays)
    assert migration(department, migration_id).status is MigrationStatus.DONE


@pytest.mark.parametrize("fatal", [3, 9, 14, 22])
def test_a_clock_killed_at_any_statement_leaves_each_dossier_whole(
    department: Department, plays: list[Play], fatal: int
) -> None:
    target = edited(department, inserted("SecondReading", "FinanceVisa", "HeadVisa"))
    migration_id = chosen(department, plays, target)
    url = department.database.engine.url.render_as_string(hide_password=False)
    department.database.dispose()

    def die() -> None:
        database, seen = open_database(url), [0]

        def count(*_arguments: object) -> None:
            seen[0] += 1
            if seen[0] == fatal:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(database.engine, "before_cursor_execute", count)
        batch.run_batch(database, department.console, migration_id, now=department.now)

    child = _FORK.Process(target=die)
    child.start()
    child.join(30)
    assert child.exitcode == -signal.SIGKILL
    for play in plays:
        moved = version_of(department, play).version == 2
        assert migrated(play) == int(moved)
        assert (
            became(department, migration_id)[play.dossier_id][0] is PassageStatus.MOVED
        ) == moved
    batch.run_batch(department.database, department.console, migration_id, now=department.now)
    assert [migrated(play) for play in plays] == [1] * len(plays)
    assert all(version_of(department, play).version == 2 for play in plays)
    department.run(
        lambda session: plan.undo(
            session, ADMIN, migration_id, reason="Erreur.", now=department.now
        )
    )
    batch.run_batch(department.database, department.console, migration_id, now=department.now)
    assert all(version_of(department, play).version == 1 for play in plays)
