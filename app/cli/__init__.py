"""What can be done from a terminal? The command `liasse`; each group of commands has its own file."""

import sys
from collections.abc import Sequence

import click
from sqlalchemy.exc import SQLAlchemyError

from app.catalogue.contract import PackRefused
from app.cli import (
    bench,
    delays,
    demo,
    diagrams,
    diff,
    migration,
    packs,
    people,
    places,
    service,
    upkeep,
)
from app.cli.start import NotReady
from app.cli.words import complain
from app.domain.errors import Refusal
from app.engine.errors import DiagramRefused
from app.settings import SettingRefused


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="liasse", message="Liasse %(version)s")
def liasse() -> None:
    """Liasse : le suivi des demandes d’aide, du dépôt au dernier versement."""


for command in (
    demo.demo,
    service.serve,
    service.clock,
    service.migrate,
    service.doctor,
    packs.check,
    packs.rehearse,
    diff.diff,
    migration.migration,
    packs.publish,
    packs.rules,
    people.user,
    places.bring_in,
    upkeep.audit,
    upkeep.backup,
    upkeep.restore,
    bench.bench,
    delays.delays,
):
    liasse.add_command(command)
places.bring_in.add_command(diagrams.diagram)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; what people may meet is said in one sentence, a bug keeps its trace."""
    try:
        liasse(arguments, prog_name="liasse", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.Exit as asked:
        sys.exit(asked.exit_code)
    except click.ClickException as mistake:
        mistake.show()
        sys.exit(mistake.exit_code)
    except (Refusal, SettingRefused, NotReady, SQLAlchemyError) as refused:
        for sentence in _sentences(refused):
            complain(sentence)
        sys.exit(1)


def _sentences(refused: Exception) -> list[str]:
    if isinstance(refused, PackRefused):
        return [str(problem) for problem in refused.problems]
    if isinstance(refused, DiagramRefused):
        return [problem.sentence for problem in refused.problems]
    if isinstance(refused, SQLAlchemyError):
        return [f"La base de données ne répond pas, ou refuse : {refused}"]
    return [str(refused)]
