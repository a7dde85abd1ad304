"""Which repairs keep a dossier able to reach its end, and how is one carried out?

A repair is tried on a copy read from the saved state. Where a step opens, other tokens may have to
go, or a join to stop waiting: `ways` gives the smallest such choices, each proven sound.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from app.engine.context import Context
from app.engine.errors import EngineFault
from app.engine.parse import Definition
from app.engine.repair import surgery
from app.engine.repair.operations import OPENS, Repair, RepairKind
from app.engine.repair.refusals import (
    AlreadyDue,
    CannotGoOn,
    NothingLeft,
    NotThere,
    RepairRefused,
)
from app.engine.run import Run
from app.engine.spiff.flow import JobTask, ManualTask, UserTask
from app.engine.spiff.scopes import DossierWorkflow
from app.engine.spiff.task import READY, WAITING, Token
from app.engine.timers import to_ms
from app.engine.variables import checked

#: With more tokens than this, either the one moved goes alone or all go.
MAX_TOKENS = 7
MAX_CHOICES = 4


def ways(
    definition: Definition, state: bytes, context: Context, repair: Repair
) -> list[Repair]:
    """The sound ways to do this repair, the least intrusive first.

    Refuses RepairRefused with the reason of the plainest attempt when there is none.
    """
    found: list[Repair] = []
    first: RepairRefused | None = None
    for attempt in _attempts(definition, state, context, repair):
        if found and _size(attempt) > _size(found[0]):
            break
        try:
            carry_out(Run.resume(definition, state, context), repair=attempt)
        except RepairRefused as refusal:
            first = first or refusal
        else:
            found.append(attempt)
            if len(found) == MAX_CHOICES:
                break
    if not found:
        raise first or NotThere()
    return found


def targets(definition: Definition) -> frozenset[str]:
    """The nodes that a repair may open."""
    specs = definition.specs
    return frozenset(
        name
        for scope in (specs.top, *specs.inner.values())
        for name, spec in scope.task_specs.items()
        if surgery.is_place(spec)
    )


def carry_out(run: Run, repair: Repair) -> tuple[str, ...]:
    """Does the repair on a live dossier; the joins that do not wait for everybody any more.

    Refuses RepairRefused, and leaves nothing to save then.
    """
    joins: list[str] = []
    try:
        run.amend(lambda dossier: joins.extend(_amend(dossier, run.definition, repair)))
    except EngineFault as fault:
        raise CannotGoOn(reason=fault.sentence) from fault
    if repair.kind is RepairKind.CANCEL and run.is_over:
        raise NothingLeft
    return tuple(joins)


def _size(repair: Repair) -> tuple[bool, int]:
    return repair.fills, len(repair.beside)


def _attempts(
    definition: Definition, state: bytes, context: Context, repair: Repair
) -> Iterator[Repair]:
    if repair.kind is RepairKind.CANCEL:
        yield from (replace(repair, fills=fills) for fills in (False, True))
        return
    if repair.kind not in OPENS:
        yield repair
        return
    standing = Run.resume(definition, state, context).peek(surgery.leaves)
    others = [token.id for token in standing if token.id not in repair.tokens]
    sizes: Sequence[int] = range(len(others) + 1)
    if len(others) > MAX_TOKENS:
        sizes = (0, len(others))
    for fills in (False, True):
        for size in sizes:
            for beside in combinations(others, size):
                yield replace(repair, beside=beside, fills=fills)


def _amend(dossier: DossierWorkflow, definition: Definition, repair: Repair) -> list[str]:
    if repair.kind is RepairKind.SKIP:
        _skip(dossier, repair)
        return []
    dossier.variables.update(checked(repair.variables))
    if repair.kind in OPENS:
        _open(dossier, definition, repair)
    elif repair.kind is RepairKind.CANCEL:
        for token in _standing(dossier, repair.tokens):
            surgery.take_away(token, goes_on=True)
    else:
        _change_date(dossier, repair)
        return []
    joins = surgery.fill_joins(dossier) if repair.fills else []
    surgery.check_sound(dossier)
    return joins


def _open(dossier: DossierWorkflow, definition: Definition, repair: Repair) -> None:
    leaving = _standing(dossier, (*repair.tokens, *repair.beside))
    if repair.kind is RepairKind.MOVE and not repair.tokens:
        raise NotThere
    dossier.completed = False  # a dossier that had ended goes on
    surgery.put(dossier, definition, repair.target, leaving)
    for token in leaving:
        if token.is_live:
            surgery.take_away(token, goes_on=False)


def _standing(dossier: DossierWorkflow, numbers: Sequence[int]) -> list[Token]:
    """The tokens of those numbers. Refuses NotThere when one stands nowhere any more."""
    known = {token.id: token for token in surgery.leaves(dossier)}
    missing = [number for number in numbers if number not in known]
    if missing:
        raise NotThere
    return [known[number] for number in numbers]


def _skip(dossier: DossierWorkflow, repair: Repair) -> None:
    [number] = repair.tokens or (0,)
    token = dossier.token(number)
    if (
        token is None
        or token._state != READY
        or not isinstance(token.task_spec, UserTask | ManualTask | JobTask)
    ):
        raise NotThere
    dossier.write(token, repair.variables)
    token.run()


def _change_date(dossier: DossierWorkflow, repair: Repair) -> None:
    [number] = repair.tokens or (0,)
    token = dossier.armed.get(number)
    due = token.internal_data.get("due", {}) if token is not None else {}
    if token is None or token._state != WAITING or str(repair.part) not in due:
        raise NotThere
    if repair.kind is RepairKind.FIRE:
        token.task_spec.happen(token, repair.part)
    elif repair.due_at is None or repair.due_at <= dossier.context.now:
        raise AlreadyDue
    else:
        due[str(repair.part)] = to_ms(repair.due_at)
