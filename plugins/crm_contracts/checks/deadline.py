"""Timeouts on every call."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import call_line, failed, passed, shortened, unknown
from crm_contracts.model.call import Call
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.model.span import human
from crm_contracts.model.verdict import Finding, Layer

SLACK = 0.5
"""Seconds that scheduling on a busy machine may add."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Each call has an outcome within the promised deadline, whatever the CRM does.

    A tolerance for scheduling, 0.5 s and 5 %, is added. A call without an outcome at two deadlines is hung.

    Example: `{check: deadline}`.
    Source: N10; timeout study (IC2E'18).
    """

    check: Literal["deadline"] = "deadline"

    def applies(self, run: Run) -> str | None:
        """Wherever a deadline is promised (default 10 s)."""
        return None if run.consumer.promises.deadline is not None else _("no deadline is promised")

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Fail where a call took longer than promised."""
        deadline = run.consumer.promises.deadline or 0.0
        late = [call for call in journal.calls if _late(call, deadline)]
        if not journal.calls:
            return unknown(self.check, _("no call was made"))
        if not late:
            return passed(self.check)
        sentence = _("{call} took {took}; promised {deadline} (tolerance for scheduling {slack})")
        return failed(
            self.check,
            sentence.format(
                call=late[0].name,
                took=_took(late[0]),
                deadline=human(deadline),
                slack=human(_slack(deadline)),
            ),
            layer=Layer.TIMING,
            evidence=shortened([call_line(call, journal) for call in late]),
            remedy=_(
                "Set connect, read and total timeouts on the HTTP client; attempts and waits together must fit."
            ),
            calls=late,
        )


def _late(call: Call, deadline: float) -> bool:
    return call.seconds is None or call.seconds > deadline + _slack(deadline)


def _slack(deadline: float) -> float:
    return SLACK + 0.05 * deadline


def _took(call: Call) -> str:
    if call.seconds is not None:
        return human(call.seconds)
    return _("longer than we waited")
