"""Which texts of a diagram are evaluated, and for which element? For those who check its names."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.engine.timers import is_literal
from app.engine.xml import Element, camunda, children, safe_xml

_LOOP_TEXTS = ("loopDataInputRef", "loopCardinality", "completionCondition")
_TIMER_TEXTS = ("timeDate", "timeDuration", "timeCycle")


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An expression of the diagram; `item` is the name a repetition gives to each element."""

    element: str
    name: str
    text: str
    item: str | None = None


def evaluated_texts(xml: bytes) -> list[Evaluated]:
    """Every condition, timer and collection of a diagram that `lint_diagram` accepts."""
    return [
        Evaluated(node.get("id", ""), _name(node), text.strip(), item)
        for node in safe_xml(xml).iter()
        for text, item in _texts(node)
        if text.strip()
    ]


def _texts(node: Element) -> Iterator[tuple[str, str | None]]:
    for condition in children(node, "conditionExpression"):
        yield condition.text or "", None
    yield from _timers(node)
    for event in children(node, "conditionalEventDefinition"):
        for condition in children(event, "condition"):
            yield condition.text or "", None
    for loop in children(node, "multiInstanceLoopCharacteristics"):
        yield loop.get(camunda("collection"), ""), loop.get(camunda("elementVariable"))
        for text in children(loop, *_LOOP_TEXTS):
            yield text.text or "", None


def _timers(node: Element) -> Iterator[tuple[str, None]]:
    """Only a timer may be written in ISO 8601: a list may well be called `places`."""
    for timer in children(node, "timerEventDefinition"):
        for when in children(timer, *_TIMER_TEXTS):
            if not is_literal((when.text or "").strip()):
                yield when.text or "", None


def _name(node: Element) -> str:
    return " ".join((node.get("name") or "").split())
