#!/usr/bin/env python3
"""How does one start Liasse from a fresh checkout? `python3 run.py demo`, `python3 run.py test`.

  python3 run.py demo            installs what is needed once, then serves the demo
  python3 run.py test [--long] [arguments of pytest]
                                 lint, types, import contracts, then the tests
  python3 run.py COMMAND …       any command of `liasse` (migrate, check, rehearse, doctor …)

Standard library only. The first run makes .venv and needs the network; the next ones do not.
Delete .venv and instance/ to start afresh.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit(f"Il faut Python 3.11 ou plus récent (ici : {sys.version.split()[0]}).")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
RUNTIME = ROOT / "requirements.lock"
DEV = ROOT / "requirements-dev.lock"  # holds everything of RUNTIME, same versions
PIP_WITH_PYTHON_OPTION = (22, 3)


class CannotInstall(Exception):
    """The sentence says what is missing and what to do."""


def say(sentence: str) -> None:
    """Tell the person what is going on, without mixing with the command's own output."""
    shown = f"\033[1m{sentence}\033[0m" if sys.stderr.isatty() else sentence
    print(shown, file=sys.stderr, flush=True)


def stamp_of(lock: Path) -> str:
    """What the environment must hold: these pinned packages, for this Python."""
    return hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()


def is_ready(lock: Path) -> bool:
    """The environment already holds everything the lock lists."""
    mark = VENV / f".{lock.name}.installed"
    return PYTHON.exists() and mark.exists() and mark.read_text() == stamp_of(lock)


