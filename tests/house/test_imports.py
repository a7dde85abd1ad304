"""Do imports only go down the stairs, and only to packages we declared?"""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from tests.house.tree import PACKAGES, ROOT, ours, read

CONFIG: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
#: Used without an import of ours: the driver SQLAlchemy loads by name, the time zones of machines
#: that have none, the server started as a command.
NOT_IMPORTED = {"psycopg", "tzdata", "gunicorn"}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """The verdict of import-linter on the packages of this folder."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_import_contracts_hold() -> None:
    verdict = lint_imports(ROOT)
    assert verdict.returncode == 0, verdict.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our packages and configuration in another folder, to be spoilt."""
    folder = tmp_path_factory.mktemp("copy")
    for path in [*ours(".py"), Path("pyproject.toml")]:
        if path.parts[0] in {*PACKAGES, "pyproject.toml"}:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, folder / path)
    return folder


BREAKS = {
    "Imports only go down the stairs": ("app/domain/spoilt.py", "import app.web"),
    "The console never imports a cartridge": ("app/actions/spoilt.py", "import forms"),
    "Only app.engine knows SpiffWorkflow": ("app/catalogue/spoilt.py", "import SpiffWorkflow"),
    "Below the doors nobody knows Flask": ("app/models/spoilt.py", "from flask import g"),
}


def test_each_contract_breaks_when_it_is_broken(copy: Path) -> None:
    for name, line in BREAKS.values():
        (copy / name).write_text(f"{line}\n")
    (copy / "app/domain/one.py").write_text("import app.domain.two\n")
    (copy / "app/domain/two.py").write_text("import app.domain.one\n")

    broken = re.findall(r"^(.*) BROKEN", lint_imports(copy).stdout, re.MULTILINE)

    for contract in [*BREAKS, "No circles"]:
        assert any(line.startswith(contract) for line in broken), contract


def test_every_room_stands_on_a_floor() -> None:
    layers = CONFIG["tool"]["importlinter"]["contracts"][0]["layers"]
    floors = {room for layer in layers for room in re.findall(r"[\w.]+", layer)}
    rooms = {
        f"app.{p.parts[1].removesuffix('.py')}" for p in ours(".py") if p.parts[0] == "app"
    }
    assert rooms - {"app.__init__"} - floors == set()


def normal(name: str) -> str:
    """A distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def names_of(requirements: list[str]) -> set[str]:
    """The distributions of these requirement lines."""
    return {normal(re.split(r"[\[<>=;! ]", line, maxsplit=1)[0]) for line in requirements}


def imported_modules(source: str) -> set[str]:
    """The top-level modules a file imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def outside(roots: set[str]) -> set[str]:
    """The distributions that the files under these folders import."""
    owners = packages_distributions()
    modules: set[str] = set()
    for path in ours(".py"):
        if path.parts[0] in roots:
            modules |= imported_modules(read(path))
    foreign = modules - set(sys.stdlib_module_names) - {*PACKAGES, "tests", "run"}
    return {normal(owners.get(module, [module])[0]) for module in foreign}


RUNTIME = names_of(CONFIG["project"]["dependencies"])
DEV = names_of(CONFIG["dependency-groups"]["dev"])


def test_the_product_imports_only_what_it_declares() -> None:
    assert outside(set(PACKAGES)) - RUNTIME == set()


def test_the_tests_import_only_what_is_declared() -> None:
    assert outside({"tests"}) - RUNTIME - DEV == set()


def test_nothing_is_declared_for_nothing() -> None:
    assert RUNTIME - outside(set(PACKAGES)) - NOT_IMPORTED == set()


def test_every_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs/decisions/0001-dependencies.md").read_text(encoding="utf-8")
    missing = {name for name in RUNTIME | DEV if f"`{name}`" not in reasons}
    assert missing == set()


def pins(lock: str) -> set[str]:
    """The lines `name==version ; marker` of a lock file."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {
        line.removesuffix("\\").strip() for line in re.findall(r"^\S+==.*$", text, re.MULTILINE)
    }


def test_the_tests_run_on_the_versions_of_the_product() -> None:
    assert pins("requirements.lock") - pins("requirements-dev.lock") == set()


def test_the_locks_hold_every_declared_dependency() -> None:
    locked = {normal(pin.partition("==")[0]) for pin in pins("requirements.lock")}
    assert RUNTIME - locked == set()
    locked = {normal(pin.partition("==")[0]) for pin in pins("requirements-dev.lock")}
    assert DEV - locked == set()
