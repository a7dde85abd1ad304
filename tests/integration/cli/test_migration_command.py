"""Can dossiers change version from a terminal? Plan, run, undo, each saying what it did."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from app.actions import versions
from app.catalogue.pack import load_pack
from app.database import Database, open_database
from app.domain.permissions import Role
from app.models.dossier import Dossier
from app.models.process import ProcessDefinition
from tests.builders import a_service, grant_pack
from tests.integration.cli.test_commands import Done, Shell


@pytest.fixture
def shell(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A terminal where two dossiers wait for their pieces to be checked, and the step has another key."""
    place = tmp_path / "liasse"
    place.mkdir()
    (place / "liasse.db").write_bytes(sqlite_template.read_bytes())
    service = a_service(database_of(place), place)
    town = service.organisation("Commercy", insee_code="55122", siret="21550122500018")
    mayor = service.person("mairie@exemple.fr", Role.APPLICANT, of=town)
    for _ in range(2):
        service.filed(mayor, town)
    files = {
        path: data.replace(b"CheckCompleteness", b"ControlCompleteness")
        if path.endswith((".bpmn", ".toml"))
        else data
        for path, data in grant_pack().files.items()
    }
    pack = load_pack(files)
    service.run(lambda tx: versions.publish(tx, pack, by="essai", now=service.now))
    service.database.dispose()
    return Shell(place, monkeypatch)


def database_of(place: Path) -> Database:
    return open_database(f"sqlite:///{place / 'liasse.db'}")


def plan(shell: Shell, *more: str) -> Done:
    words = ("migration", "plan", "investment_grant", "--from", "1", *more)
    return shell.run(*words)


def number(done: Done) -> str:
    """The dry run, as the command calls it."""
    found = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", done.stdout)
    assert found, done
    return found.group()


def followed(shell: Shell) -> list[int]:
    with shell.reading() as session:
        query = select(ProcessDefinition.version).join(
            Dossier, Dossier.definition_id == ProcessDefinition.id
        )
        return sorted(session.scalars(query))


def test_dossiers_are_planned_moved_and_brought_back(shell: Shell) -> None:
    first = plan(shell)
    assert "Étape à désigner" in first.stdout
    assert "--step CheckCompleteness=ControlCompleteness" in first.stdout
    refused = shell.run("migration", "run", number(first), "--reason", "Pour voir")
    assert refused.returncode == 1
    assert "Aucun dossier choisi" in refused.stderr

    again = plan(shell, "--step", "CheckCompleteness=ControlCompleteness")
    assert "Passe tel quel" in again.stdout
    assert followed(shell) == [1, 1]
    with shell.reading() as session:
        one = session.scalars(select(Dossier.reference).order_by(Dossier.reference)).first()
    some = shell.run("migration", "run", number(again), "--reason", "Essai", "--only", str(one))
    assert some.returncode == 0, some.stderr
    assert followed(shell) == [1, 2]
    assert shell.run("migration", "run", number(again), "--reason", "Tous").returncode == 0
    assert followed(shell) == [2, 2]
    assert "1 → 2" in shell.run("migration", "list").stdout
    back = shell.run("migration", "undo", number(again), "--reason", "Erreur.")
    assert "Revenu" in back.stdout
    assert followed(shell) == [1, 1]


def test_what_is_asked_wrongly_is_said(shell: Shell) -> None:
    assert "n’a pas de version 7" in plan(shell, "--to", "7").stderr
    assert "nom=valeur" in plan(shell, "--step", "CheckCompleteness").stderr
    assert "deux versions différentes" in plan(shell, "--to", "1").stderr
    unknown = "00000000-0000-4000-8000-000000000000"
    gone = shell.run("migration", "undo", unknown, "--reason", "Erreur.")
    assert gone.returncode == 1
    assert "Traceback" not in gone.stderr
