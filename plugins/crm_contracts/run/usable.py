"""Whether a caller could use the endpoint that it was given at all: what never was well says nothing about a fault."""

from collections.abc import Iterable

from crm_contracts.model.call import Phase
from crm_contracts.model.exchange import Connection, Handshake
from crm_contracts.model.fault import Place
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.run import Run


def unusable(run: Run, journal: Journal) -> str | None:
    """None, or why a name or a certificate of ours, which was good, led this caller nowhere, with the next step."""
    return _untrusting(run, journal) or _nameless(run, journal)


def _untrusting(run: Run, journal: Journal) -> str | None:
    if not run.https:
        return None
    good = [one.handshake for one in _good(journal) if one.handshake is not None]
    if not good or any(shaken.done is not None for shaken in good):
        return None
    sentence = _(
        "the caller would not speak TLS with the lab although its certificate was good ({why}). The lab's own authority "
        "stands in SSL_CERT_FILE, REQUESTS_CA_BUNDLE, NODE_EXTRA_CA_CERTS, CRM_TRUSTSTORE and endpoint.ca_file: have the "
        "caller trust it, or say `cannot: [tls]`"
    )
    return sentence.format(why=_words(good))


def _nameless(run: Run, journal: Journal) -> str | None:
    """A caller that never came while its name was found has a resolver that is out of reach."""
    if not run.named or run.scenario.starts is not Phase.BEFORE or list(_good(journal)):
        return None
    if not journal.calls and not journal.dead:
        return None
    return _(
        "the caller did not find the lab by its name even while it was there: its resolver is out of reach (one in C, or "
        "Go's own). If so, say `cannot: [dns]`"
    )


def _good(journal: Journal) -> Iterable[Connection]:
    """The connections that were begun while no fault of the endpoint was on."""
    altered = [fault for fault in journal.faults if fault.place == Place.ENDPOINT]
    for one in journal.connections:
        if not any(fault.started <= one.accepted < fault.ended for fault in altered):
            yield one


def _words(handshakes: Iterable[Handshake]) -> str:
    said = sorted({shaken.alert for shaken in handshakes if shaken.alert})
    return ", ".join(said) or _("it hung up")
