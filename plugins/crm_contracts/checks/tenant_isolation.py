"""Whether what one customer is shown is that customer's."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.fallback_shape import WELL
from crm_contracts.checks.finding import call_line, failed, passed, unknown
from crm_contracts.model.attempts import Attribution, attribute
from crm_contracts.model.call import Call
from crm_contracts.model.consumer import CallSpec, Outcome
from crm_contracts.model.contract import Effect
from crm_contracts.model.endpoint import TENANTS
from crm_contracts.model.journal import Journal
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.likeness import Nothing, leaves
from crm_contracts.model.run import Run
from crm_contracts.model.said import said
from crm_contracts.model.verdict import Finding, Layer, NotRun

AT_LEAST = 2
"""Foreign values in one answer that are no coincidence: a default status may equal that of another's order."""

Leaves = frozenset[JSON]


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantIsolation:
    """No answer for one tenant shows what the CRM told for another: neither a success nor kept data.

    Each lab's CRM has two tenants, `north` and `south`, with credentials of their own (`endpoint.tenants`) and other records
    under the same ids. A caller that serves several says so in its file: the args (or the request) of a read name the
    tenant, `{tenant: north, ...}` in one call and `{tenant: south, ...}` in another. An answer fails where two or more of its values were
    told for the other tenant only.

    Example: `{check: tenant_isolation}`.
    Source: ORACLES (foreign cache); OWASP API1:2023 (broken object level authorization).
    """

    check: Literal["tenant_isolation"] = "tenant_isolation"

    def applies(self, run: Run) -> str | None:
        """Where reads name both tenants."""
        named = {tenant_of(spec) for spec in run.drives() if spec.effect is Effect.READ}
        return None if named >= set(TENANTS) else _("its reads do not name two tenants")

    def judge(self, run: Run, journal: Journal) -> Finding | NotRun:
        """Fail at the first answer that shows another tenant's values."""
        whose, tenants = attribute(journal), _tenants(run)
        told = {tenant: _told(tenant, tenants, journal, whose) for tenant in TENANTS}
        if not all(told.values()):
            return NotRun(check=self.check, reason=_("the CRM told nothing for one of the tenants"))
        if not all(told[one] - told[other] for one, other in (TENANTS, TENANTS[::-1])):
            sentence = _("the CRM told both tenants the same; give it a second record of what is read")
            return unknown(self.check, sentence)
        for call in journal.calls:
            tenant = tenants.get(call.name)
            if tenant is None or not _shows(call):
                continue
            other = next(name for name in TENANTS if name != tenant)
            foreign = set(leaves(call.result.value)) & (told[other] - told[tenant])
            if len(foreign) >= AT_LEAST:
                return self._failed(call, tenant, other, foreign, journal)
        return passed(self.check)

    def _failed(self, call: Call, tenant: str, other: str, foreign: set[JSON], journal: Journal) -> Finding:
        sentence = _("{call} was made for tenant {tenant}, and its answer shows what belongs to {other}")
        shown = ", ".join(sorted(map(repr, foreign))[:4])
        line = _("told for {other} only: {values}").format(other=other, values=shown)
        return failed(
            self.check,
            sentence.format(call=call.name, tenant=tenant, other=other),
            layer=Layer.DATA,
            evidence="\n".join((call_line(call, journal), line)),
            remedy=_(
                "Make the tenant a part of every key under which something is kept: answers, tokens, connections with a log-in."
            ),
            calls=[call],
        )


def tenant_of(spec: CallSpec) -> str | None:
    """The one tenant that a call's args or request name."""
    words = set(_words(dict(spec.args)))
    if spec.request:
        words |= {*_words(spec.request.json), *spec.request.headers.values()}
        words |= set(spec.request.path.replace("?", "/").replace("=", "/").replace("&", "/").split("/"))
    named = [tenant for tenant in TENANTS if tenant in words]
    return named[0] if len(named) == 1 else None


def _words(value: JSON) -> Iterator[str]:
    return (leaf for leaf in leaves(value) if isinstance(leaf, str))


def _tenants(run: Run) -> dict[str, str]:
    named = ((spec.name, tenant_of(spec)) for spec in run.drives())
    return {name: tenant for name, tenant in named if tenant is not None}


def _shows(call: Call) -> bool:
    return call.outcome in {Outcome.OK, Outcome.DEGRADED} and call.result.comparable


def _told(tenant: str, tenants: dict[str, str], journal: Journal, whose: Attribution) -> Leaves:
    """What the CRM told for a tenant, and what the caller made of it where it had asked for this very answer."""
    own = (e for e in journal.exchanges if e.credential and e.credential.tenant == tenant)
    values = (value for value in map(said, own) if not isinstance(value, Nothing))
    mine = (call for call in journal.calls_in(*WELL) if tenants.get(call.name) == tenant and _shows(call))
    shown = (call.result.value for call in mine if _asked(call, tenant, whose))
    return frozenset(_telling((*values, *shown)))


def _asked(call: Call, tenant: str, whose: Attribution) -> bool:
    sent = (attempt.exchange for attempt in whose.of(call))
    return any(e is not None and e.credential is not None and e.credential.tenant == tenant for e in sent)


def _telling(values: Iterable[JSON]) -> Iterator[JSON]:
    """Values that can tell one record from another: no booleans, no single letters, neither 0 nor 1."""
    for value in values:
        for leaf in leaves(value):
            if (isinstance(leaf, str) and len(leaf) > 1) or (
                not isinstance(leaf, str | bool) and leaf not in {0, 1}
            ):
                yield leaf
