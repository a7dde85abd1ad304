"""What does an event people send change besides the process? Withdrawal, extension, contact."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.actions.agendas import leave_agendas
from app.actions.movement import Move
from app.domain.civil import french_day
from app.domain.errors import ExtensionPending, ExtensionTooLate, Refusal, WithdrawalTooLate
from app.domain.events import EventKind
from app.domain.status import AFTER_AWARD
from app.models.dossier import Dossier
from app.queries.extensions import pending_extension


class DossierOver(Refusal):
    """Nothing more can be asked of a dossier that is over."""

    sentence = "Ce dossier est terminé : cette démarche n’est plus possible."


def _never(_session: Session, _dossier: Dossier) -> Refusal | None:
    """May be sent again, whatever was sent before."""
    return None


@dataclass(frozen=True)
class Event:
    """An event people send: how it is written down, until when, and what it changes.

    The facts its form gives are kept before `apply`.
    """

    kind: EventKind
    is_possible: Callable[[Dossier], bool]
    too_late: type[Refusal]
    apply: Callable[[Move], None]
    #: What refuses it while the one sent before is not answered.
    waits: Callable[[Session, Dossier], Refusal | None] = _never


def _nothing(_move: Move) -> None:
    """The facts its form gave say it all."""


def _withdraw(move: Move) -> None:
    """A dossier on the agenda of a session that was not held would stop its decisions."""
    leave_agendas(move.session, move.dossier.id)


def _note_until(move: Move) -> None:
    """The mail to the officer says until when."""
    move.notes["until"] = move.dossier.facts.get("extension_until")


def _already_asked(session: Session, dossier: Dossier) -> Refusal | None:
    """Two requests under examination would be two tasks that contradict each other."""
    pending = pending_extension(session, dossier.id)
    return ExtensionPending(until=french_day(pending.until)) if pending else None


WITHDRAW = Event(
    EventKind.WITHDRAWN,
    lambda dossier: dossier.status.is_before_vote,
    WithdrawalTooLate,
    _withdraw,
)
ASK_EXTENSION = Event(
    EventKind.EXTENSION_ASKED,
    lambda dossier: dossier.status in AFTER_AWARD and dossier.completion_deadline is not None,
    ExtensionTooLate,
    _note_until,
    _already_asked,
)
CHANGE_CONTACT = Event(
    EventKind.CONTACT_CHANGED,
    lambda dossier: not dossier.status.is_final,
    DossierOver,
    _nothing,
)
#: A message without an effect: it moves the process, and that is all.
PLAIN = Event(
    EventKind.ASKED, lambda dossier: not dossier.status.is_final, DossierOver, _nothing
)
