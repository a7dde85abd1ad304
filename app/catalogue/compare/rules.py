"""Which aid rules differ? Table by table, line by line, cell by cell, in words."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.catalogue.compare.cells import column_name, result_words, row_words, test_words
from app.catalogue.compare.changes import Change, Group, added, changed, removed
from app.catalogue.compare.sides import Side
from app.catalogue.compare.words import quoted
from app.engine.decisions.sheet import Head, Line, Sheet

_POLICIES = {
    "UNIQUE": "une seule ligne s’applique",
    "FIRST": "la première ligne qui convient s’applique",
    "PRIORITY": "la ligne au résultat prioritaire s’applique",
    "ANY": "les lignes qui conviennent disent la même chose",
    "COLLECT": "toutes les lignes qui conviennent s’appliquent",
    "COLLECT SUM": "les lignes qui conviennent s’additionnent",
    "COLLECT MIN": "le plus petit résultat est retenu",
    "COLLECT MAX": "le plus grand résultat est retenu",
    "COLLECT COUNT": "on compte les lignes qui conviennent",
    "RULE ORDER": "toutes les lignes s’appliquent, dans l’ordre",
    "OUTPUT ORDER": "toutes les lignes s’appliquent, par ordre de résultat",
}


@dataclass(frozen=True)
class _Tables:
    """The same table in both versions, and the columns they share."""

    sides: tuple[Side, Side]
    before: Sheet
    after: Sheet

    @property
    def inputs(self) -> list[Head]:
        """The columns of conditions that both have."""
        names = {head.name for head in self.before.inputs}
        return [head for head in self.after.inputs if head.name in names]

    @property
    def outputs(self) -> list[Head]:
        """The columns of results that both have."""
        names = {head.name for head in self.before.outputs}
        return [head for head in self.after.outputs if head.name in names]


def rule_changes(before: Side, after: Side) -> Iterator[Change]:
    """Rates, ceilings, conditions: everything the decision tables say."""
    for name, sheet in after.sheets.items():
        if name in before.sheets:
            yield from _table(_Tables((before, after), before.sheets[name], sheet))
        else:
            yield added(Group.MONEY, f"Nouvelle table de règles {quoted(sheet.name)}.")
    for name, sheet in before.sheets.items():
        if name not in after.sheets:
            yield removed(Group.MONEY, f"La table de règles {quoted(sheet.name)} disparaît.")


def _table(tables: _Tables) -> Iterator[Change]:
    name = quoted(tables.after.name)
    if tables.before.name != tables.after.name:
        yield changed(
            Group.TEXTS, f"La table {quoted(tables.before.name)} s’appelle désormais {name}."
        )
    if tables.before.policy.strip() != tables.after.policy.strip():
        said = " → ".join(
            _POLICIES.get(one.policy.strip(), one.policy)
            for one in (tables.before, tables.after)
        )
        yield changed(Group.MONEY, f"{name} se lit autrement\u00a0: {said}.")
    yield from _columns(tables, name)
    kept, gone, come = _paired(tables)
    for old, new in kept:
        yield from _line(tables, old, new)
    for line in come:
        yield added(
            Group.MONEY,
            f"{name}, nouvelle ligne\u00a0: {_whole(tables.sides[1], tables.after, line)}.",
        )
    for line in gone:
        yield removed(
            Group.MONEY,
            f"{name}, ligne supprimée\u00a0: {_whole(tables.sides[0], tables.before, line)}.",
        )


def _columns(tables: _Tables, name: str) -> Iterator[Change]:
    for old, new, what in (
        (tables.before.inputs, tables.after.inputs, "condition"),
        (tables.before.outputs, tables.after.outputs, "résultat"),
    ):
        known, fresh = {one.name for one in old}, {one.name for one in new}
        for head in new:
            if head.name not in known:
                yield added(
                    Group.MONEY,
                    f"{name}, nouvelle colonne ({what})\u00a0: {quoted(head.label)}.",
                )
        for head in old:
            if head.name not in fresh:
                yield removed(
                    Group.MONEY,
                    f"{name}, colonne supprimée ({what})\u00a0: {quoted(head.label)}.",
                )


def _paired(tables: _Tables) -> tuple[list[tuple[Line, Line]], list[Line], list[Line]]:
    """Lines with the same conditions, then with the same id; what is left was removed or added.

    Conditions come first: editors number the lines, so that one inserted renames all that follow.
    """
    waiting: defaultdict[tuple[str, ...], list[Line]] = defaultdict(list)
    for line in tables.before.lines:
        waiting[_tests(tables.before, line, tables.inputs)].append(line)
    kept, come = list[tuple[Line, Line]](), list[Line]()
    for line in tables.after.lines:
        same = waiting[_tests(tables.after, line, tables.inputs)]
        if same:
            # Several lines may have the same conditions: the one that gives the same comes first.
            best = next((one for one in same if one.results == line.results), same[0])
            same.remove(best)
            kept.append((best, line))
        else:
            come.append(line)
    left = {line.id: line for lines in waiting.values() for line in lines}
    for line in list(come):
        if line.id in left:
            kept.append((left.pop(line.id), line))
            come.remove(line)
    return kept, list(left.values()), come


def _line(tables: _Tables, old: Line, new: Line) -> Iterator[Change]:
    row = row_words(tables.sides[0], tables.before.inputs, old)
    row = row or quoted(old.remark or tables.before.name)
    # A formula alone is named by its table; a line of a table says which one, then whom it concerns.
    about = f"{quoted(tables.after.name)}, {row}" if tables.after.inputs else row
    for said in (*_conditions(tables, old, new), *_results(tables, old, new)):
        yield changed(Group.MONEY, f"{about} : {said}.")
    if old.remark != new.remark:
        remarks = f"{quoted(old.remark or 'rien')} → {quoted(new.remark or 'rien')}"
        yield changed(Group.TEXTS, f"{about}, explication : {remarks}.")


def _conditions(tables: _Tables, old: Line, new: Line) -> Iterator[str]:
    before, after = tables.sides
    for head in tables.inputs:
        was = _cell(tables.before.inputs, old.tests, head)
        now = _cell(tables.after.inputs, new.tests, head)
        if was != now:
            said = f"{_test(before, head, was)} → {_test(after, head, now)}"
            yield f"condition {column_name(head)}, {said}"


def _results(tables: _Tables, old: Line, new: Line) -> Iterator[str]:
    before, after = tables.sides
    for head in tables.outputs:
        was = result_words(before, head, _cell(tables.before.outputs, old.results, head))
        now = result_words(after, head, _cell(tables.after.outputs, new.results, head))
        if was != now:
            yield (
                f"{column_name(head)} {was} → {now}"
                if tables.after.inputs
                else f"{was} → {now}"
            )


def _whole(side: Side, sheet: Sheet, line: Line) -> str:
    given = [
        f"{column_name(head)} {result_words(side, head, cell)}"
        for head, cell in zip(sheet.outputs, line.results, strict=False)
    ]
    return f"{row_words(side, sheet.inputs, line) or 'dans tous les cas'} → {', '.join(given)}"


def _test(side: Side, head: Head, cell: str) -> str:
    return test_words(side, head, cell) or "toujours"


def _tests(sheet: Sheet, line: Line, heads: Sequence[Head]) -> tuple[str, ...]:
    return tuple(_cell(sheet.inputs, line.tests, head) for head in heads)


def _cell(heads: Sequence[Head], cells: Sequence[str], wanted: Head) -> str:
    for head, cell in zip(heads, cells, strict=False):
        if head.name == wanted.name:
            text = " ".join(cell.split())
            return "" if text == "-" else text
    return ""
