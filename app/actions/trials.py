"""How does a trial begin, go on and end? It is a row of its own: nothing real is read or written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.versions import may_administer
from app.domain.actor import Actor
from app.domain.errors import NotAllowed, NotFound, Refusal
from app.models.versions import Trial


class TrialMoved(Refusal):
    """Somebody else moved the trial since this page was shown."""

    sentence = (
        "Cet essai a avancé entre-temps, dans une autre fenêtre ou par quelqu’un d’autre. "
        "Relisez où il en est, puis recommencez."
    )


@dataclass(frozen=True)
class NewTrial:
    """What a trial is of: a draft or a published version."""

    key: str
    title: str
    script: dict[str, Any]
    standing: dict[str, Any]
    draft_id: UUID | None = None
    definition_id: UUID | None = None


def start_trial(session: Session, actor: Actor, new: NewTrial, *, now: datetime) -> Trial:
    """Begin a trial."""
    may_administer(actor)
    if actor.person_id is None:
        raise NotAllowed
    trial = Trial(
        id=uuid4(),
        key=new.key,
        title=_free_title(session, new),
        draft_id=new.draft_id,
        definition_id=new.definition_id,
        script=new.script,
        standing=new.standing,
        revision=1,
        started_at=now,
        started_by_id=actor.person_id,
        moved_at=now,
    )
    session.add(trial)
    session.flush()
    return trial


def write_script(
    session: Session,
    actor: Actor,
    trial_id: UUID,
    *,
    seen: int,
    script: dict[str, Any],
    standing: dict[str, Any],
    now: datetime,
) -> int:
    """Keep what the trial has become; its new revision. Refuses TrialMoved, NotFound."""
    trial = _locked(session, actor, trial_id)
    if trial.revision != seen:
        raise TrialMoved
    trial.script, trial.standing = script, standing
    trial.revision, trial.moved_at = seen + 1, now
    return trial.revision


def keep_typed(
    session: Session,
    actor: Actor,
    trial_id: UUID,
    form: str,
    fields: Mapping[str, list[str]],
    *,
    now: datetime,
) -> datetime:
    """Keep what is being typed in one form of a trial; the instant it was saved. Refuses NotFound."""
    trial = _locked(session, actor, trial_id)
    kept = {"fields": dict(fields), "at": now.isoformat()}
    trial.typed = {**(trial.typed or {}), form: kept}
    return now


def forget_typed(session: Session, actor: Actor, trial_id: UUID, form: str) -> None:
    """What was typed in that form was accepted. Refuses NotFound."""
    trial = _locked(session, actor, trial_id)
    trial.typed = {name: kept for name, kept in (trial.typed or {}).items() if name != form}


def delete_trial(session: Session, actor: Actor, trial_id: UUID) -> None:
    """Throw a trial away. Refuses NotFound."""
    session.delete(_locked(session, actor, trial_id))


def _free_title(session: Session, new: NewTrial) -> str:
    """The title asked for, numbered from the second trial of the type that bears it."""
    taken = set(session.scalars(select(Trial.title).where(Trial.key == new.key)))
    plain = new.title[:190]
    numbered = (f"{plain}, n°\u00a0{number}" for number in range(2, len(taken) + 3))
    return next(title for title in (plain, *numbered) if title not in taken)


def _locked(session: Session, actor: Actor, trial_id: UUID) -> Trial:
    may_administer(actor)
    trial = session.scalar(select(Trial).where(Trial.id == trial_id).with_for_update())
    if trial is None:
        raise NotFound
    return trial
