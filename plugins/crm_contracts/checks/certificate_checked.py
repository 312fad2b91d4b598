"""Requests only to whoever proves to be the CRM."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import failed, passed, shortened, unknown
from crm_contracts.model.exchange import Connection, Exchange
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.model.verdict import Finding, Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateChecked:
    """No request is sent over a connection whose certificate must be refused.

    A connection that stood before the certificate changed may go on, and a handshake that is finished and then dropped
    without a request is a refusal, too: some libraries look at the certificate only then (Node does). Whoever sends a
    request has given its credential to somebody who did not prove to be the CRM.

    Example: `{check: certificate_checked}`.
    Source: N14; RFC 9110 4.3.4; "The most dangerous code in the world" (CCS'12).
    """

    check: Literal["certificate_checked"] = "certificate_checked"

    def applies(self, run: Run) -> str | None:
        """Where the CRM shows a certificate that must be refused."""
        return None if Trait.UNTRUSTED in run.scenario.traits() else _("every certificate is good here")

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Fail where a request came over such a connection."""
        shown = {one.id: one for one in journal.connections if one.handshake and one.handshake.certificate}
        sent = [seen for seen in journal.exchanges if seen.connection in shown and not seen.stray]
        if sent:
            return self._failed(run, shown, sent, journal)
        if not shown:
            return unknown(self.check, _("no new connection was begun while the certificate was wrong"))
        said = sorted(
            {one.handshake.alert for one in shown.values() if one.handshake and one.handshake.alert}
        )
        told = _("the caller's word: {alerts}").format(alerts=", ".join(said)) if said else ""
        return passed(self.check, told)

    def _failed(
        self, run: Run, shown: dict[int, Connection], sent: list[Exchange], journal: Journal
    ) -> Finding:
        first = shown[sent[0].connection].handshake
        problem = first.certificate if first else ""
        fault = next((f.sentence() for f in run.scenario.faults if Trait.UNTRUSTED in f.traits()), problem)
        sentence = _("requests were sent although {fault}: {count}")
        return failed(
            self.check,
            sentence.format(count=len(sent), fault=fault),
            layer=Layer.TLS,
            evidence=shortened([_line(seen, shown[seen.connection], journal) for seen in sent]),
            remedy=_(
                "Let the HTTP client verify certificates (no verify=False, no rejectUnauthorized: false, no trust-all "
                "manager), and give it the authority that it lacks instead."
            ),
            exchanges=sent,
        )


def _line(seen: Exchange, connection: Connection, journal: Journal) -> str:
    shown = connection.handshake.certificate.replace("_", " ") if connection.handshake else ""
    token = f"  {seen.credential.name}" if seen.credential else ""
    sentence = _("certificate: {problem}").format(problem=shown)
    return f"+{seen.started - journal.started:.3f} s  {seen.method} {seen.target}{token}  [{sentence}]"
