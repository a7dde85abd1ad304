"""Which steps and paths of the diagram differ? Nodes are matched by their id, then by kind and name."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.catalogue.compare.changes import Change, Group, added, changed, removed
from app.catalogue.compare.sides import Side
from app.catalogue.compare.words import listed, quoted
from app.engine.diagram import Mark
from app.engine.diagram.words import kind_words
from app.engine.elements import Flow, Node

_FEMININE = frozenset(
    {"task", "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask"}
    | {"sendTask", "receiveTask", "boundaryEvent", "subProcess", "transaction", "callActivity"}
    | {"intermediateCatchEvent", "intermediateThrowEvent", "endEvent"}
)
_NOUNS = {
    "exclusiveGateway": "Le choix",
    "inclusiveGateway": "Le choix multiple",
    "parallelGateway": "L’embranchement en parallèle",
    "eventBasedGateway": "L’embranchement",
    "boundaryEvent": "L’échéance ou l’incident",
    "intermediateCatchEvent": "L’attente",
    "intermediateThrowEvent": "L’émission",
    "startEvent": "Le début",
    "endEvent": "La fin",
    "subProcess": "La sous-procédure",
    "transaction": "La sous-procédure",
    "callActivity": "La procédure appelée",
}
_Way = tuple[str, str]


@dataclass(frozen=True)
class Matching:
    """Which node after is which node before."""

    before: Side
    after: Side
    moved: Mapping[str, str]  #: id before → id after, for steps that only changed their id

    def same(self, step: str) -> str:
        """The id after of a node before."""
        return self.moved.get(step, step)

    @property
    def kept(self) -> list[tuple[Node, Node]]:
        """The nodes of both versions."""
        after = self.after.drawing.nodes
        return [
            (node, after[self.same(node.id)])
            for node in self.before.drawing.nodes.values()
            if self.same(node.id) in after
        ]

    @property
    def gone(self) -> list[Node]:
        """The nodes that are no longer drawn."""
        after = self.after.drawing.nodes
        return [n for n in self.before.drawing.nodes.values() if self.same(n.id) not in after]

    @property
    def come(self) -> list[Node]:
        """The nodes that are newly drawn."""
        known = {self.same(node) for node in self.before.drawing.nodes}
        return [node for node in self.after.drawing.nodes.values() if node.id not in known]


def matched(before: Side, after: Side) -> Matching:
    """The nodes of one version found again in the other."""
    gone = [n for n in before.drawing.nodes.values() if n.id not in after.drawing.nodes]
    come = [n for n in after.drawing.nodes.values() if n.id not in before.drawing.nodes]
    by_name: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for node in come:
        by_name[node.kind, node.name.casefold()].append(node.id)
    names = Counter((node.kind, node.name.casefold()) for node in gone)
    moved = {
        node.id: by_name[key][0]
        for node in gone
        for key in [(node.kind, node.name.casefold())]
        if node.name and names[key] == 1 and len(by_name[key]) == 1
    }
    return Matching(before, after, moved)


def node_changes(pair: Matching) -> Iterator[Change]:
    """Steps added, removed, renamed, of another kind, repeated otherwise."""
    for node in sorted(pair.come, key=lambda one: not pair.after.title(one.id)):
        yield added(Group.STEPS, _arrival(pair.after, node), node.id)
    for node in pair.gone:
        yield removed(
            Group.STEPS, f"{_noun(pair.before, node)} {_done(node, 'supprimé')}.", node.id
        )
    for old, new in pair.kept:
        yield from _kept_node(pair, old, new)


def _kept_node(pair: Matching, old: Node, new: Node) -> Iterator[Change]:
    name = pair.after.named(new.id)
    if old.name != new.name and old.name and new.name:
        sentence = f"L’étape {quoted(old.name)} s’appelle désormais {quoted(new.name)}."
        yield changed(Group.STEPS, sentence, new.id)
    if old.id != new.id:
        sentence = (
            f"L’étape {name} garde son nom mais change d’identifiant ({old.id} → {new.id})\u00a0: "
            "les dossiers qui s’y trouvent devront y être conduits."
        )
        yield changed(Group.STEPS, sentence, new.id)
    if old.kind != new.kind:
        was, now = kind_words(old.kind), kind_words(new.kind)
        sentence = f"{name} change de nature\u00a0: {was} → {now}."
        yield changed(Group.STEPS, sentence, new.id)
    if old.scope != new.scope and pair.same(old.scope or "") != (new.scope or ""):
        place = pair.after.named(new.scope) if new.scope else "la procédure principale"
        yield changed(Group.STEPS, f"{name} se trouve désormais dans {place}.", new.id)
    was, now = (
        pair.before.drawing.repeats.get(old.id, ""),
        pair.after.drawing.repeats.get(new.id, ""),
    )
    if was != now:
        each = f"pour chaque élément de {pair.after.said(now)}" if now else "une seule fois"
        yield changed(Group.STEPS, f"L’étape {name} se fait désormais {each}.", new.id)
    work = old.extensions.get("topic", ""), new.extensions.get("topic", "")
    if work[0] != work[1] and all(work):
        sentence = f"L’étape automatique {name} fait autre chose\u00a0: {quoted(work[0])} → {quoted(work[1])}."
        yield changed(Group.STEPS, sentence, new.id)


def _arrival(side: Side, node: Node) -> str:
    done = f"{_noun(side, node)} {_done(node, 'ajouté')}"
    if not side.title(node.id):
        return f"{done}."
    lane = side.lane_of(node.id)
    people = node.kind in {"userTask", "manualTask"} and lane
    who = f", dans le couloir {quoted(lane)}" if people else ""
    before, after = side.ends(node.id, back=True), side.ends(node.id, back=False)
    names = [
        listed(sorted({_beyond(side, one, back=back) for one in ends}))
        for ends, back in ((before, True), (after, False))
    ]
    if len(before) == len(after) == 1:
        return f"{done}, entre {names[0]} et {names[1]}{who}."
    place = f", après {names[0]}" if names[0] else f", avant {names[1]}" if names[1] else ""
    return f"{done}{place}{who}."


def _beyond(side: Side, step: str, *, back: bool) -> str:
    """The neighbour, or what stands behind it when it bears no name."""
    further = "" if side.title(step) else side.near(step, back=back)
    return quoted(further) if further else side.named(step)


def _noun(side: Side, node: Node) -> str:
    noun = _NOUNS.get(node.kind, "L’étape")
    title = side.title(node.id)
    if title:
        return f"{noun} {quoted(title)}"
    nameless = side.named(node.id)
    return f"{nameless[0].upper()}{nameless[1:]}"


def _done(node: Node, participle: str) -> str:
    is_feminine = node.kind in _FEMININE or (node.kind.endswith("Gateway") and not node.name)
    return f"est {participle}{'e' if is_feminine else ''}"


def flow_changes(pair: Matching) -> Iterator[Change]:
    """Paths that appear, vanish, or are taken on another condition; they mark their flow, not a step."""
    old, new = _ways(pair.before, pair), _ways(pair.after, None)
    fresh = {node.id for node in pair.come}
    lost = {pair.same(node.id) for node in pair.gone}
    was, now = _onwards(old), _onwards(new)
    for way in sorted(new.keys() - old.keys()):
        if not (set(way) & fresh) and not _led(was, way, lost):
            text = f"Nouveau chemin\u00a0: de {pair.after.named(way[0])} vers {pair.after.named(way[1])}"
            yield added(Group.STEPS, f"{text}{_if(pair.after, new[way])}.")
    for way in sorted(old.keys() - new.keys()):
        if not (set(way) & lost) and not _led(now, way, fresh):
            names = [_named_before(pair, one) for one in way]
            yield removed(Group.STEPS, f"Chemin supprimé\u00a0: de {names[0]} vers {names[1]}.")
    for way in sorted(old.keys() & new.keys()):
        yield from _same_way(pair, way, old[way], new[way])


def flow_marks(pair: Matching) -> tuple[dict[str, Mark], dict[str, Mark]]:
    """The flows to mark on the drawing before and on the drawing after, by their ids."""
    old, new = _ways(pair.before, pair), _ways(pair.after, None)
    before, after = dict[str, Mark](), dict[str, Mark]()
    for way in old.keys() - new.keys():
        before |= {flow.id: Mark.REMOVED for flow in old[way]}
    for way in new.keys() - old.keys():
        after |= {flow.id: Mark.ADDED for flow in new[way]}
    for way in old.keys() & new.keys():
        if _conditions(pair.before, old[way]) != _conditions(pair.after, new[way]):
            before |= {flow.id: Mark.CHANGED for flow in old[way]}
            after |= {flow.id: Mark.CHANGED for flow in new[way]}
    return before, after


def _same_way(pair: Matching, way: _Way, old: list[Flow], new: list[Flow]) -> Iterator[Change]:
    was, now = _conditions(pair.before, old), _conditions(pair.after, new)
    ends = f"de {pair.after.named(way[0])} vers {pair.after.named(way[1])}"
    if was != now:
        sentence = f"Pour aller {ends}, la condition change\u00a0: {_or(was)} → {_or(now)}."
        yield changed(Group.STEPS, sentence)
    names = sorted({f.name for f in old}), sorted({f.name for f in new})
    if names[0] != names[1] and all("".join(one) for one in names):
        said = " → ".join(listed(quoted(name) for name in one if name) for one in names)
        yield changed(Group.TEXTS, f"Le chemin {ends} change de nom\u00a0: {said}.", way[0])


def _ways(side: Side, pair: Matching | None) -> dict[_Way, list[Flow]]:
    """The flows by their two ends, written with the ids of the version after."""
    found: defaultdict[_Way, list[Flow]] = defaultdict(list)
    for flow in side.drawing.flows:
        ends = (flow.source, flow.target)
        found[(pair.same(ends[0]), pair.same(ends[1])) if pair else ends].append(flow)
    return found


def _conditions(side: Side, flows: list[Flow]) -> list[str]:
    """What must hold to go this way; `*` when nothing, or nothing else."""
    return sorted(
        "sinon"
        if flow.id in side.drawing.defaults
        else side.said(flow.condition or "") or "toujours"
        for flow in flows
    )


def _or(conditions: list[str]) -> str:
    return " ou ".join(conditions)


def _if(side: Side, flows: list[Flow]) -> str:
    conditions = [one for one in _conditions(side, flows) if one != "toujours"]
    return f", si {_or(conditions)}" if conditions and conditions != ["sinon"] else ""


def _named_before(pair: Matching, step: str) -> str:
    back = {after: before for before, after in pair.moved.items()}
    return pair.before.named(back.get(step, step))


def _led(ways: Mapping[str, list[str]], way: _Way, through: set[str]) -> bool:
    """Does another path join the two ends, through these nodes only?"""
    waiting, seen = [way[0]], {way[0]}
    while waiting:
        for target in ways.get(waiting.pop(), ()):
            if target == way[1]:
                return True
            if target in through and target not in seen:
                seen.add(target)
                waiting.append(target)
    return False


def _onwards(ways: Mapping[_Way, list[Flow]]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for source, target in ways:
        found[source].append(target)
    return found
