"""May this dossier go on in the new version? It is put down there, then everything ahead is looked at.

What is proved is what is done: the proof moves the dossier, and the migration keeps what it made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.migrations import VerdictKind
from app.engine.codec import load
from app.engine.errors import EngineFault
from app.engine.migration.ahead import names_read, unset_ahead
from app.engine.migration.building import Building
from app.engine.migration.joins import lost_joins
from app.engine.migration.net import is_sound, marking_of, net_of
from app.engine.migration.proposals import proposals_for
from app.engine.migration.reading import signature
from app.engine.migration.sentences import Proposal, Reason, named
from app.engine.migration.version import Change
from app.engine.migration.waits import Contexts
from app.engine.prune import prune
from app.engine.run import Run
from app.engine.snapshot import Snapshot
from app.engine.spiff.scopes import DossierWorkflow, Scope


@dataclass(frozen=True)
class Verdict:
    """What was proved of one dossier, and of every other one with the same signature."""

    kind: VerdictKind
    reasons: tuple[Reason, ...] = ()
    #: What changes for the dossier without stopping it.
    notes: tuple[str, ...] = ()
    proposals: Mapping[str, tuple[Proposal, ...]] = field(default_factory=dict)
    #: Variables the new version reads ahead, and nobody gives: a value is needed for each.
    unset: tuple[str, ...] = ()
    #: Where the dossier would stand; None when it cannot go.
    snapshot: Snapshot | None = None


def prove(change: Change, state: bytes, contexts: Contexts, *, now: datetime) -> Verdict:
    """What becomes of a dossier saved in the old version. `contexts` gives the world at an instant."""
    old = load(state, change.old.definition, contexts(now))
    building = Building(change, old, contexts, now)
    try:
        new = building.build()
    except EngineFault as fault:
        return Verdict(VerdictKind.STAYS, (Reason(fault.element, fault.sentence),))
    reasons = building.reasons
    if not reasons:
        reasons = [*lost_joins(change, old, new), *_blockages(change, new)]
    if reasons:
        return _refused(change, building, reasons)
    unset = unset_ahead(change, new)
    if unset:
        return Verdict(VerdictKind.STAYS, tuple(_unset(unset)), unset=tuple(sorted(unset)))
    return _tried(change, building, contexts, now)


def signature_of(
    change: Change, state: bytes, contexts: Contexts, *, now: datetime
) -> tuple[object, ...]:
    """What the verdict depends on: prove one dossier of each signature."""
    old = load(state, change.old.definition, contexts(now))
    return signature(old, names_read(change.new))


def _refused(change: Change, building: Building, reasons: list[Reason]) -> Verdict:
    gone = {reason.step for reason in reasons if reason.mends}
    proposals = {step: proposals_for(change, step) for step in sorted(gone)}
    curable = all(reason.mends and proposals[reason.step] for reason in reasons)
    kind = VerdictKind.MAPPING if curable else VerdictKind.STAYS
    return Verdict(kind, tuple(reasons), tuple(building.notes), proposals)


def _blockages(change: Change, new: DossierWorkflow) -> list[Reason]:
    """Scopes that might never end from where the dossier stands."""
    found = []
    scopes: list[Scope] = new.scopes()
    for scope in scopes:
        if not is_sound(scope.spec):
            # The version itself may stop somewhere, if its data say so: nothing is added here.
            continue
        stuck = net_of(scope.spec).trouble(marking_of(scope))
        if stuck is not None:
            found.append(_blocked(change, scope, stuck))
    return found


def _blocked(change: Change, scope: Scope, stuck: tuple[tuple[str, str], ...]) -> Reason:
    definition = change.new.definition
    step = str(scope.spec.task_specs[stuck[0][0]].bpmn_id or stuck[0][0])
    missing = [
        named(definition, str(scope.spec.task_specs[source].bpmn_id or source))
        for source in scope.spec.task_specs[stuck[0][0]]._inputs
        if (stuck[0][0], source) not in stuck
    ]
    if missing:
        ways = ", ".join(missing)
        return Reason(
            step,
            f"À la jonction {named(definition, step)}, le dossier attendrait pour toujours la "
            f"branche de {ways}, que personne n’a ouverte.",
        )
    return Reason(
        step,
        f"Le dossier resterait bloqué à {named(definition, step)} dans la nouvelle version.",
    )


def _unset(unset: Mapping[str, str]) -> list[Reason]:
    return [
        Reason(
            step,
            f"La nouvelle version lit «\u00a0{name}\u00a0», que personne n’a donné à ce "
            "dossier\u00a0: indiquez une valeur.",
        )
        for name, step in sorted(unset.items())
    ]


def _tried(change: Change, building: Building, contexts: Contexts, now: datetime) -> Verdict:
    """The dossier as it would be saved, and a look at what it would do at once."""
    definition = change.new.definition
    # In the order every state is saved in: else the first look at it would seem to move it.
    prune(building.new)
    snapshot = Run(definition, building.new).snapshot()
    try:
        trial = Run.resume(definition, snapshot.state, contexts(now))
        trial.tick()
        after = trial.snapshot()
    except EngineFault as fault:
        return Verdict(VerdictKind.STAYS, (Reason(fault.element, fault.sentence),))
    if after.state != snapshot.state and not snapshot.completed:
        # Something is ready to happen by itself: the clock does it, the migration moves nobody.
        snapshot = replace(snapshot, due_at=min(snapshot.due_at or now, now))
    return Verdict(VerdictKind.SAFE, (), tuple(building.notes), snapshot=snapshot)
