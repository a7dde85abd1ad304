"""What has the importer understood by itself? Its notes, for whoever reads the draft again."""

from dataclasses import dataclass, field

from app.engine.xml import Element


@dataclass(frozen=True, slots=True)
class TodoItem:
    """Something about one element: its id, its name on the drawing, one French sentence."""

    element: str
    name: str
    sentence: str


@dataclass(slots=True)
class Notes:
    """What was rewritten so far."""

    items: list[TodoItem] = field(default_factory=list)

    def add(self, element: Element | None, sentence: str) -> None:
        """One more; the same thing is said once for an element."""
        item = TodoItem(
            "" if element is None else element.get("id", ""),
            "" if element is None else name_of(element),
            sentence,
        )
        if item not in self.items:
            self.items.append(item)


def name_of(element: Element) -> str:
    """What is written on the element, on one line."""
    return " ".join((element.get("name") or "").split())
