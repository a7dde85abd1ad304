"""Which delays, reminders and timers differ?"""

from collections.abc import Iterator

from app.catalogue.compare.changes import Change, Group, added, changed, removed
from app.catalogue.compare.structure import Matching
from app.catalogue.compare.words import delay, quoted, wait


def timing_changes(pair: Matching) -> Iterator[Change]:
    """Step by step: the deadline, the reminders, what is waited for."""
    for old, new in pair.kept:
        yield from _step(pair, old.id, new.id)
        yield from _wait(pair, old.id, new.id)
    for node in pair.come:
        deadline = pair.after.pack.step(node.id).deadline
        if deadline is not None:
            said = delay(deadline, pair.after.labels)
            yield added(
                Group.TIME, f"L’étape {pair.after.named(node.id)} a pour délai {said}.", node.id
            )


def _step(pair: Matching, old: str, new: str) -> Iterator[Change]:
    was, now, name = (
        pair.before.pack.step(old),
        pair.after.pack.step(new),
        pair.after.named(new),
    )
    said = delay(was.deadline, pair.before.labels), delay(now.deadline, pair.after.labels)
    if was.deadline != now.deadline:
        yield changed(Group.TIME, f"Délai de l’étape {name}\u00a0: {said[0]} → {said[1]}.", new)
    if was.reminders == now.reminders:
        return
    if now.reminders is None:
        yield removed(Group.TIME, f"L’étape {name} n’est plus suivie de relances.", new)
    elif was.reminders is None:
        ladder = quoted(now.reminders)
        yield added(
            Group.TIME, f"L’étape {name} est désormais relancée selon l’échelle {ladder}.", new
        )
    else:
        said = quoted(was.reminders), quoted(now.reminders)
        sentence = f"Relances de l’étape {name}\u00a0: échelle {said[0]} → {said[1]}."
        yield changed(Group.TIME, sentence, new)


def _wait(pair: Matching, old: str, new: str) -> Iterator[Change]:
    texts = pair.before.drawing.waits.get(old, ""), pair.after.drawing.waits.get(new, "")
    if texts[0] == texts[1]:
        return
    sides = (pair.before, pair.after)
    said = [
        wait(text, side.labels, side.answers) or "rien"
        for text, side in zip(texts, sides, strict=True)
    ]
    sentence = f"{pair.after.named(new)} attend autre chose\u00a0: {said[0]} → {said[1]}."
    yield changed(Group.TIME, sentence, new)
