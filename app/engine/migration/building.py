"""How is a dossier put down again in another version? Each token at the place that stands for it.

An activity goes with what it holds: its attached events, its repetitions, its open sub-process.
Scopes that the new version draws around a token are opened, those it removes dissolve. What finds
no place is a reason, and all the reasons are collected.
"""

from datetime import datetime
from typing import Any

from app.engine.migration.kinds import difference
from app.engine.migration.places import Place, Places, places_of, scope_name
from app.engine.migration.proposals import keeps_its_name
from app.engine.migration.reading import Standing, is_repetition, owners, whole
from app.engine.migration.sentences import Reason, named, shown
from app.engine.migration.version import Change
from app.engine.migration.waits import Contexts, Waits
from app.engine.spiff.events import Catching
from app.engine.spiff.flow import InclusiveGateway, ParallelGateway, Split
from app.engine.spiff.loops import Loop
from app.engine.spiff.scopes import DossierWorkflow, Scope, ScopeWorkflow
from app.engine.spiff.task import COMPLETED, STARTED, WAITING, Token

_SPLIT = "{}.BoundaryEventSplit"


class NoPlace(Exception):
    """The token at hand cannot be put down; the reason is kept."""


class Building:
    """One dossier on its way; `reasons` is empty when everything found its place."""

    def __init__(
        self, change: Change, old: DossierWorkflow, contexts: Contexts, now: datetime
    ) -> None:
        specs = change.new.definition.specs
        self.change = change
        self.old = Standing(old, places_of(change.old.definition))
        self.new = DossierWorkflow(
            specs.top, specs.inner, contexts(now), last_number=old.last_number
        )
        self.new.variables.update({**change.values, **old.variables})
        self.new.completed = old.completed
        self.reasons: list[Reason] = []
        self.waits = Waits(self.new, contexts, now)
        self.notes = self.waits.notes
        self._after: Places = places_of(change.new.definition)
        #: Tokens already put down, by their number.
        self._done: dict[int, Token] = {}
        #: Scopes opened, by (owner of the scope around, place, number of the old owner or 0).
        self._opened: dict[tuple[int, Place, int], Scope] = {}
        _origin(self.new)

    def build(self) -> DossierWorkflow:
        """The dossier in the new version, as far as it could be built."""
        for token in self.old.activities():
            try:
                wanted = self._wanted(token)
                self._put(token, wanted, self._scope_for(token, wanted))
            except NoPlace:
                continue
        if not self.reasons:
            for owner in [scope.owner for scope in self.old.dossier.subprocesses.values()]:
                self._check_together(owner)
        return self.new

    # ------------------------------------------------------------ where

    def _refuse(self, step: str, sentence: str, *, mends: bool = False) -> NoPlace:
        reason = Reason(step, sentence, mends)
        if reason not in self.reasons:
            self.reasons.append(reason)
        return NoPlace(sentence)

    def _wanted(self, token: Token) -> Place:
        """The new place of an old token."""
        place = self.old.place(token)
        wanted = self.change.moved(place)
        if wanted not in self._after.found:
            old = shown(self.change.old.definition, place)
            mends = place.role == "node"
            said = f"L’étape {old} n’existe plus dans la nouvelle version."
            if mends and keeps_its_name(self.change, place.of):
                said = f"L’étape {old} garde son nom mais change d’identifiant : désignez-la."
            raise self._refuse(place.of, said, mends=mends)
        return wanted

    def _scope_for(self, token: Token, wanted: Place) -> Scope:
        """The new scope where that place is, opened for whoever stands in it."""
        around = owners(token)
        moved = [self.change.moved(self.old.place(one)) for one in around]
        scope: Scope = self.new
        for place in self._path(wanted, set(moved)):
            owner = None
            if place in moved:
                at = moved.index(place)
                owner, around, moved = around[at], around[at + 1 :], moved[at + 1 :]
            scope = self._open(scope, place, owner)
        return scope

    def _path(self, place: Place, preferred: set[Place]) -> list[Place]:
        """The places to enter one after the other to come to that one."""
        path: list[Place] = []
        scope = self._after.found[place][0]
        while scope:
            possible = self._after.owners.get(scope, ())
            chosen = [one for one in possible if one in preferred] or list(possible)
            if len(chosen) != 1:
                step = named(self.change.new.definition, place.of)
                raise self._refuse(
                    place.of, f"L’étape {step} serait appelée de plusieurs endroits à la fois."
                )
            path.append(chosen[0])
            scope = self._after.found[chosen[0]][0]
        return path[::-1]

    def _open(self, around: Scope, place: Place, owner: Token | None) -> Scope:
        key = (_owner_id(around), place, owner.id if owner is not None else 0)
        if key not in self._opened:
            if owner is None:
                holder = self._enter(place, around)
            else:
                self._put(whole(owner), place, around)
                holder = self._done[owner.id]
            specs = self.new.subprocess_specs
            scope = ScopeWorkflow(specs[holder.task_spec.spec], holder, self.new)
            _origin(scope)
            self.new.subprocesses[holder.id] = scope
            self._opened[key] = scope
        return self._opened[key]

    def _enter(self, place: Place, around: Scope) -> Token:
        """Opens a sub-process that the new version draws around tokens already there."""
        spec = around.spec.task_specs[self._after.found[place][1]]
        if isinstance(spec, Loop):
            step = shown(self.change.new.definition, place)
            raise self._refuse(
                place.of,
                f"L’étape {step} se fait plusieurs fois\u00a0: on ne peut pas y entrer en cours.",
            )
        holder = self._holder(None, place, around)
        token = Token(around, spec, holder, state=STARTED)
        self._attach(None, token, around)
        return token

    # ------------------------------------------------------------ putting down

    def _put(self, old: Token, wanted: Place, scope: Scope) -> None:
        """Puts the activity down in its new scope, with what it holds."""
        if old.id in self._done:
            return
        spec = scope.spec.task_specs[self._after.found[wanted][1]]
        step = self.old.place(old).of
        trouble = difference(self.change, old, spec, (step, wanted.of))
        if trouble is not None:
            raise self._refuse(step, trouble)
        memory = self._memory(old, spec)
        token = Token(
            scope, spec, self._holder(old, wanted, scope), state=old._state, number=old.id
        )
        token.internal_data = memory
        self._done[old.id] = token
        self._wait(old, token)
        if isinstance(spec, Loop):
            body = scope.spec.task_specs[spec.task_spec]
            for one in old.below:
                if one.is_live and is_repetition(one):
                    again = Token(scope, body, token, state=one._state, number=one.id)
                    again.internal_data = dict(one.internal_data)
                    self._done[one.id] = again
                    self._wait(one, again)
        self._attach(old, token, scope)

    def _wait(self, old: Token, token: Token) -> None:
        if isinstance(token.task_spec, Catching) and token._state == WAITING:
            name = shown(self.change.old.definition, self.old.place(old))
            self.waits.carry(old, token, name, lambda flow: self._leads(old, flow))

    def _leads(self, old: Token, flow: int) -> str:
        """Where a way of an old node leads, in the engine's names of the new version."""
        target = str(old.task_spec.ways[flow].target)
        return self._found(self.old.place_named(old, target)) or target

    def _found(self, place: Place | None) -> str | None:
        at = self._after.found.get(self.change.moved(place)) if place is not None else None
        return at[1] if at is not None else None

    def _memory(self, old: Token, spec: Any) -> dict[str, Any]:  # noqa: ANN401 - Spiff is untyped
        if isinstance(spec, ParallelGateway | InclusiveGateway) and "from" in old.internal_data:
            return {"from": self._came_from(old, spec)}
        return {} if isinstance(spec, Catching) else dict(old.internal_data)

    def _came_from(self, old: Token, join: Any) -> str:  # noqa: ANN401 - the same
        """By which flow a token came to a join, in the engine's names of the new version."""
        came = old.internal_data["from"]
        source = self.old.place_named(old, came)
        found = self._found(source)
        if found is not None and found in join._inputs:
            return found
        kept = {
            name: self._found(self.old.place_named(old, name)) for name in old.task_spec._inputs
        }
        gone = [name for name, new in kept.items() if new not in join._inputs]
        come = [name for name in join._inputs if name not in kept.values()]
        before = self.change.old.definition
        step = str(old.task_spec.bpmn_id)
        if gone == [came] and len(come) == 1:
            # One flow was replaced by one other: the branch is finished, whatever now ends it.
            self.notes.append(
                f"La branche finie qui attend à la jonction {named(before, step)} compte comme "
                "finie\u00a0: ce que la nouvelle version y ajoute n’est pas refait."
            )
            return str(come[0])
        raise self._refuse(
            step,
            f"Une branche finie attend à la jonction {named(before, step)}, et son chemin n’y "
            "mène plus.",
        )

    # ------------------------------------------------------------ attached events

    def _holder(self, old: Token | None, wanted: Place, scope: Scope) -> Token:
        """What the activity hangs from: the origin, or the holder of its attached events."""
        root: Token = scope.task_tree
        split = scope.spec.task_specs.get(_SPLIT.format(self._after.found[wanted][1]))
        if split is None:
            return root
        above = old.above if old is not None else None
        held = above is not None and isinstance(above.task_spec, Split)
        number = above.id if above is not None and held else None
        return Token(scope, split, root, state=COMPLETED, number=number)

    def _attach(self, old: Token | None, host: Token, scope: Scope) -> None:
        """Carries the attached events that are awaited, and arms those the version adds."""
        drawn = {
            self.change.moved(place): (place, event)
            for place, event in self.old.attached(old).items()
        }
        holder = host.above
        ways = (
            holder.task_spec.ways[1:]
            if holder is not None and holder is not scope.task_tree
            else ()
        )
        for way in ways:
            spec = scope.spec.task_specs[way.target]
            place = self._after.named[scope_name(scope), way.target]
            _, event = drawn.pop(place, (None, None))
            was_drawn = place in {self.change.moved(one) for one in self.old.attached(old)}
            # An event that was drawn and is awaited no more has happened: it does not come back.
            if not spec.parts or (was_drawn and event is None):
                continue
            number = event.id if event is not None else None
            token = Token(scope, spec, holder, state=WAITING, number=number)
            name = shown(self.change.new.definition, place)
            if event is None:
                self.waits.arm(token, name)
            else:
                self.waits.carry(event, token, name, str)
        for place, event in drawn.values():
            if event is not None:
                name = shown(self.change.old.definition, place)
                self.notes.append(f"L’événement {name} n’est plus attendu.")

    # ------------------------------------------------------------ together

    def _check_together(self, owner: Token) -> None:
        """All that stood in one drawn sub-process stays in it, or leaves it with it."""
        place = self.old.place(owner)
        if place.role == "wrap":
            return
        inside = [
            self._done[token.id]
            for token in self.old.activities()
            if owner in owners(token) and token.id in self._done
        ]
        kept = self._done.get(owner.id)
        stay = [kept is not None and kept in owners(token) for token in inside]
        step = named(self.change.old.definition, place.of)
        if any(stay) and not all(stay):
            self._refuse(
                place.of, f"Une partie seulement de ce qui est ouvert dans {step} y reste."
            )
        elif kept is None and is_repetition(owner):
            self._refuse(
                place.of, f"L’étape {step} se répète\u00a0: on ne peut pas en sortir en cours."
            )


def _owner_id(scope: Scope) -> int:
    return 0 if scope.owner is None else int(scope.owner.id)


def _origin(scope: Scope) -> None:
    # The origin of a scope has done its work: a negative number keeps it apart from tokens.
    number = -1 - _owner_id(scope)
    scope.task_tree = Token(scope, scope.spec.start, state=COMPLETED, number=number)
