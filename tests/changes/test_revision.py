"""A contract as it was at a git revision; nothing of the checkout is touched."""

import subprocess
from pathlib import Path

import pytest

from crm_contracts.changes import Nowhere, revision
from crm_contracts.model.problem import Problems
from tests.project.shop import CONTRACT, write


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    write(tmp_path, "contracts/tiny-crm/contract.yaml", CONTRACT)
    write(tmp_path, "contracts/bad/contract.yaml", "contract: bad\nauth: {kid: none}\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    git(tmp_path, "tag", "v1")
    write(tmp_path, "contracts/tiny-crm/contract.yaml", CONTRACT.replace("addOrder", "createOrder"))
    return tmp_path


@pytest.mark.parametrize(
    "path", ["contracts/tiny-crm", "contracts/tiny-crm/", "contracts/tiny-crm/contract.yaml"]
)
def test_a_folder_and_a_file(repository: Path, path: str):
    """As it was, whatever lies in the checkout now."""
    contract = revision(f"v1:{path}", repository)
    assert contract.name == "tiny-crm"
    assert list(contract.operations) == ["getOrder", "addOrder"]


def test_paths_are_seen_from_here(repository: Path):
    """As with every other path of the command line."""
    assert revision("v1:tiny-crm", repository / "contracts").name == "tiny-crm"
    assert revision("HEAD:../contracts/tiny-crm", repository / "contracts").name == "tiny-crm"


@pytest.mark.parametrize(
    "word, said",
    [
        ("v9:contracts/tiny-crm", "There is no revision 'v9'."),
        ("v1:contracts/nowhere", "The revision 'v1' has no contracts/nowhere."),
        ("--output=x:contracts", "is no revision"),
        (":contracts", "is no revision"),
    ],
)
def test_what_is_not_there(repository: Path, word: str, said: str):
    """One sentence that names it."""
    with pytest.raises(Nowhere) as nowhere:
        revision(word, repository)
    assert said in str(nowhere.value)


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Nor is git looked for above."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(Nowhere, match="No git repository is here"):
        revision("v1:contracts", tmp_path)


def test_a_contract_that_cannot_be_read(repository: Path):
    """Its problems stand at the revision, not in a temporary folder."""
    with pytest.raises(Problems) as found:
        revision("v1:contracts/bad", repository)
    assert str(found.value).startswith("v1:contracts/bad/contract.yaml:2:8: Unknown key 'kid'.")
