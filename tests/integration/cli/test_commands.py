"""What can be done from a terminal? Each command on a real installation in a folder of its own."""

import io
import json
import socket
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.reference import siret_of
from app.catalogue.archive import write_archive
from app.catalogue.discover import find_pack, read_pack_files
from app.cli import main
from app.cli.demo import demo_settings, listen
from app.cli.start import NotReady
from app.database import open_database
from app.models.people import Organisation, Person
from tests.unit.engine.foreign_open import OPEN

KEY = "0123456789abcdef0123456789abcdef"
FACTS = {
    "scheme": "LP-MOB",
    "applicant_type": "commune",
    "population": 1500,
    "eligible_cost": "10000",
    "total_cost": "10000",
    "library_share": "1",
}


@dataclass
class Done:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


@dataclass
class Shell:
    """A terminal, in an installation."""

    folder: Path
    patch: pytest.MonkeyPatch

    def reading(self) -> Session:
        return open_database(f"sqlite:///{self.folder / 'liasse.db'}").reading()

    def at(self, folder: Path) -> "Shell":
        """A terminal in another, empty installation."""
        folder.mkdir()
        return Shell(folder, self.patch)

    def run(self, *words: str, stdin: str = "", **more: str) -> Done:
        """Run `liasse …`."""
        out, err = io.StringIO(), io.StringIO()
        ours = {"LIASSE_DATA_DIR": str(self.folder), "LIASSE_SECRET_KEY": KEY} | more
        with self.patch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(self.folder)
            patch.setattr("sys.stdin", io.StringIO(stdin))
            for name, value in ours.items():
                patch.setenv(name, value)
            try:
                main(words)
                code = 0
            except SystemExit as over:
                code = int(over.code or 0)
        return Done(code, out.getvalue(), err.getvalue())


