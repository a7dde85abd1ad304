"""What becomes of a folder of diagrams from other tools? Each read, drawn, answered and played."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.engine.diagram import outline, render_diagram
from app.engine.draft import read_draft
from app.engine.errors import DiagramRefused, EngineFault
from app.engine.evaluated import evaluated_texts
from app.engine.expressions import ExpressionRefused, compile_expression
from app.engine.parse import Definition, parse_diagram
from app.engine.values import Value
from tests.unit.engine.answered import answered
from tests.unit.engine.lives import Life
from tests.unit.engine.spots import TurnsRound

LIVES, ACTS = 3, 40
NO_DRAWING = "aucun dessin"


@dataclass
class Report:
    """What was counted, and every file that did not go as it should."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def run(files: Iterable[tuple[str, bytes]]) -> Report:
    """Every file: refused with a reason, or a draft that is drawn, and played once answered."""
    report = Report()
    for name, xml in files:
        report.counts["files"] += 1
        try:
            draft = read_draft(xml)
        except DiagramRefused as refused:
            report.counts["refused"] += 1
            report.reasons[refused.problems[0].sentence.split(" : ")[0]] += 1
            continue
        report.counts["drafts"] += 1
        report.counts["ready" if draft.definition else "to do"] += 1
        report.counts["items to do"] += len(draft.todo)
        _draw(name, draft.xml, report)
        definition, drawn = draft.definition, draft.xml
        if definition is None:
            drawn = answered(draft.xml, draft.process_id)
            try:
                definition = parse_diagram(drawn, process_id=draft.process_id)
            except DiagramRefused as refused:
                report.wrong.append(f"{name}: not mended, {refused.problems[0].sentence}")
                continue
        _play(name, drawn, definition, report)
    return report


def _draw(name: str, xml: bytes, report: Report) -> None:
    outline(xml)
    try:
        drawn = render_diagram(xml)
    except DiagramRefused as refused:
        # Only a file that holds no drawing at all may not be drawn.
        if NO_DRAWING in refused.problems[0].sentence:
            report.counts["without a drawing"] += 1
        else:
            report.wrong.append(f"{name}: not drawn, {refused.message}")
        return
    report.counts["drawn" if drawn.startswith("<svg") else "badly drawn"] += 1


def _play(name: str, drawn: bytes, definition: Definition, report: Report) -> None:
    """Random lives, compared at each action with the tokens of the file."""
    names = {
        one
        for text in evaluated_texts(drawn)
        for one in compile_expression(text.text).names
        if one.isidentifier() and not one.startswith("_")
    }

    def values(chance: Any) -> Mapping[str, Any]:
        return {one: chance.randint(0, 2) for one in sorted(names)}

    waits = False
    for seed in range(LIVES):
        try:
            start: dict[str, Value] = dict.fromkeys(sorted(names), 1)
            life = Life(seed, drawn, definition, start, values, decide=_decide)
            waits = waits or not life.tokens.done
            report.counts["actions"] += life.live(ACTS)
        except (EngineFault, ExpressionRefused, TurnsRound) as fault:
            # Said, not misplayed: a method of another language, a list that is a number.
            report.counts["lives stopped by a fault that is told"] += 1
            report.reasons[f"fault: {type(fault).__name__}"] += 1
            return
        except AssertionError as difference:
            report.wrong.append(f"{name}: {difference}")
            return
    report.counts["played to a wait" if waits else "played to the end at once"] += 1


def _decide(decision: str, _facts: Mapping[str, Value], /) -> Mapping[str, Value]:
    return {"answer": decision}
