"""No token, secret or password stands where it does not belong."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import failed, passed, shortened, unknown
from crm_contracts.model.journal import Journal, Leak
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.model.verdict import Finding, Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSecretLeak:
    """No credential appears in what users see, in the caller's output, or in a request outside its proper place.

    It is looked for before anything is redacted, and only the finding is kept, under the credential's run-keyed name.

    Example: `{check: no_secret_leak}`.
    Source: OWASP API Security; rule 5 of the design.
    """

    check: Literal["no_secret_leak"] = "no_secret_leak"

    def applies(self, run: Run) -> str | None:
        """Always: every run hands credentials out."""
        return None

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Fail where a credential was seen outside its place."""
        if not journal.leaks:
            looked = journal.calls or journal.exchanges
            return passed(self.check) if looked else unknown(self.check, _("no call was made"))
        first = journal.leaks[0]
        return failed(
            self.check,
            _("{name} appears in {where}").format(name=first.name, where=first.where),
            layer=Layer.AUTH,
            evidence=shortened([_line(leak) for leak in journal.leaks]),
            remedy=_(
                "Keep credentials out of messages, logs and addresses; log their last four characters at most."
            ),
        )


def _line(leak: Leak) -> str:
    call = "" if leak.call is None else _("call {number}: ").format(number=leak.call)
    return call + _("{name} in {where}").format(name=leak.name, where=leak.where)
