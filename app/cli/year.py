"""What does a simulated year look like in a terminal? What was sent, to whom and when, and its peaks."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.catalogue.aid_rules import load_aid_rules
from app.catalogue.discover import read_pack_files
from app.catalogue.pack import Pack, load_pack
from app.catalogue.rehearse import diagram_of, scenarios_of
from app.catalogue.year import Kit, Sent, Year
from app.cli.start import console
from app.cli.words import counted, say
from app.domain.civil import MONTHS, PARIS, civil_day, french_day
from app.domain.permissions import Role
from app.web.labels import ROLE
from notifications.names import name_of

#: Up to that many mails are all shown; beyond, those of one dossier, and the totals.
_SHOWN = 60
_HEADINGS = ("jour", "heure", "à qui", "courriel", "dossier", "étape", "relance")


def kit_of(folder: Path) -> Kit:
    """What a year of this dossier type is played with. Refuses PackRefused."""
    files = read_pack_files(folder)
    pack, ours = load_pack(files), console()
    return Kit(
        pack=pack,
        definition=diagram_of(pack),
        rules=load_aid_rules(files),
        scenarios=scenarios_of(files),
        ladders=ours.ladders,
        calendar=ours.calendar,
    )


def tell_year(folder: Path, pack: Pack, year: Year) -> None:
    """Say what a year would send: a few lines, or the whole when it is short."""
    say(
        f"{folder.name} : {counted(year.dossiers, 'dossier déposé', 'dossiers déposés')} du {french_day(year.first)} "
        f"au {french_day(year.last)}, {counted(year.ended, 'terminé', 'terminés')} dans l’année, "
        f"{counted(year.stopped, 'arrêté', 'arrêtés')} par un retard, "
        f"{counted(len(year.sent), 'courriel', 'courriels')}."
    )
    if len(year.sent) <= _SHOWN:
        _list(pack, year.sent)
        return
    _table("Par courriel", Counter(name_of(one.mail) for one in year.sent).most_common())
    _table("Par destinataire", Counter(_who(one) for one in year.sent).most_common())
    months = Counter(MONTHS[civil_day(one.at).month - 1] for one in year.sent)
    _table("Par mois", months.items())
    day, count = Counter(civil_day(one.at) for one in year.sent).most_common(1)[0]
    say(
        f"\nLe jour le plus chargé : {french_day(day)}, {counted(count, 'courriel', 'courriels')}."
    )
    staff = [one for one in year.sent if not one.to.startswith(Role.APPLICANT)]
    (to, day), count = Counter((one.to, civil_day(one.at)) for one in staff).most_common(1)[0]
    say(f"La personne la plus écrite : {_name(to)}, {count} le {french_day(day)}.")
    told = Counter(one.dossier for one in year.sent if one.rung)
    if told:
        name = told.most_common(1)[0][0]
        say(f"\nLe plus relancé, {name} :")
        _list(pack, [one for one in year.sent if one.dossier == name])


def write_year(path: Path, pack: Pack, year: Year) -> None:
    """Write every mail of the year as a line of a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow(_HEADINGS)
        out.writerows(_cells(pack, one) for one in year.sent)
    say(f"{counted(len(year.sent), 'ligne', 'lignes')} dans {path}.")


def _table(title: str, counts: Iterable[tuple[str, int]]) -> None:
    say(f"\n{title}")
    for name, count in counts:
        say(f"  {count:>7}  {name}")


def _list(pack: Pack, sent: Iterable[Sent]) -> None:
    rows = [_cells(pack, one) for one in sent]
    if not rows:
        return
    widths = [max(len(row[place]) for row in rows) for place in range(len(_HEADINGS))]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        say("  " + "  ".join(cells).rstrip())


def _cells(pack: Pack, one: Sent) -> Sequence[str]:
    local = one.at.astimezone(PARIS)
    return (
        french_day(local.date()),
        f"{local:%H:%M}",
        _name(one.to),
        name_of(one.mail),
        one.dossier,
        _step(pack, one.step),
        one.rung,
    )


def _step(pack: Pack, key: str) -> str:
    """The title of a step; nothing for what happens outside the diagram, which the mail tells."""
    return pack.step(key).title.fr if key in pack.steps else ""


def _who(one: Sent) -> str:
    """The kind of reader: town halls together, each consulted service apart."""
    return ROLE[Role.APPLICANT].label if one.to.startswith(Role.APPLICANT) else _name(one.to)


def _name(to: str) -> str:
    role, _, who = to.partition(":")
    known = ROLE[Role(role)].label
    return f"{known} ({who})" if who else known
