"""A lab that is started before it is known what it is for."""

import psutil
import pytest

from crm_contracts.host import LabClient
from crm_contracts.host.spawning import spawn
from crm_contracts.lab import LabSettings


def test_a_lab_that_nobody_wanted_after_all(capfd: pytest.CaptureFixture[str]) -> None:
    """It goes, with its guard, and says nothing."""
    spawned = spawn()
    family = [psutil.Process(spawned.guard.pid), *psutil.Process(spawned.guard.pid).children(recursive=True)]
    spawned.end()
    spawned.end()
    psutil.wait_procs(family, timeout=10)
    assert not any(process.is_running() for process in family)
    assert capfd.readouterr() == ("", "")


def test_a_lab_that_was_on_its_way_already() -> None:
    """It answers as any other, and is closed as any other."""
    spawned = spawn()
    client = LabClient(LabSettings(engine="embedded"), spawned=spawned)
    assert client.about().engine == "embedded"
    client.close()
    assert spawned.guard.poll() is not None
