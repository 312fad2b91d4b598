"""Two customers of one CRM: the caller that mixes them is found, and its twin is not."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from crm_contracts.host.client import LabClient
from crm_contracts.lab import LabSettings
from crm_contracts.model.consumer import PythonDriver
from crm_contracts.model.run import Run
from crm_contracts.model.verdict import Verdict
from crm_contracts.run.judge import judge
from tests.examples.stage import gallery, run_of, told


@pytest.fixture(scope="module")
def lab() -> Iterator[LabClient]:
    """A lab with the embedded engine."""
    client = LabClient(LabSettings(engine="embedded"))
    yield client
    client.close()


@pytest.mark.parametrize(
    "factory, failed", [("MixesTenants", {"tenant_isolation"}), ("KeepsTenantsApart", set())]
)
def test_a_key_without_the_tenant_is_found(lab: LabClient, factory: str, failed: set[str]) -> None:
    """Both keep what they showed; only one of them keeps it under the order's number alone."""
    caller = gallery()["mixes-tenants"]
    assert isinstance(caller.driver, PythonDriver)
    caller = replace(
        caller, driver=replace(caller.driver, factory=f"examples.gallery.mixes_tenants:{factory}")
    )
    run = run_of("tenants-apart", caller)
    assert isinstance(run, Run)
    judged = judge(run, lab.submit(run).result())
    assert {finding.check for finding in judged.failed} == failed, told(judged)
    verdicts = {finding.check: finding.verdict for finding in judged.findings}
    assert verdicts["tenant_isolation"] is (Verdict.FAILED if failed else Verdict.PASSED)
    assert not judged.unknown, told(judged)
