"""Where do the tokens of a dossier stand, in words that every version understands?"""

from typing import Any

from app.engine.migration.places import Place, Places, scope_name
from app.engine.spiff.flow import Split
from app.engine.spiff.loops import Loop
from app.engine.spiff.scopes import DossierWorkflow, Scope
from app.engine.spiff.task import Token


class Standing:
    """A running dossier, read with the places of its version."""

    def __init__(self, dossier: DossierWorkflow, places: Places) -> None:
        self.dossier = dossier
        self._places = places

    def activities(self) -> list[Token]:
        """The live tokens that stand by themselves, the outer scopes first.

        An attached event goes with its activity, a repetition with its loop, and an activity
        that holds a scope open is found through what stands inside.
        """
        return [
            token
            for scope in self.dossier.scopes()
            for token in scope.tasks.values()
            if token.is_live and self._stands_by_itself(token)
        ]

    def _stands_by_itself(self, token: Token) -> bool:
        opened = self.dossier.subprocesses
        if token.task_spec.attached or token.id in opened or is_repetition(token):
            return False
        if isinstance(token.task_spec, Loop):
            return not any(child.id in opened for child in token.below)
        return True

    def place(self, token: Token) -> Place:
        """Where the token stands; a repetition stands where its loop does."""
        token = whole(token)
        return self._places.named[scope_name(token.workflow), token.task_spec.name]

    def place_named(self, token: Token, name: str) -> Place | None:
        """The place of another node of the token's scope, by the engine's name."""
        return self._places.named.get((scope_name(token.workflow), name))

    def attached(self, token: Token | None) -> dict[Place, Token | None]:
        """The events drawn on the activity, each with its token while it is awaited."""
        split = token.above if token is not None else None
        if token is None or split is None or not isinstance(split.task_spec, Split):
            return {}
        awaited = {one.task_spec.name: one for one in split.below if one.is_live}
        found = {}
        for way in split.task_spec.ways[1:]:
            place = self.place_named(split, way.target)
            if place is not None:
                found[place] = awaited.get(way.target)
        return found


def is_repetition(token: Token) -> bool:
    """The token is one of the repetitions of a loop."""
    above = token.above
    return (
        above is not None and isinstance(above.task_spec, Loop) and above.task_spec.holds(token)
    )


def whole(token: Token) -> Token:
    """The activity as drawn: the loop when the token is one of its repetitions."""
    above = token.above
    return above if above is not None and is_repetition(token) else token


def owners(token: Token) -> list[Token]:
    """The activities whose scopes the token stands in, from the outside in."""
    found: list[Token] = []
    scope: Scope = token.workflow
    while scope.owner is not None:
        found.append(scope.owner)
        scope = scope.owner.workflow
    return found[::-1]


def signature(dossier: DossierWorkflow, names: frozenset[str]) -> tuple[Any, ...]:
    """All that a proof depends on: dossiers of one version with the same one share a verdict.

    `names` are those the new version reads: which of them are set matters, the others do not.
    """
    rows = []
    for scope in dossier.scopes():
        around = tuple(
            (str(one.task_spec.name), one.internal_data.get("i")) for one in _around(scope)
        )
        for token in scope.tasks.values():
            memory = token.internal_data
            above = token.above
            rows.append(
                (
                    around,
                    str(token.task_spec.name),
                    int(token._state),
                    str(memory.get("from", "")),
                    bool(memory.get("done")),
                    tuple(memory.get("seen", ())),
                    tuple(sorted(memory.get("due", ()))),
                    str(above.task_spec.name) if above is not None else "",
                )
            )
    return (
        tuple(sorted(rows)),
        tuple(sorted(names & dossier.variables.keys())),
        dossier.completed,
    )


def _around(scope: Scope) -> list[Token]:
    return [] if scope.owner is None else [*owners(scope.owner), scope.owner]
