"""Faults of the endpoint: what they alter, and whom they can strike."""

from pathlib import Path

import pytest

from crm_contracts.faults.base import EndpointFault
from crm_contracts.faults.certificate import Certificate
from crm_contracts.faults.dns_failure import DnsFailure
from crm_contracts.faults.tls_handshake_hangs import TlsHandshakeHangs
from crm_contracts.model.consumer import Consumer, Driver, HttpDriver, PythonDriver
from crm_contracts.model.fault import Alterations
from tests.lab.caller import contract

HANGS, LOST, EXPIRED = TlsHandshakeHangs(), DnsFailure(), Certificate(problem="expired")
PYTHON = PythonDriver(factory="a:b")
ATTACHED = HttpDriver(attach="http://127.0.0.1:1", listen="127.0.0.1:2")


def caller(driver: Driver, *cannot: str, https: bool = False) -> Consumer:
    """A consumer of which only this matters."""
    return Consumer(
        name="c",
        file=Path("c.yaml"),
        contract=Path(),
        driver=driver,
        calls={},
        cannot=frozenset(cannot),
        https=https,
    )


def test_each_says_what_it_alters() -> None:
    """Two of them strike over HTTPS alone."""
    assert EXPIRED.alters() == Alterations(certificate="expired")
    assert HANGS.alters() == Alterations(hangs=True)
    assert LOST.alters() == Alterations(nameless=True)
    assert [fault.alters().tls for fault in (EXPIRED, HANGS, LOST)] == [True, True, False]


@pytest.mark.parametrize("fault", [EXPIRED, HANGS, LOST], ids=lambda fault: fault.fault)
def test_a_python_caller_can_be_struck_by_all(fault: EndpointFault) -> None:
    """Unless its file says that it cannot."""
    assert fault.fits(caller(PYTHON), contract()) is None
    assert fault.fits(caller(PYTHON, "tls", "dns"), contract())


def test_a_program_that_runs_already_keeps_its_address() -> None:
    """Over HTTPS only where it was set up so, and by no name of ours."""
    assert EXPIRED.fits(caller(ATTACHED), contract())
    assert EXPIRED.fits(caller(ATTACHED, https=True), contract()) is None
    assert LOST.fits(caller(ATTACHED, https=True), contract())
