"""`crm-contracts impact`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.project.shop import write

ROOT = Path(__file__).parents[2]


def test_everything_that_is_used(shop: Path, call: Command):
    """By operation; which fields are read nobody has said."""
    result = call("impact")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[:3] == [
        "tiny-crm: getOrder",
        "  brittle.find_order  any field",
        "  sound.find_order    any field",
    ]
    assert "--observe finds out" in lines[-1]


def test_what_a_file_declares(shop: Path, call: Command):
    """`reads:` in a call: who reads the field is named, who says to read others is not."""
    for name, reads in (("brittle", "[id]"), ("sound", "[total, items.sku]")):
        path = f"contracts/tiny-crm/consumers/{name}.yaml"
        text = (shop / path).read_text().replace("does: getOrder,", f"does: getOrder, reads: {reads},")
        write(shop, path, text)
    assert call("impact", "getOrder.total").stdout.splitlines() == [
        "tiny-crm: getOrder.total",
        "  sound.find_order  reads it (declared)",
    ]
    assert "sound.find_order" in call("impact", "GET /orders/{id}.sku").stdout
    nobody = call("impact", "getOrder.note")
    assert (nobody.returncode, nobody.stdout) == (5, "Nobody here uses getOrder.note.\n")


def test_an_operation_that_nobody_does(shop: Path, call: Command):
    """Exit 5."""
    assert call("impact", "addOrder").returncode == 5


def test_a_word_that_means_nothing(shop: Path, call: Command):
    """Exit 4 with the nearest."""
    for words in (("getOder",), ("getOder.total",), ("getOrder", "--contract", "tiny")):
        result = call("impact", *words)
        assert result.returncode == 4
        assert "Did you mean" in result.stderr


@pytest.mark.slow
def test_what_runs_show(shop: Path, call: Command):
    """Each field is taken away in turn."""
    result = call("impact", "--observe")
    assert result.returncode == 0
    assert result.stdout.splitlines() == [
        "tiny-crm: getOrder",
        "  brittle.find_order  total (observed)",
        "  sound.find_order    total (observed)",
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "asked, read, unread",
    [
        (
            "getOrder",
            {"currency", "id", "items", "quantity", "sku", "status", "total"},
            {"contactId", "placedAt", "deliverOn"},
        ),
        ("queryContacts", {"code", "data", "id", "level", "list", "name"}, {"mobile", "totalRow"}),
    ],
)
def test_the_four_examples(asked: str, read: set[str], unread: set[str]):
    """What the shipped callers read of an order and of a contact, and what they do not."""
    command = [sys.executable, "-m", "crm_contracts.cli", "impact", asked, "--observe"]
    environ = {**os.environ, "LANG": "C.UTF-8"}
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    words = set(done.stdout.replace(",", " ").split())
    assert read <= words
    assert not unread & words
    assert done.stdout.count("(observed)") >= 2
