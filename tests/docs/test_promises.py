"""The page about promises has each of them, with the default that counts."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from crm_contracts.model.promises import Promises
from crm_contracts.model.span import human

PAGE = Path(__file__).parents[2] / "docs" / "promises.md"
ROWS = re.findall(r"^\| `(\w+): [^`]*` \| (\w+) \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
NUMBERS = {"attempts", "max_amplification"}
PROMISES = [field.name for field in fields(Promises) if field.name != "written"]


@pytest.mark.parametrize("name", PROMISES)
def test_a_promise_has_its_default(name: str):
    """What the page says is what the checks take."""
    default = getattr(Promises(), name)
    said = {text for promise, text in ROWS if promise == name}
    plain = f"{default:g}" if name in NUMBERS and default is not None else None
    assert said == {"none" if default is None else plain or human(default).replace(" ", "")}


def test_no_promise_is_made_up():
    """Nothing stands there that no consumer's file may say."""
    assert {name for name, _text in ROWS} == set(PROMISES)
