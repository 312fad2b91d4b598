"""What a real CRM does otherwise than its contract says, and what could not be told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice

from crm_contracts.changes.change import Change, Direction
from crm_contracts.changes.terms import span
from crm_contracts.contracts import Conformance
from crm_contracts.live.asking import Asked, Asking
from crm_contracts.live.credentials import Held, Refusal, obtain
from crm_contracts.live.server import Server, Unreachable
from crm_contracts.model.contract import Contract, Version
from crm_contracts.model.language import _

TOLERANCE = 0.05
"""A life that is told shorter by this share is no other life: the CRM counts from the moment of issue."""
MOST_ASKED = 60
"""So many operations are asked at most."""
_LIMIT_HEADERS = ("x-ratelimit-limit", "ratelimit-limit", "x-rate-limit-limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What came of it: `changes` from the contract to the server, what is `unknown` and why, and what was `asked`.

    `lifetime_asked` is False where tokens have a life that was not asked for, because one was there already.
    """

    changes: tuple[Change, ...] = ()
    unknown: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    lifetime_asked: bool = True

    @property
    def as_promised(self) -> bool:
        """Whether everything that was asked is as the contract says."""
        return not self.unknown and not any(change.breaking for change in self.changes)


def probed(contract: Contract, server: Server, token_url: str, environ: Mapping[str, str]) -> Probed:
    """Ask a CRM for a token and for each GET once, and hold what it says against the contract; never raises for a CRM."""
    try:
        held = obtain(contract.auth, server, token_url, environ)
    except (Refusal, Unreachable) as error:
        return Probed(unknown=(_("No credential, so nothing was asked: {why}.").format(why=error),))
    found, unknown = list(_lifetime(contract, held)), list(_unknown_lifetime(contract, held))
    asking, seen = Asking(contract=contract, server=server, held=held), []
    try:
        seen = _all(asking)
    except Unreachable as error:
        unknown.append(_("The CRM does not answer: {why}.").format(why=error))
    found += _terms(contract, server, seen)
    conformance = Conformance(contract)
    for one in seen:
        found += _answer(conformance, one)
        unknown += _unclear(one)
    names = tuple(one.operation.id for one in seen)
    if not names and not unknown and not held.asked:
        unknown.append(_("The contract has no GET that can be asked, so nothing is known."))
    return Probed(
        changes=tuple(dict.fromkeys(found)),
        unknown=tuple(dict.fromkeys(unknown)),
        asked=names,
        skipped=tuple(asking.skipped),
        lifetime_asked=held.asked or not contract.auth.refreshable,
    )


def _all(asking: Asking) -> list[Asked]:
    return list(islice(asking, MOST_ASKED))


def _lifetime(contract: Contract, held: Held) -> Iterator[Change]:
    promised = contract.auth.lifetime
    if held.says is None or held.shared:
        return
    shorter = held.says < promised * (1 - TOLERANCE)
    longer = promised != float("inf") and held.says > promised * (1 + TOLERANCE)
    if shorter or longer:
        yield _term(
            "auth.lifetime", _("token lifetime"), span(promised), span(held.says), shorter, promise="refresh"
        )


def _unknown_lifetime(contract: Contract, held: Held) -> Iterator[str]:
    if (
        held.asked
        and held.says is None
        and contract.auth.kind == "oauth2"
        and contract.auth.lifetime != float("inf")
    ):
        yield _("token lifetime: contract {life}, the server does not tell any.").format(
            life=span(contract.auth.lifetime)
        )
    if held.shared:
        sentence = _("token lifetime: the server gives the same token again, with {left} left of its life.")
        yield sentence.format(left=span(held.says))


def _terms(contract: Contract, server: Server, seen: list[Asked]) -> Iterator[Change]:
    """The headers that every answer may have: rate limits, and the end of a version."""
    for one in seen:
        if one.answer.status < 500:
            yield from _limits(contract, dict(one.answer.headers))
            yield from _end(_version(contract, server), one)


def _limits(contract: Contract, headers: Mapping[str, str]) -> Iterator[Change]:
    limits = contract.limits
    told = [name.lower() for name, text in limits.headers.items() if text == "{limit}"]
    for name in told:
        if name not in headers:
            yield _term("limits.header", _("header {name}").format(name=name), _("sent"), _("not sent"), True)
    limit = next((one for one in (*told, *_LIMIT_HEADERS) if headers.get(one, "").isdigit()), None)
    if limit is None or limits.requests is None or int(headers[limit]) == limits.requests:
        return
    says = int(headers[limit])
    about = _("rate limit ({name})").format(name=limit)
    yield _term(
        "limits.rate", about, str(limits.requests), str(says), says < limits.requests, promise="attempts"
    )


def _version(contract: Contract, server: Server) -> Version | None:
    return next((one for one in contract.versions if one.base_path.rstrip("/") == server.base_path), None)


def _end(version: Version | None, one: Asked) -> Iterator[Change]:
    headers = dict(one.answer.headers)
    operation = None if version is not None else one.operation.id
    known = (version.deprecated, version.sunset) if version else (None, None)
    if "deprecation" in headers and known[0] is None and not one.operation.deprecated:
        yield _ended("deprecation", _("deprecated"), None, _day(headers["deprecation"]), operation)
    if "sunset" in headers and (day := _day(headers["sunset"])) != known[1]:
        yield _ended("sunset", _("ends on"), known[1], day, operation)


def _ended(kind: str, about: str, promised: str | None, says: str, operation: str | None) -> Change:
    sentence = _("{about}: contract {promised}, server {says}").format(
        about=about, promised=promised or _("never"), says=says
    )
    direction = Direction.RESPONSE if operation else Direction.TERMS
    return Change(kind=kind, sentence=sentence, breaking=True, direction=direction, operation=operation)


def _day(text: str) -> str:
    """The day that a header tells: an HTTP date, or RFC 9745's @seconds."""
    try:
        if text.startswith("@"):
            return datetime.fromtimestamp(int(text[1:]), tz=UTC).date().isoformat()
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return text[:40]


def _answer(conformance: Conformance, one: Asked) -> Iterator[Change]:
    if _unclear_why(one):
        return
    for violation in conformance.check_response(one.operation, one.answer):
        field = (violation.pointer or "").strip("/").replace("/", ".") or None
        yield Change(
            kind=violation.rule,
            sentence=f"{violation.message} ({violation.rule})",
            breaking=True,
            direction=Direction.RESPONSE,
            operation=one.operation.id,
            field=None
            if field is None
            else ".".join(step for step in field.split(".") if not step.isdigit()),
        )


def _unclear(one: Asked) -> Iterator[str]:
    if why := _unclear_why(one):
        yield _("{operation} answered {status}: {why}.").format(
            operation=one.operation.id, status=one.answer.status, why=why
        )


def _unclear_why(one: Asked) -> str:
    """Why an answer tells nothing about the contract."""
    status = one.answer.status
    if status in {401, 403}:
        return _("the credential was not taken")
    if status == 429:
        return _("the rate limit is used up")
    if status >= 500:
        return _("the CRM is not well")
    if 300 <= status < 400:
        return _("a redirect to another host is not followed")
    if status == 404 and one.guessed:
        return _("the record of data.yaml is not there")
    return ""


def _term(
    kind: str,
    about: str,
    promised: str,
    says: str,
    breaking: bool,  # noqa: FBT001 - one row of a table
    *,
    promise: str | None = None,
) -> Change:
    sentence = _("{about}: contract {promised}, server {says}").format(
        about=about, promised=promised, says=says
    )
    return Change(kind=kind, sentence=sentence, breaking=breaking, direction=Direction.TERMS, promise=promise)
