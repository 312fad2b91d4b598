"""The pact of the example: it is what its consumer asks today."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pacts.story import ACME, rules

PACT = ACME / "pacts" / "order-sync-resilient-acme-crm.json"
COMMAND = (sys.executable, "-m", "crm_contracts.cli", "pact")


def test_it_goes_with_the_contract():
    """Every interaction."""
    assert rules(PACT) == [[], [], []]


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["0", "7"])
def test_it_is_what_a_recording_gives(tmp_path: Path, seed: str):
    """Whatever the seed; only the versions of Pact's own libraries may differ. `pact record` makes it anew."""
    words = (*COMMAND, "record", "order-sync-resilient", "--out", str(tmp_path), "--seed", seed)
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(
        words, cwd=ACME.parents[1], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    fresh, kept = (json.loads(file.read_text(encoding="utf-8")) for file in (tmp_path / PACT.name, PACT))
    assert fresh["interactions"] == kept["interactions"]
    assert (fresh["consumer"], fresh["provider"]) == (kept["consumer"], kept["provider"])
    assert (tmp_path / PACT.name).read_bytes() == PACT.read_bytes() or fresh["metadata"] != kept["metadata"]
