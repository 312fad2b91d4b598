"""What one request costs the simulator; `make bench` prints it."""

import time

import pytest

from crm_contracts.model.contract import Limits
from crm_contracts.model.exchange import Request
from tests.lab.simulator.crm import Crm, changed


@pytest.mark.bench
def test_speed() -> None:
    """Prints microseconds for a read and a write."""
    crm = Crm(changed(limits=Limits()))
    for method, path, body in (("GET", "/contacts/C-1001", b""), ("POST", "/tickets", b'{"subject": "x"}')):
        target = crm.contract.base_path + path
        match = crm.router.find(method, target)
        request = Request(
            method=method,
            target=target,
            path=path,
            query=(),
            headers=(),
            body=body,
            path_params=match.path_params,
        )
        started = time.perf_counter()
        for number in range(5000):
            crm.simulator.handle(request, match.operation, (), None, number)
        print(f"{method} {path}: {(time.perf_counter() - started) / 5000 * 1e6:.1f} us")


def test_an_unchanged_record_is_serialised_once() -> None:
    """Reads of a record give the same bytes object until it changes."""
    crm = Crm(changed(limits=Limits()))
    first = crm.get("/contacts/C-1001").answer
    assert crm.get("/contacts/C-1001").answer is first
    crm.patch("/contacts/C-1001", {"lastName": "x"})
    assert crm.get("/contacts/C-1001").answer is not first
