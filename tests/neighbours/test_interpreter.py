"""A caller in an environment of its own, with an interpreter of its own and none of our packages."""

import subprocess
import warnings
from pathlib import Path

import pytest

from tests.consumers.stage import oldest_python, without_our_packages
from tests.neighbours.house import ITEM, House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

CALLER = """\
import importlib.util
import json
import sys
import urllib.request

OURS = ("crm_contracts", "pytest", "pydantic", "httptools", "yaml", "jsonschema")


class Away(Exception):
    pass


class Old:
    def __init__(self, endpoint):
        self.base = endpoint.base_url

    def find_order(self, order_id):
        found = [name for name in OURS if importlib.util.find_spec(name)]
        if found:
            raise SystemExit("these should not be here: %s" % found)
        print("Python %d.%d at %s" % (*sys.version_info[:2], sys.prefix))
        try:
            with urllib.request.urlopen(self.base + "/orders/" + order_id, timeout=1) as answer:
                return {"total": json.load(answer)["total"]}
        except OSError as failed:
            raise Away("the CRM is away") from failed
"""


@pytest.fixture
def python() -> Path:
    """The oldest interpreter from 3.8 on that this machine has beside ours."""
    found = oldest_python()
    if found is None:
        reason = "no Python from 3.8 on beside ours on PATH or under pyenv: callers in older ones are NOT tested here"
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    return found


def test_a_caller_in_an_old_interpreter_without_our_packages(house: House, python: Path):
    """Its baseline and a scenario pass; the environment stays as empty as it was."""
    own = without_our_packages(house.root / "their env", python)
    before = sorted(own.parents[1].rglob("*"))
    house.write("old.py", CALLER)
    path = house.root / "contracts/tiny-crm/consumers/sound.yaml"
    text = path.read_text(encoding="utf-8").replace("shop:sound", "old:Old")
    path.write_text(
        text.replace("driver: {", 'driver: {interpreter: "their env/bin/python", '), encoding="utf-8"
    )
    ended = house.pytest("--crm-contracts", "-rA", ITEM, "contracts/tiny-crm/consumers")
    ended.well(passed=2)
    told = subprocess.run([own, "-V"], capture_output=True, text=True, check=True).stdout.split(".")
    assert f"{'.'.join(told[:2])} at {own.parents[1]}" in ended.text
    left = [path for path in sorted(own.parents[1].rglob("*")) if path not in before]
    assert [path for path in left if "__pycache__" not in path.parts] == []
