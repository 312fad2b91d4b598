"""`crm-contracts pin`: an answer that a caller did not bear becomes a scenario that fails in the same way."""

import base64
import shlex
import subprocess
import zlib
from pathlib import Path

import pytest

from crm_contracts.documents import parse
from crm_contracts.scenarios import load_scenario
from tests.cli.conftest import Command


def pinned(root: Path) -> Path:
    """The one file that was written."""
    (file,) = (root / "scenarios" / "pinned").glob("*.yaml")
    return file


def fault_of(file: Path) -> dict[str, object]:
    """The fault as it stands in the file."""
    value = parse(file.read_bytes(), file=file.name).value
    assert isinstance(value, dict)
    assert isinstance(value["faults"], list)
    assert isinstance(value["faults"][0], dict)
    return dict(value["faults"][0])


def test_a_pinned_answer_fails_the_caller_that_did_not_bear_it(call: Command, shop: Path) -> None:
    """The printed command runs as pasted: the brittle caller fails, nobody else is asked."""
    done = call("pin", "brittle.find_order", "getOrder", "--body", "[]")
    assert done.returncode == 0, done.stderr
    (replay,) = (line.strip() for line in done.stdout.splitlines() if "--crm-contracts" in line)
    ran = subprocess.run(
        shlex.split(replay), cwd=shop, capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode == 1, ran.stdout
    assert "TypeError" in ran.stdout
    assert "n.a." in ran.stdout


@pytest.mark.parametrize(
    "words, kept",
    [
        (("--body", '{"total": null}'), {"json": {"total": None}}),
        (("--body", "{'total': 1}"), {"body": "{'total': 1}"}),
        (("--body", '{"total": 1e5}'), {"json": {"total": 100000.0}}),
        (("--body-base64", base64.b64encode(b"\xff{").decode()), {"body_base64": "/3s="}),
        (("--body-zlib", base64.b64encode(zlib.compress(b"[" * 9)).decode()), {"body": "[" * 9}),
        (("--wire-base64", "SFRUUA==", "--end", "close"), {"wire_base64": "SFRUUA==", "end": "close"}),
        (("--header", "Content-Type:", "--body", "{}"), {"headers": {"content-type": ""}, "json": {}}),
        (("--status", "503", "--malformed"), {"status": 503, "malformed": True}),
    ],
)
def test_the_answer_is_kept_in_its_most_readable_form(
    call: Command, shop: Path, words: tuple[str, ...], kept: dict[str, object]
) -> None:
    """A value where YAML says the same, else text, else bytes; the file can be read again."""
    done = call("pin", "brittle.find_order", "getOrder", *words)
    assert done.returncode == 0, done.stderr
    file = pinned(shop)
    assert load_scenario(file, shown=file.name).consumers == ("brittle",)
    assert kept.items() <= fault_of(file).items()


def test_what_may_not_be_taken_for_a_success_is_expected_to_be_refused(call: Command, shop: Path) -> None:
    """Such a caller is ok, and that is the defect."""
    call("pin", "sound.find_order", "getOrder", "--body", "{}", "--refuse")
    assert "during: [degraded, queued, refused]" in pinned(shop).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words, said",
    [
        (("brittle.find_order", "addOrder"), "does not do 'addOrder'"),
        (("brittle.find_ordr", "getOrder"), "Did you mean 'find_order'?"),
        (("brittle.find_order", "getOrder", "--body-base64", "?"), "no base64"),
        (("brittle.find_order", "getOrder", "--name", "No Name"), "is no name for a scenario"),
    ],
)
def test_words_that_mean_nothing_are_told(
    call: Command, shop: Path, words: tuple[str, ...], said: str
) -> None:
    """Nothing is written, and no traceback is shown."""
    done = call("pin", *words)
    assert done.returncode == 4
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (shop / "scenarios" / "pinned").exists()


def test_a_pin_that_is_there_already_is_not_changed(call: Command, shop: Path) -> None:
    """Somebody may have written into it."""
    words = ("pin", "brittle.find_order", "getOrder", "--body", "[]", "--name", "mine")
    assert call(*words).returncode == 0
    before = pinned(shop).read_text(encoding="utf-8")
    done = call(*words)
    assert done.returncode == 4
    assert pinned(shop).read_text(encoding="utf-8") == before
