"""How are two versions compared whole? Subject by subject, then the marks of both diagrams."""

from collections.abc import Mapping

from app.catalogue.compare.changes import Change, Comparison, Group
from app.catalogue.compare.delays import delay_changes
from app.catalogue.compare.leftovers import leftover_changes, rewritten
from app.catalogue.compare.mails import mail_changes
from app.catalogue.compare.pieces import piece_changes
from app.catalogue.compare.questions import question_changes
from app.catalogue.compare.rules import rule_changes
from app.catalogue.compare.sides import Side
from app.catalogue.compare.staff import staff_changes
from app.catalogue.compare.structure import (
    Matching,
    flow_changes,
    flow_marks,
    matched,
    node_changes,
)
from app.catalogue.compare.texts import text_changes
from app.catalogue.compare.timing import timing_changes
from app.engine.diagram import Mark

#: Changes that the diagram shows on their step; a text corrected is told, not drawn.
_DRAWN = frozenset(Group) - {Group.TEXTS, Group.OTHERS}


def compare(before: Side, after: Side) -> Comparison:
    """Everything that differs between two versions of a type, or between two types."""
    pair = matched(before, after)
    changes = [
        *rule_changes(before, after),
        *staff_changes(pair),
        *node_changes(pair),
        *flow_changes(pair),
        *timing_changes(pair),
        *delay_changes(before, after),
        *question_changes(pair),
        *piece_changes(before, after),
        *mail_changes(before, after),
        *text_changes(pair),
        *leftover_changes(pair),
    ]
    changes = changes or [*rewritten(before, after)]
    order = list(Group)
    changes.sort(key=lambda change: order.index(change.group))
    old, new = _marks(pair, changes)
    return Comparison(tuple(changes), old, new)


def _marks(
    pair: Matching, changes: list[Change]
) -> tuple[Mapping[str, Mark], Mapping[str, Mark]]:
    before, after = flow_marks(pair)
    touched = {one.step for one in changes if one.group in _DRAWN}
    for old, new in pair.kept:
        if new.id in touched:
            before[old.id] = after[new.id] = Mark.CHANGED
    before |= {node.id: Mark.REMOVED for node in pair.gone}
    after |= {node.id: Mark.ADDED for node in pair.come}
    return before, after
