"""How does a decision table read on paper? Its columns and cells as written, for people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.engine.decisions.notes import parts, text_of
from app.engine.xml import Element, local, safe_xml


@dataclass(frozen=True, slots=True)
class Head:
    """A column: what its title says, and what it reads or gives."""

    label: str
    name: str  #: The expression it reads, or the name of its result


@dataclass(frozen=True, slots=True)
class Line:
    """A rule as written."""

    id: str
    tests: tuple[str, ...]
    results: tuple[str, ...]
    remark: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A decision: a table, or one formula alone in a line without test."""

    id: str
    name: str
    about: str
    policy: str
    inputs: tuple[Head, ...]
    outputs: tuple[Head, ...]
    lines: tuple[Line, ...]


def read_sheets(files: Mapping[str, bytes]) -> dict[str, Sheet]:
    """Every decision of these DMN files, by its id. Refuses DiagramRefused when one is not plain XML."""
    found = {}
    for _place, data in sorted(files.items()):
        for decision in parts(safe_xml(data), "decision"):
            sheet = _sheet(decision)
            found[sheet.id] = sheet
    return found


def _sheet(decision: Element) -> Sheet:
    tables = parts(decision, "decisionTable")
    name = decision.get("id") or ""
    title = " ".join((decision.get("name") or name).split())
    about = "".join(text for one in parts(decision, "description") for text in one.itertext())
    if not tables:
        formulas = [text_of(one) for one in parts(decision, "literalExpression")]
        line = Line(f"{name}_formula", (), tuple(formulas[:1]), "")
        head = Head(title, name)
        return Sheet(name, title, about.strip(), "", (), (head,), (line,) if formulas else ())
    table = tables[0]
    return Sheet(
        id=name,
        name=title,
        about=about.strip(),
        policy=" ".join((table.get("hitPolicy") or "UNIQUE", table.get("aggregation") or "")),
        inputs=tuple(_input(one) for one in parts(table, "input")),
        outputs=tuple(_output(one, title) for one in parts(table, "output")),
        lines=tuple(_lines(table)),
    )


def _input(element: Element) -> Head:
    read = [text_of(one) for one in parts(element, "inputExpression")]
    name = read[0] if read else ""
    return Head(element.get("label") or name, name)


def _output(element: Element, title: str) -> Head:
    name = element.get("name") or ""
    return Head(element.get("label") or name or title, name)


def _lines(table: Element) -> Iterator[Line]:
    for rank, rule in enumerate(parts(table, "rule"), start=1):
        remarks = [
            "".join(one.itertext()).strip()
            for one in rule
            if local(one) in {"description", "annotationEntry"}
        ]
        yield Line(
            id=rule.get("id") or f"rule_{rank}",
            tests=tuple(text_of(one) for one in parts(rule, "inputEntry")),
            results=tuple(text_of(one) for one in parts(rule, "outputEntry")),
            remark=" ".join(one for one in remarks if one),
        )
