"""Who does what, otherwise than before? Lanes, roles, four eyes, the person a step is given to."""

from collections.abc import Iterator

from app.catalogue.compare.changes import Change, Group, added, changed, removed
from app.catalogue.compare.structure import Matching
from app.catalogue.compare.words import listed, people, quoted, to_people
from app.catalogue.contract import Step

_BY_PEOPLE = frozenset({"userTask", "manualTask"})


def staff_changes(pair: Matching) -> Iterator[Change]:
    """Roles of the lanes, then the steps that change hands."""
    before, after = pair.before, pair.after
    for lane in sorted({*before.pack.lanes, *after.pack.lanes}):
        name = quoted(after.drawing.lanes.get(lane) or before.drawing.lanes.get(lane) or lane)
        was, now = before.pack.lanes.get(lane), after.pack.lanes.get(lane)
        if was is None and now is not None:
            yield added(Group.PEOPLE, f"Nouveau couloir {name}, confié {to_people(now)}.")
        elif now is None:
            yield removed(Group.PEOPLE, f"Le couloir {name} disparaît.")
        elif was is not None and was != now:
            said = f"{people(was)} → {people(now)}"
            yield changed(
                Group.PEOPLE, f"Les tâches du couloir {name} changent de mains\u00a0: {said}."
            )
    for old, new in pair.kept:
        yield from _step(pair, old.id, new.id, is_task=new.kind in _BY_PEOPLE)


def _step(pair: Matching, old: str, new: str, *, is_task: bool) -> Iterator[Change]:
    name = pair.after.named(new)
    lanes = pair.before.lane_of(old), pair.after.lane_of(new)
    if is_task and lanes[0] != lanes[1]:
        said = " → ".join(quoted(lane) if lane else "aucun couloir" for lane in lanes)
        yield changed(Group.PEOPLE, f"L’étape {name} change de couloir\u00a0: {said}.", new)
    was, now = pair.before.pack.step(old), pair.after.pack.step(new)
    yield from _four_eyes(pair, was, now, name)
    if was.assignee != now.assignee:
        who = f"{to_people(now.assignee)}, nommément" if now.assignee else "à tout son service"
        yield changed(Group.PEOPLE, f"L’étape {name} est désormais confiée {who}.", new)
    if was.priority != now.priority:
        yield changed(
            Group.PEOPLE, f"L’étape {name} change de rang dans les listes de tâches.", new
        )
    if was.effect != now.effect:
        said = " → ".join(quoted(one) if one else "rien" for one in (was.effect, now.effect))
        sentence = f"Ce que l’application fait à la fin de {name} change\u00a0: {said}."
        yield changed(Group.STEPS, sentence, new)


def _four_eyes(pair: Matching, was: Step, now: Step, name: str) -> Iterator[Change]:
    others = {pair.same(one) for one in was.four_eyes}, set(now.four_eyes)
    for step in sorted(others[1] - others[0]):
        sentence = f"{name} doit désormais être fait par une autre personne que {pair.after.named(step)}."
        yield added(Group.PEOPLE, sentence, now.key)
    gone = sorted(pair.after.named(one) for one in others[0] - others[1])
    if gone:
        sentence = f"La même personne peut désormais faire {name} et {listed(gone)}."
        yield removed(Group.PEOPLE, sentence, now.key)
