"""Who issues the lab's certificates, and what is said where nobody can."""

import asyncio
import importlib
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from crm_contracts.lab import LabError
from crm_contracts.lab.tls import authority
from crm_contracts.lab.tls.safe import Safe
from crm_contracts.model.verdict import Verdict
from crm_contracts.run.execute import execute
from crm_contracts.run.judge import judge
from tests.lab.caller import in_loop
from tests.lab.labs import opened, plan


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without the extra."""
    real = importlib.import_module

    def lacking(name: str) -> Any:
        if name == "trustme":
            raise ModuleNotFoundError(name)
        return real(name)

    monkeypatch.setattr(importlib, "import_module", lacking)


@pytest.mark.usefixtures("bare")
def test_without_the_extra_the_command_that_installs_it_is_told(tmp_path: Path) -> None:
    """In a sentence."""
    with pytest.raises(LabError, match=r"pip install 'pytest-crm-contracts\[tls\]'"):
        authority.Authority(tmp_path)


@pytest.mark.usefixtures("bare")
@in_loop
async def test_without_the_extra_a_run_over_https_is_unknown() -> None:
    """Its item fails with the command; plain runs go on."""
    run = plan()
    run = replace(run, consumer=replace(run.consumer, https=True))
    async with opened() as lab:
        journal = await execute(run, lab.lab, cast("Any", None))
        assert (await lab.open()).endpoint.base_url.startswith("http://")
    (found,) = judge(run, journal).findings
    assert found.verdict is Verdict.UNKNOWN
    assert "pytest-crm-contracts[tls]" in found.reason


@in_loop
async def test_several_runs_at_once_get_one_authority() -> None:
    """And its folder is told before anything lies in it."""
    told: list[Path] = []
    safe = Safe(told.append)
    try:
        one, other = await asyncio.gather(safe.authority(), safe.authority())
        assert one is other
        assert told == [one.ca_file.parent]
    finally:
        safe.close()
    assert not told[0].exists()
