"""`crm-contracts diff`."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.project.shop import CONTRACT, write

NEW = CONTRACT.replace("auth: {kind: none}", "auth: {kind: static_token}")


@pytest.fixture
def two(shop: Path) -> Path:
    """The project's contract, and a new one that nobody has taken yet."""
    write(shop, "proposal/tiny-crm/contract.yaml", NEW)
    return shop


def test_what_breaks_and_whom(two: Path, call: Command):
    """Exit 1, the consumers by name."""
    result = call("diff", "tiny-crm", "proposal/tiny-crm")
    assert (result.returncode, result.stderr) == (1, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "tiny-crm: 2 may break callers, 0 do not."
    assert "  - credential: none -> static_token" in lines
    assert "      Hit: brittle, sound" in lines
    assert "      Hit: brittle (find_order), sound (find_order)" in lines
    assert max(map(len, lines)) <= 80


def test_nothing_changed(two: Path, call: Command):
    """Exit 0, also where only what harms nobody is new."""
    result = call("diff", "tiny-crm", "contracts/tiny-crm")
    assert (result.returncode, result.stdout) == (0, "tiny-crm: nothing changed.\n")
    write(two, "proposal/tiny-crm/contract.yaml", CONTRACT + '  listOrders: {at: "GET /orders"}\n')
    result = call("diff", "tiny-crm", "proposal/tiny-crm")
    assert result.returncode == 0
    assert "the operation is new: GET /orders" in result.stdout


def test_the_consumers_of_an_operation_that_is_gone(two: Path, call: Command):
    """Where the checkout is the new one, their files name an operation that is no more: they are hit all the same."""
    write(two, "old/tiny-crm/contract.yaml", CONTRACT)
    write(
        two,
        "contracts/tiny-crm/contract.yaml",
        CONTRACT.replace("getOrder", "fetchOrder").replace("/{id}", "/{id}/v2"),
    )
    result = call("diff", "old/tiny-crm", "tiny-crm")
    assert result.returncode == 1
    assert "the operation is gone: GET /orders/{id}" in result.stdout
    assert "Hit: brittle (find_order), sound (find_order)" in result.stdout


def test_the_notice(two: Path, call: Command):
    """Markdown alone, to be sent as it is."""
    result = call("diff", "tiny-crm", "proposal/tiny-crm", "--markdown")
    assert result.returncode == 1
    assert result.stdout.startswith("# Change notice: tiny-crm\n")
    assert "| brittle | no contact is written | " in result.stdout


def test_git(two: Path, call: Command):
    """REF:path on either side."""
    for words in (
        ("init", "-q"),
        ("add", "."),
        ("-c", "user.name=x", "-c", "user.email=x@y.z", "commit", "-qm", "x"),
    ):
        subprocess.run(["git", *words], cwd=two, check=True, capture_output=True)
    assert call("diff", "HEAD:contracts/tiny-crm", "tiny-crm").returncode == 0
    assert call("diff", "HEAD:contracts/tiny-crm", "HEAD:proposal/tiny-crm").returncode == 1
    wrong = call("diff", "HAED:contracts/tiny-crm", "tiny-crm")
    assert (wrong.returncode, wrong.stderr) == (4, "There is no revision 'HAED'.\n")


@pytest.mark.parametrize("word", ["nowhere", "shop.py:x:y", "nowhere/openapi.yaml"])
def test_a_contract_that_is_not_there(shop: Path, call: Command, word: str):
    """Exit 4; no traceback."""
    result = call("diff", "tiny-crm", word)
    assert (result.returncode, result.stdout) == (4, "")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"contract: [", b"- 1", b"openapi: 3.1.0\npaths: 7\n"])
def test_a_contract_that_cannot_be_read(shop: Path, call: Command, content: bytes):
    """Its problems at their places, exit 1; no traceback."""
    (shop / "other").mkdir()
    (shop / "other" / "openapi.yaml").write_bytes(content)
    result = call("diff", "tiny-crm", "other/openapi.yaml")
    assert result.returncode == 1
    assert "other/openapi.yaml" in result.stderr
    assert "Traceback" not in result.stderr
