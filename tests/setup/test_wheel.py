"""The wheel has everything that a project needs in which nobody has this repository."""

import configparser
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "plugins" / "crm_contracts"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of this checkout, built with the locked backend and without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=110)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def files(folder: Path) -> set[str]:
    """Every file below a folder of the checkout, as a path in that folder."""
    found = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    return {path.as_posix() for path in found if "__pycache__" not in path.parts and path.suffix != ".pyc"}


def test_the_package_is_in_the_wheel(wheel: zipfile.ZipFile):
    """Modules, types, compiled catalogues, schema and templates are all there; what translators work on stays at home."""
    names = set(wheel.namelist())
    assert {f"crm_contracts/{name}" for name in files(PACKAGE) if not name.endswith((".po", ".pot"))} <= names
    assert "crm_contracts/locale/zh_CN/LC_MESSAGES/crm_contracts.mo" in names
    assert "crm_contracts/py.typed" in names


@pytest.mark.parametrize("folder", ["scenarios", "contracts/acme-crm"])
def test_what_is_shipped_is_in_the_wheel(wheel: zipfile.ZipFile, folder: str):
    """The scenarios and the contract of the repository's root are there too, without consumers and their pacts: their programs are not."""
    shipped = {name for name in files(ROOT / folder) if not name.startswith(("consumers/", "pacts/"))}
    assert shipped
    inside = f"crm_contracts/shipped/{folder}/"
    there = {name.removeprefix(inside) for name in wheel.namelist() if name.startswith(inside)}
    assert there == shipped


def test_nothing_else_is_in_the_wheel(wheel: zipfile.ZipFile):
    """One top-level package, and its metadata."""
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert sorted(top.split("-")[0] for top in tops) == ["crm_contracts", "pytest_crm_contracts"]


def test_the_entry_points_are_declared(wheel: zipfile.ZipFile):
    """pytest finds the plugin, and the shell finds the command."""
    (name,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    told = configparser.ConfigParser()
    told.read_string(wheel.read(name).decode())
    assert dict(told["pytest11"]) == {"crm_contracts": "crm_contracts.pytest_plugin"}
    assert dict(told["console_scripts"]) == {"crm-contracts": "crm_contracts.cli:main"}
