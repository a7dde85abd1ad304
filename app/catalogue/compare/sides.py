"""What is compared? One version read whole, and how its steps and facts are named to people."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from app.catalogue.compare.words import in_words, quoted
from app.catalogue.contract import Field, PackRefused, Problem, Step
from app.catalogue.pack import Pack, load_pack
from app.engine.decisions.sheet import Sheet, read_sheets
from app.engine.drawing import Drawing, read_drawing
from app.engine.errors import DiagramRefused

#: Nodes looked at to name one that bears no name.
_NEAR = 40


@dataclass(frozen=True)
class Side:
    """One of the two versions."""

    pack: Pack
    drawing: Drawing
    sheets: Mapping[str, Sheet]

    def named(self, step: str) -> str:
        """« Vérifier la complétude », or what stands there when it bears no name."""
        title = self.title(step)
        return quoted(title) if title else self._nameless(step)

    def title(self, step: str) -> str:
        """The name of a step: the title of its form, else what is drawn; empty when there is none."""
        node = self.drawing.nodes.get(step)
        return self.pack.step(step).title.fr or (node.name if node else "")

    def lane_of(self, step: str) -> str:
        """Who does a step: the name of its lane; empty when the diagram does not say."""
        node = self.drawing.nodes.get(step)
        lane = node.lane if node else None
        return self.drawing.lanes.get(lane, "") or lane if lane else ""

    def said(self, expression: str) -> str:
        """A condition as people read it: names become their labels."""
        return in_words(expression, self.labels, self.answers)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Every name that expressions read, with what people call it."""
        found = {name: fact.label.fr for name, fact in self.pack.known_facts.items()}
        asked: dict[str, tuple[str, str]] = {}
        for step, field in self._fields():
            for name in (field.variable, field.fact, field.name):
                if name and not found.get(name):
                    asked.setdefault(name, (_short(field.label.fr), step.title.fr))
        often = Counter(label for label, _step in asked.values())
        found |= {
            name: f"{label}, {step}" if often[label] > 1 and step else label
            for name, (label, step) in asked.items()
        }
        found |= {sheet.id: sheet.name for sheet in self.sheets.values()}
        return {name: label for name, label in found.items() if label}

    @cached_property
    def answers(self) -> Mapping[str, Mapping[str, str]]:
        """For every name a choice answers, the label of each value."""
        return {
            name: {choice.value: choice.label.fr for choice in field.choices}
            for _step, field in self._fields()
            if field.choices
            for name in (field.variable, field.fact, field.name)
            if name
        }

    def _fields(self) -> Iterator[tuple[Step, Field]]:
        for step in self.pack.steps.values():
            for field in step.fields:
                yield step, field

    def _nameless(self, step: str) -> str:
        node = self.drawing.nodes.get(step)
        if node is None:
            return quoted(step)
        before, after = self.near(step, back=True), self.near(step, back=False)
        if node.kind.endswith("Gateway"):
            place = f"avant {quoted(after)}" if after else f"après {quoted(before)}"
            return f"la jonction {place}" if after or before else "une jonction sans nom"
        word = {"startEvent": "le début", "endEvent": "la fin"}.get(
            node.kind, "un élément sans nom"
        )
        return f"{word} après {quoted(before)}" if before else word

    def ends(self, step: str, *, back: bool) -> list[str]:
        """The nodes that lead to this one, or that it leads to."""
        return (self._sources if back else self._targets).get(step, [])

    def near(self, step: str, *, back: bool) -> str:
        """The nearest named node that leads to this one, or that it leads to; empty when none is near."""
        waiting, seen = [step], {step}
        while waiting and len(seen) < _NEAR:
            for there in self.ends(waiting.pop(0), back=back):
                if there not in seen:
                    if self.title(there):
                        return self.title(there)
                    seen.add(there)
                    waiting.append(there)
        return ""

    @cached_property
    def _sources(self) -> Mapping[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for flow in self.drawing.flows:
            found[flow.target].append(flow.source)
        return found

    @cached_property
    def _targets(self) -> Mapping[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for flow in self.drawing.flows:
            found[flow.source].append(flow.target)
        return found


def _short(label: str) -> str:
    return re.sub(r"[\s?.:]+$", "", label)


def side_of(files: Mapping[str, bytes]) -> Side:
    """A version from its files. Refuses PackRefused when its manifest, drawing or tables cannot be read."""
    return side_of_pack(load_pack(files))


def side_of_pack(pack: Pack) -> Side:
    """The same from a pack already read."""
    try:
        return Side(pack, read_drawing(pack.diagram), read_sheets(pack.tables))
    except DiagramRefused as refusal:
        found = tuple(Problem(one.element, one.sentence) for one in refusal.problems)
        raise PackRefused(found) from refusal
