"""Which step of the new version may stand for one that is gone? By name and kind, with a confidence."""

from collections import Counter
from difflib import SequenceMatcher

from app.domain.folding import fold
from app.engine.elements import Node
from app.engine.migration.sentences import Confidence, Proposal
from app.engine.migration.version import Change
from app.engine.parse import Definition

_MOST = 6
_ALIKE = 0.6


def proposals_for(change: Change, step: str) -> tuple[Proposal, ...]:
    """The steps of the same kind, those that resemble first; a step already mapped is no proposal."""
    old, new = change.old.definition.nodes, change.new.definition.nodes
    gone = old.get(step)
    if gone is None:
        return ()
    taken = set(change.mapping.values())
    scored = sorted(
        ((_likeness(gone, node), node) for node in new.values() if node.kind == gone.kind),
        key=lambda entry: (-(entry[0] + (entry[1].id not in old) * 0.2), entry[1].id),
    )
    return tuple(
        Proposal(node.id, node.name or node.id, _confidence(gone, node, likeness))
        for likeness, node in scored
        if node.id not in taken
    )[:_MOST]


def keeps_its_name(change: Change, step: str) -> bool:
    """Is there a step of the same name and kind, under another identifier?"""
    return any(one.confidence is Confidence.HIGH for one in proposals_for(change, step))


def same_steps(old: Definition, new: Definition) -> dict[str, str]:
    """Old id → new id of the steps that only changed their id: one name and kind on each side."""
    gone = [node for node in old.nodes.values() if node.id not in new.nodes and node.name]
    come = [node for node in new.nodes.values() if node.id not in old.nodes and node.name]
    before, after = Counter(map(_known_by, gone)), Counter(map(_known_by, come))
    found = {_known_by(node): node.id for node in come if after[_known_by(node)] == 1}
    return {
        node.id: found[_known_by(node)]
        for node in gone
        if before[_known_by(node)] == 1 and _known_by(node) in found
    }


def _known_by(node: Node) -> tuple[str, str]:
    return node.kind, _plain(node.name)


def _likeness(gone: Node, node: Node) -> float:
    names = SequenceMatcher(None, _plain(gone.name), _plain(node.name)).ratio()
    ids = SequenceMatcher(None, gone.id.lower(), node.id.lower()).ratio()
    same_place = (gone.lane == node.lane) * 0.05 + (gone.scope == node.scope) * 0.05
    return max(names if gone.name else 0.0, ids) + same_place


def _plain(name: str) -> str:
    return fold(name)


def _confidence(gone: Node, node: Node, likeness: float) -> Confidence:
    if gone.name and _plain(gone.name) == _plain(node.name):
        return Confidence.HIGH
    return Confidence.MEDIUM if likeness >= _ALIKE + 0.1 else Confidence.LOW
