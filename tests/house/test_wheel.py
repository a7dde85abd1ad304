"""Does the wheel hold everything, and does nobody else own our package names?"""

import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.house.tree import PACKAGES, ROOT, files

DATA = {".bpmn", ".dmn", ".toml", ".html", ".txt", ".css", ".js", ".json", ".mako", ".ini"}


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files of a wheel built from the checkout, without any network."""
    folder = tmp_path_factory.mktemp("wheel")
    [built] = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(built) as wheel:
        return set(wheel.namelist())


def test_the_wheel_holds_every_file_of_our_packages(held: set[str]) -> None:
    expected = {path.as_posix() for path in files() if path.parts[0] in PACKAGES}
    assert expected - held == set()
    assert any(Path(name).suffix in DATA for name in expected), "no data file at all?"


def test_the_wheel_holds_nothing_else(held: set[str]) -> None:
    tops = {name.partition("/")[0] for name in held if ".dist-info/" not in name}
    assert tops == set(PACKAGES)
    assert not [name for name in held if "__pycache__" in name or name.startswith("tests/")]


def test_the_wheel_gives_the_command_and_the_licence(held: set[str]) -> None:
    assert any(name.endswith("dist-info/entry_points.txt") for name in held)
    assert any(name.endswith("licenses/LICENSE") for name in held)


def test_no_dependency_owns_one_of_our_package_names() -> None:
    thieves = {
        (distribution.metadata["Name"], top)
        for distribution in distributions()
        if distribution.metadata["Name"] != "liasse"
        for top in {path.parts[0].removesuffix(".py") for path in distribution.files or []}
        if top in PACKAGES
    }
    assert thieves == set()
