"""How strictly the simulator reads a request: as production does, as an old parser does, or as a lax test system (N21)."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from crm_contracts.lab.simulator.lax_json import LaxJsonError, lax_json
from crm_contracts.lab.simulator.refusals import Refused, detail
from crm_contracts.model.contract import Operation, Strictness
from crm_contracts.model.exchange import Request, Violation
from crm_contracts.model.json import JSON

Check = Callable[[Request, Operation], tuple[Violation, ...]]

_NOT_OURS = ("auth",)
"""What was decided before: the credential was taken, so the simulator does not ask again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was made of a request: the value of its body (None without one), or a crash of the old parser."""

    value: JSON = None
    crashed: bool = False


class Reader:
    """Reads requests as one strictness profile does; `check` is asked again about what a lax parser made of a body."""

    def __init__(self, strictness: Strictness, check: Check) -> None:
        self._strictness = strictness
        self._check = check

    def read(self, request: Request, operation: Operation, violations: Sequence[Violation]) -> Reading:
        """Return what was read; raises `Refused` with every violation where the request is not taken."""
        if not violations:
            return Reading(value=_value(request))
        found = [violation for violation in violations if not violation.rule.startswith(_NOT_OURS)]
        if self._strictness == "lenient":
            return self._leniently(request, operation, found)
        _refuse_media(found)
        if malformed := _malformed(found):
            if self._strictness == "strict-crash":
                return Reading(crashed=True)
            raise Refused("malformed", errors=_details(malformed))
        _refuse(found)
        return Reading(value=_value(request))

    def _leniently(self, request: Request, operation: Operation, found: list[Violation]) -> Reading:
        if not _malformed(found):
            _refuse([violation for violation in found if not _is_media(violation)])
            return Reading(value=_value(request))
        try:
            value = lax_json(request.body)
        except LaxJsonError:
            raise Refused("malformed", errors=_details(_malformed(found))) from None
        tidy = replace(request, body=json.dumps(value).encode())
        again = self._check(tidy, operation)
        _refuse([one for one in again if not _is_media(one) and not one.rule.startswith(_NOT_OURS)])
        return Reading(value=value)


def _value(request: Request) -> JSON:
    if not request.body:
        return None
    if (request.header("content-type") or "").startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    try:
        value: JSON = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return value


def _is_media(violation: Violation) -> bool:
    return "content_type" in violation.rule or "media_type" in violation.rule


def _malformed(violations: Sequence[Violation]) -> list[Violation]:
    return [violation for violation in violations if violation.rule.startswith(("json.", "framing."))]


def _refuse_media(violations: Sequence[Violation]) -> None:
    wrong = [violation for violation in violations if _is_media(violation)]
    if wrong:
        raise Refused("unsupported_media_type", errors=_details(wrong))


def _refuse(violations: Sequence[Violation]) -> None:
    if violations:
        raise Refused("invalid", errors=_details(violations))


def _details(violations: Sequence[Violation]) -> list[JSON]:
    # The rule, not the sentence: what a caller receives does not depend on the language of who runs the lab.
    return [detail(violation.pointer or violation.part, violation.rule) for violation in violations]
