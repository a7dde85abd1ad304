"""How is a dossier type looked at, played and published from a terminal?"""

import getpass
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import click

from app.actions.versions import publish as publish_pack
from app.catalogue.aid_rules import AidRules, load_aid_rules
from app.catalogue.check import check_pack
from app.catalogue.contract import PackRefused
from app.catalogue.discover import find_pack, find_packs, read_pack_files
from app.catalogue.pack import load_pack
from app.catalogue.rehearse import Rehearsal, rehearse_pack
from app.catalogue.rules_lines import explain_lines, settle_lines
from app.catalogue.year import play_year
from app.cli.start import ready_database, settings
from app.cli.words import complain, say, told
from app.cli.year import kit_of, tell_year, write_year
from app.database import Database
from app.domain.civil import civil_day, french_day
from app.domain.status import DossierStatus
from app.models.process import ProcessDefinition
from app.web.house import our_house
from app.web.labels import label_of


@click.command()
@click.argument("paths", nargs=-1)
def check(paths: Sequence[str]) -> None:
    """Dire ce qui ne va pas dans des types de dossiers (tous, si aucun n’est nommé)."""
    house, bad = our_house(), 0
    for folder in _folders(paths):
        problems = check_pack(read_pack_files(folder), house)
        told(folder.name, _counted(len(problems)), is_good=not problems)
        for problem in problems:
            complain(f"  {problem}")
        bad += bool(problems)
    sys.exit(1 if bad else 0)


@click.command()
@click.argument("paths", nargs=-1)
@click.option("--year", is_flag=True, help="Jouer une année, et dire les courriels envoyés.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="Premier jour.")
@click.option("--dossiers", type=click.IntRange(1, 100_000), default=100, show_default=True)
@click.option("--seed", default=1, show_default=True, help="Le même nombre rejoue l’année.")
@click.option("--journal", type=click.Path(path_type=Path, dir_okay=False), help="Fichier CSV.")
def rehearse(
    paths: Sequence[str],
    year: bool,  # noqa: FBT001 - click's flag
    first: datetime | None,
    dossiers: int,
    seed: int,
    journal: Path | None,
) -> None:
    """Jouer les scénarios de types de dossiers et dire quels chemins ils parcourent.

    Avec --year : jouer une année de dossiers inventés sur une horloge qui saute, et dire ce qui
    aurait été envoyé, à qui et quand.
    """
    if year:
        begin = first.date() if first else _this_year()
        for folder in _folders(paths):
            kit = kit_of(folder)
            played = play_year(kit, first=begin, dossiers=dossiers, seed=seed)
            tell_year(folder, kit.pack, played)
            if journal is not None:
                write_year(journal, kit.pack, played)
        return
    results = [
        _report(folder, rehearse_pack(read_pack_files(folder))) for folder in _folders(paths)
    ]
    sys.exit(0 if all(results) else 1)


def _this_year() -> date:
    """The first of January."""
    today = civil_day(datetime.now(UTC))  # noqa: TID251 - a door
    return today.replace(month=1, day=1)


def _report(folder: Path, rehearsal: Rehearsal) -> bool:
    for played in rehearsal.played:
        told(
            f"{folder.name}, {played.name}",
            f"{played.moves} étapes, fin le {french_day(played.ended_on)}, {_state(played.status)}",
            is_good=not played.problems,
        )
    for problem in rehearsal.problems:
        complain(f"  {problem}")
    covered = rehearsal.flows - len(rehearsal.missing)
    percent = int(rehearsal.coverage * 100)
    say(f"{folder.name} : {covered} chemins sur {rehearsal.flows} parcourus ({percent} %).")
    for flow in rehearsal.missing:
        say(f"  jamais pris : {flow}")
    return rehearsal.is_good


def _state(status: str) -> str:
    return f"état « {label_of(DossierStatus(status))} »"


@click.command()
@click.argument("path")
@click.option("--note", default="", help="Ce qui change, en une ou deux phrases.")
def publish(path: str, note: str) -> None:
    """Publier une version d’un type de dossier ; les dossiers en cours restent sur la leur."""
    chosen = settings()
    folder = find_pack(path, chosen.dossier_types)
    with ready_database(chosen) as database:
        row = publish_folder(database, folder, by=getpass.getuser(), note=note)
    say(f"{row.title} : version {row.version}, empreinte {row.digest[:12]}.")


def publish_folder(
    database: Database, folder: Path, *, by: str, note: str = ""
) -> ProcessDefinition:
    """Check a pack, then store it as the version new dossiers follow. Refuses PackRefused."""
    files = read_pack_files(folder)
    problems = check_pack(files, our_house())
    if problems:
        raise PackRefused(tuple(problems))
    pack = load_pack(files)
    return database.run_tx(
        lambda session, now: publish_pack(session, pack, by=by, now=now, note=note)
    )


def publish_all(
    database: Database, places: Iterable[str], *, by: str
) -> list[ProcessDefinition]:
    """Publish every pack of these places; the same content is stored once."""
    return [publish_folder(database, folder, by=by) for folder in find_packs(places).values()]


@click.group()
def rules() -> None:
    """Interroger le règlement d’aides d’un type, une ligne JSON par question."""


@rules.command()
@click.argument("pack")
def explain(pack: str) -> None:
    """Calculer l’aide pour chaque objet JSON lu sur l’entrée."""
    _answer(pack, explain_lines)


@rules.command()
@click.argument("pack")
def settle(pack: str) -> None:
    """Calculer le versement pour chaque objet JSON lu sur l’entrée."""
    _answer(pack, settle_lines)


def _answer(
    name: str, answers: Callable[[AidRules, Iterable[str]], Iterator[tuple[str, bool]]]
) -> None:
    folder = find_pack(name, settings().dossier_types)
    aid_rules, bad = load_aid_rules(read_pack_files(folder)), 0
    for line, is_good in answers(aid_rules, sys.stdin):
        click.echo(line)
        bad += not is_good
    sys.exit(1 if bad else 0)


def _folders(paths: Sequence[str]) -> list[Path]:
    places = settings().dossier_types
    if paths:
        return [find_pack(path, places) for path in paths]
    return list(find_packs(places).values())


def _counted(problems: int) -> str:
    if problems == 0:
        return "rien à redire"
    return f"{problems} problème{'s' if problems > 1 else ''}"