@pytest.fixture
def shell(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A terminal in a migrated, empty installation."""
    place = tmp_path / "liasse"
    place.mkdir()
    (place / "liasse.db").write_bytes(sqlite_template.read_bytes())
    return Shell(place, monkeypatch)


def test_a_bad_setting_stops_every_command_with_one_sentence(shell: Shell) -> None:
    done = shell.run("doctor", LIASSE_PROT="8000")
    assert done.returncode == 1
    assert done.stderr.startswith("LIASSE_PROT n’est pas un réglage connu")
    assert "Traceback" not in done.stderr


def test_an_empty_installation_is_migrated_once(shell: Shell, tmp_path: Path) -> None:
    shell = shell.at(tmp_path / "vide")
    asked = shell.run("audit", "verify")
    assert asked.returncode == 1
    assert "liasse migrate" in asked.stderr
    assert "La base est à la version" in shell.run("migrate").stdout
    assert "déjà" in shell.run("migrate").stdout
    assert "0 dossier :" in shell.run("audit", "verify").stdout


def test_an_account_is_made_with_a_link_and_closed_again(shell: Shell) -> None:
    made = shell.run("user", "add", "Chef@Exemple.fr", "--name", "Paul D", "--role", "head")
    assert made.returncode == 0, made.stderr
    assert "/mot-de-passe/" in made.stdout
    again = shell.run("user", "add", "chef@exemple.fr", "--name", "Paul D", "--role", "head")
    assert again.returncode == 1
    assert "existe déjà" in again.stderr
    assert "/mot-de-passe/" in shell.run("user", "reset", "chef@exemple.fr").stdout
    assert shell.run("user", "disable", "chef@exemple.fr").returncode == 0
    with shell.reading() as session:
        person = session.scalars(select(Person)).one()
    assert (person.email, person.is_active, person.password_hash) == (
        "chef@exemple.fr",
        False,
        None,
    )
    assert "Aucun compte" in shell.run("user", "disable", "x@exemple.fr").stderr


def test_organisations_come_in_from_a_list_all_or_none(shell: Shell) -> None:
    head = "siret,nom,type,ville\n"
    good = f"{siret_of('215500299')},Commune de Bar-le-Duc,commune,Bar-le-Duc\n"
    place = shell.folder / "liste.csv"
    place.write_text(f"{head}{good}123,Rien,commune,Nulle part\n")
    refused = shell.run("import", "organisations", str(place))
    assert refused.returncode == 1
    assert "Ligne 3" in refused.stderr
    place.write_text(head + good)
    assert "1 organisme ajouté" in shell.run("import", "organisations", str(place)).stdout
    assert "1 mis à jour" in shell.run("import", "organisations", str(place)).stdout
    with shell.reading() as session:
        assert session.scalars(select(Organisation.siren)).all() == ["215500299"]


def test_the_aid_rules_answer_line_by_line(shell: Shell) -> None:
    lines = f"{json.dumps(FACTS)}\npas du JSON\n{json.dumps(FACTS)}\n"
    done = shell.run("rules", "explain", "investment_grant", stdin=lines)
    first, bad, last = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 1
    assert first == last
    assert first["decision"] == "proposed"
    assert "error" in bad
    fine = shell.run("rules", "explain", "investment_grant", stdin=f"{json.dumps(FACTS)}\n")
    assert fine.returncode == 0


def test_a_type_is_checked_and_published_once(shell: Shell) -> None:
    assert "rien à redire" in shell.run("check", "investment_grant").stdout
    first = shell.run("publish", "investment_grant")
    again = shell.run("publish", "investment_grant")
    assert "version 1" in first.stdout
    assert first.stdout == again.stdout
    unknown = shell.run("publish", "inconnu")
    assert unknown.returncode == 1
    assert "investment_grant" in unknown.stderr


def test_two_versions_are_compared_in_words(shell: Shell, tmp_path: Path) -> None:
    shell.run("publish", "investment_grant", "--note", "Première version.")
    files = read_pack_files(find_pack("investment_grant"))
    files["aid.dmn"] = files["aid.dmn"].replace(b"<text>0.25<", b"<text>0.35<", 1)
    (tmp_path / "nouveau.zip").write_bytes(write_archive(files))
    said = shell.run("diff", "investment_grant@1", str(tmp_path / "nouveau.zip"))
    assert "taux de base 25\u00a0% → 35\u00a0%" in said.stdout, said.stderr
    assert "Rien ne change." in shell.run("diff", "investment_grant", "investment_grant").stdout
    absent = shell.run("diff", "investment_grant@7", "investment_grant")
    assert absent.returncode == 1
    assert "n’a jamais été publiée" in absent.stderr
    (tmp_path / "image.zip").write_bytes(b"PNG")
    refused = shell.run("diff", "investment_grant", str(tmp_path / "image.zip"))
    assert "archive lisible" in refused.stderr


def test_what_was_saved_comes_back_in_a_new_installation(shell: Shell, tmp_path: Path) -> None:
    shell.run("user", "add", "chef@exemple.fr", "--name", "Paul D", "--role", "head")
    piece = shell.folder / "documents" / "ab" / "cd"
    piece.parent.mkdir(parents=True)
    piece.write_bytes(b"devis")
    target = tmp_path / "sauvegarde.tar"
    saved = shell.run("backup", str(target))
    assert saved.returncode == 0, saved.stderr
    assert target.stat().st_mode & 0o077 == 0
    other = shell.at(tmp_path / "neuf")
    back = other.run("restore", str(target))
    assert back.returncode == 0, back.stderr
    assert (other.folder / "documents" / "ab" / "cd").read_bytes() == b"devis"
    assert "intact" in other.run("audit", "verify").stdout
    with other.reading() as session:
        assert session.scalars(select(Person.email)).all() == ["chef@exemple.fr"]
    assert "n’est pas vide" in other.run("restore", str(target)).stderr


def test_a_damaged_archive_is_refused(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "sauvegarde.tar"
    shell.run("backup", str(target))
    data = bytearray(target.read_bytes())
    data[len(data) // 2] ^= 1
    target.write_bytes(bytes(data))
    done = shell.at(tmp_path / "neuf").run("restore", str(target))
    assert done.returncode == 1
    assert "abîmée" in done.stderr


def test_a_demonstration_is_never_served_as_a_real_service(shell: Shell) -> None:
    shell.run("user", "add", "agent@demo.example", "--name", "A", "--role", "officer")
    with open_database(f"sqlite:///{shell.folder / 'liasse.db'}").engine.begin() as connection:
        connection.execute(text("UPDATE person SET is_demo = 1"))
    done = shell.run("serve")
    assert done.returncode == 1
    assert "démonstration" in done.stderr


def test_a_real_service_is_never_filled_with_invented_people(shell: Shell) -> None:
    shell.run("user", "add", "chef@exemple.fr", "--name", "Paul D", "--role", "head")
    done = shell.run("demo", "--no-browser", "--check")
    assert done.returncode == 1
    assert "vrai service" in done.stderr


def test_serving_wants_a_secret_key(shell: Shell) -> None:
    done = shell.run("serve", LIASSE_SECRET_KEY="")
    assert done.returncode == 1
    assert "LIASSE_SECRET_KEY manque" in done.stderr


def test_the_doctor_looks_at_each_thing(shell: Shell) -> None:
    done = shell.run("doctor")
    assert done.returncode == 1
    said = done.stdout
    for thing in (
        "réglages",
        "base de données",
        "courriels",
        "stockage",
        "antivirus",
        "horloge",
    ):
        assert thing in said


def test_a_port_asked_for_and_taken_is_an_error_the_default_moves_on() -> None:
    with listen(None) as first, listen(None) as second:
        taken = first.getsockname()[1]
        assert second.getsockname()[1] > taken
        with pytest.raises(NotReady, match=str(taken)):
            listen(taken)
        assert first.getsockname()[0] == "127.0.0.1"
        assert first.family is socket.AF_INET


def test_the_demonstration_never_touches_the_database_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIASSE_DATABASE_URL", "postgresql+psycopg://prod@base/liasse")
    monkeypatch.setenv("LIASSE_SMTP_URL", "smtp://relais")
    chosen = demo_settings(tmp_path, 8000)
    assert chosen.database_url == f"sqlite:///{tmp_path}/liasse.db"
    assert chosen.smtp_url.startswith("file:")
    assert chosen.host == "127.0.0.1"


def test_a_diagram_from_another_tool_becomes_a_pack_to_finish(shell: Shell) -> None:
    place = shell.folder / "foreign.bpmn"
    place.write_bytes(OPEN["timer without a date"][0])
    made = shell.run("import", "diagram", str(place), "--to", "pack")
    assert made.returncode == 0, made.stderr
    told = made.stdout.replace("\u00a0", " ")
    assert "à faire : L’événement « Un mois » (c) doit avoir une date" in told
    assert "liasse check pack" in made.stdout
    checked = shell.run("check", "pack")
    assert checked.returncode == 1
    assert "« Un mois » (c) doit avoir une date" in checked.stderr.replace("\u00a0", " ")
    again = shell.run("import", "diagram", str(place), "--to", "pack")
    assert "n’est pas vide" in again.stderr
    place.write_bytes(b"<svg/>")
    refused = shell.run("import", "diagram", str(place), "--to", "other")
    assert (refused.returncode, "BPMN 2.0" in refused.stderr) == (1, True)
