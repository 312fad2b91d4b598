"""Callers that could not use the endpoint that they were given are accused of nothing."""

from dataclasses import replace

import pytest

from crm_contracts.faults.certificate import Certificate
from crm_contracts.faults.dns_failure import DnsFailure
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.exchange import Connection, Handshake
from crm_contracts.model.fault import Fault
from crm_contracts.model.journal import Journal
from crm_contracts.model.run import Run
from crm_contracts.model.verdict import Verdict
from crm_contracts.run.judge import judge
from crm_contracts.run.usable import unusable
from tests.checks.story import Story, run_of


def under(fault: Fault, story: Story) -> tuple[Run, Journal]:
    """A run with this fault, and the journal of it."""
    run = run_of()
    story.place = "endpoint fault"
    return replace(run, scenario=replace(run.scenario, faults=(fault,))), story.journal()


def refused(story: Story) -> Story:
    """A call before anything went wrong, without success."""
    story.call(1.0, 1.1, Outcome.REFUSED)
    return story


@pytest.mark.parametrize("alert", ["unknown ca", "plain HTTP", ""])
def test_a_caller_that_never_took_a_good_certificate_is_unknown(alert: str) -> None:
    """It has an authority of its own, or no HTTPS at all: that is ours to tell, not its failure."""
    story = refused(Story())
    story.connections.append(Connection(id=1, accepted=1.0, handshake=Handshake(alert=alert)))
    run, journal = under(Certificate(problem="expired"), story)
    (found,) = judge(run, journal).findings
    assert found.verdict is Verdict.UNKNOWN
    assert "SSL_CERT_FILE" in found.reason
    assert alert in found.reason


def test_one_that_took_it_once_is_judged() -> None:
    """What it does with a bad certificate is its own."""
    story = refused(Story())
    story.connections += [
        Connection(id=1, accepted=1.0, handshake=Handshake(done=1.1)),
        Connection(id=2, accepted=11.0, handshake=Handshake(certificate="expired", alert="unknown ca")),
    ]
    assert unusable(*under(Certificate(problem="expired"), story)) is None


def test_a_caller_that_never_found_the_name_is_unknown() -> None:
    """Its resolver is one that we do not reach."""
    run, journal = under(DnsFailure(), refused(Story()))
    (found,) = judge(run, journal).findings
    assert found.verdict is Verdict.UNKNOWN
    assert "cannot: [dns]" in found.reason


def test_one_that_found_the_name_once_is_judged() -> None:
    """It came before the name was lost."""
    story = refused(Story())
    story.connections.append(Connection(id=1, accepted=1.0))
    assert unusable(*under(DnsFailure(), story)) is None
