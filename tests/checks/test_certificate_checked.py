"""Whether requests went to somebody who did not prove to be the CRM."""

from crm_contracts.checks.certificate_checked import CertificateChecked
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.exchange import Connection, Handshake
from crm_contracts.model.fault import Trait
from crm_contracts.model.verdict import Layer, Verdict
from tests.checks.story import Story, run_of

CHECK = CertificateChecked()
RUN = run_of(Trait.UNTRUSTED)


def connection(number: int, accepted: float, **shaken: object) -> Connection:
    """One over TLS."""
    return Connection(id=number, accepted=accepted, handshake=Handshake(**shaken))  # type: ignore[arg-type]


def test_it_applies_where_a_certificate_is_wrong() -> None:
    """Everywhere else every certificate is good."""
    assert CHECK.applies(RUN) is None
    assert CHECK.applies(run_of(Trait.SLOW))


def test_a_request_over_a_bad_certificate_fails() -> None:
    """The evidence names the credential that was given away."""
    story = Story()
    story.connections.append(connection(7, 11.0, certificate="expired", done=11.1))
    seen = story.exchange(11.2, 11.3, connection=7, token=("token#1", "valid"))
    found = CHECK.judge(RUN, story.journal())
    assert (found.verdict, found.layer, found.exchanges) == (Verdict.FAILED, Layer.TLS, (seen.id,))
    assert "token#1" in found.evidence
    assert "expired" in found.evidence


def test_a_refused_handshake_passes() -> None:
    """The caller's word is told."""
    story = Story()
    story.call(11.0, 11.2, Outcome.REFUSED)
    story.connections.append(connection(7, 11.0, certificate="unknown_issuer", alert="unknown ca"))
    found = CHECK.judge(RUN, story.journal())
    assert found.verdict is Verdict.PASSED
    assert "unknown ca" in found.reason


def test_a_connection_that_stood_before_is_innocent() -> None:
    """What it was shown was good, though the certificate has changed since; so is what nobody asked for."""
    story = Story()
    story.connections += [
        connection(1, 2.0, done=2.1),
        connection(7, 11.0, certificate="expired", done=11.1),
    ]
    story.exchange(12.0, 12.1, connection=1)
    assert CHECK.judge(RUN, story.journal()).verdict is Verdict.PASSED


def test_a_stray_request_is_judged_by_nobody() -> None:
    """It carries another run's credential."""
    story = Story()
    story.connections.append(connection(7, 11.0, certificate="expired", done=11.1))
    story.exchange(11.2, 11.3, connection=7, token=("token#9", "stray"))
    assert CHECK.judge(RUN, story.journal()).verdict is Verdict.PASSED


def test_without_a_new_connection_nothing_is_known() -> None:
    """A cache may have answered."""
    story = Story()
    story.call(11.0, 11.1)
    assert CHECK.judge(RUN, story.journal()).verdict is Verdict.UNKNOWN
