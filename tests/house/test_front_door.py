"""Does `run.py` install once, hand over faithfully, and say clearly what is wrong?

Played in a small checkout of its own, whose lock files are empty: nothing is downloaded.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

CLI = '''"""A stand-in for the command: it tells how it was called."""
import os, pathlib, sys
print(sys.argv[1:], pathlib.Path.cwd(), os.environ.get("LIASSE_DATA_DIR"), sep="\\n")
sys.exit(7)
'''


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with `run.py`, nothing to install, and a command that tells how it is called."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copy(ROOT / "run.py", folder)
    for name in ("requirements.lock", "requirements-dev.lock"):
        (folder / name).write_text("# nothing\n")
    (folder / "app").mkdir()
    (folder / "app/__init__.py").write_text("")
    (folder / "app/cli.py").write_text(CLI)
    return folder


def run(
    checkout: Path, *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Start `run.py` as a person does."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(checkout), **environment}
    command = [sys.executable, str(checkout / "run.py"), *arguments]
    return subprocess.run(
        command, cwd=cwd or checkout, env=env, capture_output=True, text=True, check=False
    )


def test_the_first_run_installs_and_the_next_ones_do_not(checkout: Path) -> None:
    shutil.rmtree(checkout / ".venv", ignore_errors=True)

    first = run(checkout, "doctor")
    second = run(checkout, "doctor")

    assert "Installation terminée" in first.stderr
    assert second.stderr == ""
    assert first.stdout == second.stdout


def test_the_command_gets_its_arguments_its_folder_and_its_data(
    checkout: Path, tmp_path: Path
) -> None:
    called = run(checkout, "check", "un dossier", "--all", cwd=tmp_path)
    assert called.returncode == 7
    arguments, folder, data = called.stdout.splitlines()
    assert arguments == "['check', 'un dossier', '--all']"
    assert folder == str(tmp_path)
    assert data == str(checkout / "instance")


def test_a_settings_file_decides_where_data_goes(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "liasse.toml").write_text('data_dir = "/var/lib/liasse"\n')
    assert run(checkout, "x", cwd=tmp_path).stdout.splitlines()[2] == "None"
    chosen = run(checkout, "x", LIASSE_DATA_DIR="/srv/liasse")
    assert chosen.stdout.splitlines()[2] == "/srv/liasse"


def test_an_environment_of_another_python_is_made_again(checkout: Path) -> None:
    run(checkout, "doctor")
    python = checkout / ".venv/bin/python"
    python.unlink()
    python.write_text("#!/bin/sh\necho 2.7\n")
    python.chmod(0o755)
    (checkout / "requirements.lock").write_text("# changed\n")

    again = run(checkout, "doctor")

    assert "l’environnement .venv est refait" in again.stderr
    assert again.returncode == 7


def test_a_lock_that_cannot_be_installed_is_a_sentence_and_not_a_traceback(
    checkout: Path,
) -> None:
    (checkout / "requirements-dev.lock").write_text("--no-index\nnothing-of-that-name==1\n")

    failed = run(checkout, "test")

    assert failed.returncode == 1
    assert "L’installation a échoué" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_without_a_command_it_says_how_to_start(checkout: Path) -> None:
    shown = run(checkout)
    assert shown.returncode == 0
    assert "run.py demo" in shown.stdout
