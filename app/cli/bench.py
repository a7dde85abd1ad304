"""How fast is it, on this machine? `liasse bench`: databases of its own, measured and thrown away."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from app.bench import places, report
from app.bench.engine import Run, Sizes, largest_states, measure
from app.cli.punctual import LATE_AT_MOST, Load, Punctuality, on_time
from app.cli.words import complain, say


@click.group()
def bench() -> None:
    """Mesurer la vitesse, sur des bases créées pour cela puis effacées."""


@bench.command()
@click.option(
    "--postgres", default="", help="Adresse d’un serveur PostgreSQL où créer des bases."
)
@click.option(
    "--json", "target", type=click.Path(path_type=Path), help="Fichier où écrire les mesures."
)
@click.option("--seconds", default=30.0, show_default=True, help="Durée du duel, par base.")
@click.option("--rounds", default=200, show_default=True, help="Manches du duel, au plus.")
@click.option("--waiting", default=1_000_000, show_default=True, help="Dossiers en attente.")
@click.option("--due", default=1_000, show_default=True, help="Dossiers échus parmi eux.")
@click.option("--aged", default=6, show_default=True, help="Dossiers vieillis à chaque âge.")
@click.option("--ages", default="5,50,500", show_default=True, help="Âges, en étapes.")
def engine(
    postgres: str,
    target: Path | None,
    *,
    seconds: float,
    rounds: int,
    waiting: int,
    due: int,
    aged: int,
    ages: str,
) -> None:
    """Mesurer le moteur : écriture nue, actions, web, SpiffWorkflow seul ; âge ; échéances."""
    steps = tuple(int(age) for age in ages.split(","))
    sizes = Sizes(seconds, rounds, steps, aged, waiting, due)
    runs: list[Run] = []
    with (
        tempfile.TemporaryDirectory(prefix="liasse-bench-") as folder,
        _places(Path(folder), postgres) as found,
    ):
        for place in found:
            run = measure(place, Path(folder), sizes)
            runs.append(run)
            for line in report.as_lines(run):
                say(line)
    states = largest_states()
    for key, size in states.items():
        say(f"{key} : {size} octets d’état au plus (limite : {report.STATE_BYTES})")
    if target is not None:
        target.write_text(json.dumps(report.as_json(runs, states), indent=2) + "\n")


@bench.command("clock")
@click.option(
    "--postgres", default="", help="Adresse d’un serveur PostgreSQL où créer des bases."
)
@click.option(
    "--json", "target", type=click.Path(path_type=Path), help="Fichier où écrire les mesures."
)
@click.option("--waiting", default=1_000_000, show_default=True, help="Échéances en attente.")
@click.option("--due", default=1_000, show_default=True, help="Échéances qui arrivent.")
@click.option("--seconds", default=30.0, show_default=True, help="Sur combien de secondes.")
@click.option("--clocks", default=3, show_default=True, help="Horloges, chacune son processus.")
def punctuality(
    postgres: str,
    target: Path | None,
    *,
    waiting: int,
    due: int,
    seconds: float,
    clocks: int,
) -> None:
    """Mesurer l’horloge : retard des échéances, débit quand toutes arrivent ensemble."""
    load, found = Load(waiting, due, seconds, clocks), []
    with (
        tempfile.TemporaryDirectory(prefix="liasse-bench-") as folder,
        _places(Path(folder), postgres) as places_found,
    ):
        for place in places_found:
            one = on_time(place, Path(folder), load)
            found.append(one)
            say(_told(one))
    if target is not None:
        target.write_text(json.dumps([asdict(one) for one in found], indent=2) + "\n")


def _told(one: Punctuality) -> str:
    load = one.load
    word = "atteint" if one.p99 <= LATE_AT_MOST else "NON ATTEINT"
    return (
        f"{one.place} : {load.waiting} échéances en attente, {one.done} arrivées en "
        f"{load.seconds:.0f} s, {load.clocks} horloges\n"
        f"  retard médian {one.p50:.2f} s, p99 {one.p99:.2f} s (≤ {LATE_AT_MOST:g} s : {word}), "
        f"le pire {one.worst:.2f} s\n"
        f"  toutes ensemble : {one.per_second:.0f} par seconde"
    )


@contextmanager
def _places(folder: Path, postgres: str) -> Iterator[list[places.Place]]:
    """SQLite, then PostgreSQL when there is a server."""
    with ExitStack() as stack:
        found = [stack.enter_context(places.sqlite(folder))]
        url = postgres or stack.enter_context(places.server_from_wheel())
        if url:
            found.append(stack.enter_context(places.postgresql(url)))
        else:
            complain(
                "PostgreSQL n’est pas mesuré : donnez un serveur par --postgres, ou installez "
                "les outils de développement."
            )
        yield found
