"""How does the clock move dossiers from one version to another? A batch each tick, each dossier apart."""

import logging
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import InterfaceError, OperationalError

from app.actions.causes import cause_of
from app.actions.migrations import batch
from app.actions.migrations.batch import Turned
from app.jobs.clock import Clock

_LOG = logging.getLogger("liasse.clock")
#: Dossiers of one migration at one tick: people's own steps never wait long behind them.
DOSSIERS_A_SWEEP = 100


def sweep_migrations(clock: Clock, now: datetime | None) -> int:
    """Move, or bring back, the dossiers whose turn it is; how many."""
    at = now or clock.now()
    with clock.database.reading() as session:
        turns = {
            one: batch.waiting(session, one, limit=DOSSIERS_A_SWEEP)
            for one in batch.under_way(session)
        }
    done = 0
    for migration_id, waiting in turns.items():
        done += sum(_turn(clock, turned, at) for turned in waiting)
        _close(clock, migration_id, at)
    return done


def _close(clock: Clock, migration_id: UUID, at: datetime) -> None:
    clock.database.run_tx(lambda session, _: batch.close(session, migration_id, now=at))


def _turn(clock: Clock, turned: Turned, at: datetime) -> int:
    """One dossier; one that cannot go for a reason nobody foresaw stays, with the cause."""
    run = clock.database.run_tx
    try:
        status = run(lambda session, _: batch.take_turn(session, clock.console, turned, now=at))
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - one dossier must not stop the others
        _LOG.exception("dossier %s does not change version", turned.dossier_id)
        cause = cause_of(error)
        run(lambda session, _: batch.set_aside(session, turned, cause, now=at))
        return 0
    return int(status is not None)