def same_python() -> bool:
    """The environment's Python works and is the one that runs this file."""
    if not PYTHON.exists():
        return False
    asked = [str(PYTHON), "-c", "import sys; print(sys.version)"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    return answer.returncode == 0 and answer.stdout.strip() == sys.version.strip()


def make_environment() -> None:
    """Create .venv, again when it was made by another Python.

    Without pip: `with_pip` needs ensurepip, which Debian and Ubuntu ship apart.
    """
    if same_python():
        return
    if VENV.exists():
        say("Python a changé : l’environnement .venv est refait.")
        shutil.rmtree(VENV)
    venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt").create(VENV)


def host_pip_knows_python_option() -> bool:
    """The pip of the machine can install into another environment (22.3 and later)."""
    asked = [sys.executable, "-m", "pip", "--version"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    found = re.match(r"pip (\d+)\.(\d+)", answer.stdout)
    return found is not None and tuple(map(int, found.groups())) >= PIP_WITH_PYTHON_OPTION


def installer() -> list[str]:
    """The command that installs into .venv: uv, or the machine's pip, or ensurepip's.

    Refuses CannotInstall when the machine has none of them.
    """
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    quiet = ["--disable-pip-version-check", "install", "-qq"]
    if host_pip_knows_python_option():
        return [sys.executable, "-m", "pip", "--python", str(PYTHON), *quiet]
    if importlib.util.find_spec("ensurepip"):
        bootstrap = [str(PYTHON), "-m", "ensurepip", "--upgrade"]
        if subprocess.run(bootstrap, capture_output=True, check=False).returncode == 0:
            return [str(PYTHON), "-m", "pip", *quiet]
    raise CannotInstall(
        "Aucun installateur de paquets Python sur cette machine. Installez pip "
        "(sous Debian ou Ubuntu : sudo apt install python3-pip), puis relancez la commande."
    )


def install(lock: Path) -> None:
    """Bring .venv to exactly what the lock lists, every file checked against its hash."""
    start = time.monotonic()
    say("Installation des composants Python (une seule fois, une à deux minutes)…")
    make_environment()
    command = [*installer(), "--require-hashes", "-r", str(lock)]
    if subprocess.run(command, check=False).returncode:
        raise CannotInstall(
            "L’installation a échoué (voir ci-dessus). Vérifiez l’accès au dépôt de paquets "
            "Python, puis relancez la commande : elle reprendra où elle en était."
        )
    for held in {lock, RUNTIME}:
        (VENV / f".{held.name}.installed").write_text(stamp_of(held))
    say(f"Installation terminée en {time.monotonic() - start:.0f} s.")


def environment() -> dict[str, str]:
    """The variables of every command: our packages importable, .venv's tools first."""
    path = f"{PYTHON.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    ours = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "VIRTUAL_ENV": str(VENV), "PATH": path}
    return {**os.environ, **ours}


def test_environment(*, is_long: bool) -> dict[str, str]:
    """Without the settings of an installation: tests choose their own."""
    kept = ("LIASSE_TEST_", "LIASSE_REQUIRE_ALL")
    env = {k: v for k, v in environment().items() if k.startswith(kept) or "LIASSE_" not in k}
    return {**env, "LIASSE_LONG": "1"} if is_long else env


def liasse_environment() -> dict[str, str]:
    """Data beside the checkout, whatever the current folder, unless somebody decided."""
    env = environment()
    if "LIASSE_CONFIG" not in env and not Path("liasse.toml").exists():
        env.setdefault("LIASSE_DATA_DIR", str(ROOT / "instance"))
    return env


def checks() -> list[tuple[str, list[str]]]:
    """The four checks that come before the tests: what is said, what is run."""
    tool = PYTHON.parent
    return [
        ("ruff check", [str(tool / "ruff"), "check", "--quiet"]),
        ("ruff format", [str(tool / "ruff"), "format", "--check", "--quiet"]),
        ("mypy", [str(PYTHON), "-m", "mypy"]),
        ("import contracts", [str(tool / "lint-imports"), "--no-logo"]),
    ]


def pytest_command(arguments: Sequence[str]) -> list[str]:
    """Pytest on two processes at least, a file on one of them, unless the person decides."""
    alone = any(a.startswith("-n") or a in {"-s", "--pdb", "--trace"} for a in arguments)
    count = str(max(2, min(4, os.cpu_count() or 2)))
    processes = [] if alone else ["-n", count, "--dist", "loadfile"]
    return [str(PYTHON), "-m", "pytest", *processes, *arguments]


def test(arguments: Sequence[str]) -> int:
    """Run every check, then the tests; say which failed; 0 only when all pass."""
    env = test_environment(is_long="--long" in arguments)
    rest = [a for a in arguments if a != "--long"]
    failed = []
    for name, command in [*checks(), ("pytest", pytest_command(rest))]:
        start = time.monotonic()
        code = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
        say(f"{'ok    ' if code == 0 else 'ÉCHEC '} {name} ({time.monotonic() - start:.0f} s)")
        failed += [name] if code else []
    say(f"Échec : {', '.join(failed)}." if failed else "Tout est vert.")
    return 1 if failed else 0


def liasse(arguments: Sequence[str]) -> int:
    """Hand over to the `liasse` command, in the folder the person is in."""
    command = [str(PYTHON), "-m", "app.cli", *arguments]
    if os.name == "posix":  # the command takes our place: signals and exit code are its own
        os.execve(PYTHON, command, liasse_environment())
    return subprocess.run(command, env=liasse_environment(), check=False).returncode


def main(arguments: Sequence[str]) -> int:
    """Install what the command needs, then run it."""
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(__doc__)
        return 0
    if Path(sys.prefix).resolve() == VENV:  # started with .venv's own Python: never delete it
        host = str(Path(sys.base_prefix) / PYTHON.relative_to(VENV).with_stem("python3"))
        os.execv(host, [host, __file__, *arguments])
    lock = DEV if arguments[0] == "test" else RUNTIME
    try:
        if not is_ready(lock):
            install(lock)
    except CannotInstall as reason:
        say(str(reason))
        return 1
    return test(arguments[1:]) if arguments[0] == "test" else liasse(arguments)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
