"""What changed in the terms of a contract, which OpenAPI cannot say: credentials, limits, repeats, versions, errors."""

import json
from collections.abc import Iterator, Mapping

from crm_contracts.changes.change import Change, Direction
from crm_contracts.model.contract import AuthPolicy, Contract, Limits, Refusal, Version
from crm_contracts.model.language import _
from crm_contracts.model.span import human


def term_changes(old: Contract, new: Contract) -> Iterator[Change]:
    """Yield what changed in the terms of two contracts; each concerns every consumer."""
    yield from _auth(old.auth, new.auth)
    yield from _tokens(old.auth, new.auth)
    yield from _limits(old.limits, new.limits)
    yield from _repeats(old, new)
    yield from _base(old, new)
    yield from _versions(old, new)
    yield from _paging(old, new)
    yield from _answers(old, new)


def _term(
    kind: str, about: str, old: str, new: str, *, breaking: bool = True, promise: str | None = None
) -> Change:
    sentence = f"{about}: {old} -> {new}"
    return Change(kind=kind, sentence=sentence, breaking=breaking, direction=Direction.TERMS, promise=promise)


def _auth(old: AuthPolicy, new: AuthPolicy) -> Iterator[Change]:
    if old.kind != new.kind:
        # Another kind of credential: how each of its parts differs says nothing more.
        yield _term("auth.kind", _("credential"), old.kind, new.kind)
        return
    rows: list[tuple[str, str, str, str]] = [
        ("auth.where", _("where the credential travels"), old.where, new.where),
        ("auth.name", _("name of the credential's header"), old.name, new.name),
        ("auth.scheme", _("word before the credential"), old.scheme or "-", new.scheme or "-"),
    ]
    if old.refreshable and new.refreshable:
        rows += [
            ("auth.token_path", _("address of the token endpoint"), old.token_path, new.token_path),
            ("auth.token_at", _("where the token stands in the answer"), old.token_at, new.token_at),
        ]
    yield from (_term(kind, about, a, b) for kind, about, a, b in rows if a != b)
    if gone := [grant for grant in old.grants if grant not in new.grants]:
        yield _term(
            "auth.grants", _("grants"), ", ".join(old.grants), _("no {gone}").format(gone=", ".join(gone))
        )
    for name, about in (
        ("expired", _("answer to an expired token")),
        ("invalid", _("answer to a wrong credential")),
        ("missing_scope", _("answer to a missing scope")),
    ):
        yield from _refusal(f"auth.{name}", about, getattr(old, name), getattr(new, name))


def _tokens(old: AuthPolicy, new: AuthPolicy) -> Iterator[Change]:
    if not (old.refreshable and new.refreshable):
        return
    if old.lifetime != new.lifetime:
        yield _term(
            "auth.lifetime",
            _("token lifetime"),
            span(old.lifetime),
            span(new.lifetime),
            breaking=new.lifetime < old.lifetime,
            promise="refresh",
        )
    before, after = old.refresh_token, new.refresh_token
    if before.lifetime != after.lifetime:
        shorter = (after.lifetime or float("inf")) < (before.lifetime or float("inf"))
        about = _("lifetime of refresh tokens")
        yield _term(
            "auth.refresh_lifetime", about, span(before.lifetime), span(after.lifetime), breaking=shorter
        )
    for kind, about, a, b in (
        ("auth.rotates", _("each use replaces the refresh token"), before.rotates, after.rotates),
        ("auth.reuse", _("a used refresh token is refused"), before.reuse_refused, after.reuse_refused),
    ):
        if a != b:
            yield _term(kind, about, _yes(a), _yes(b), breaking=b)


def _limits(old: Limits, new: Limits) -> Iterator[Change]:
    if _rate(old) != _rate(new) or (old.requests, old.window) != (new.requests, new.window):
        told = [_per_window(limits) for limits in (old, new)]
        yield _term(
            "limits.rate", _("rate limit"), *told, breaking=_rate(new) < _rate(old), promise="attempts"
        )
    if old.daily != new.daily:
        fewer = (new.daily or float("inf")) < (old.daily or float("inf"))
        yield _term("limits.daily", _("quota of a day"), _count(old.daily), _count(new.daily), breaking=fewer)
    rows = (
        ("limits.status", _("answer above the rate limit"), str(old.status), str(new.status)),
        ("limits.retry_after", _("Retry-After"), old.retry_after, new.retry_after),
    )
    yield from (_term(kind, about, a, b, promise="attempts") for kind, about, a, b in rows if a != b)
    for name in old.headers:
        if name.lower() not in {other.lower() for other in new.headers}:
            yield _term("limits.header", _("header {name}").format(name=name), _("sent"), _("not sent"))


def _repeats(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = old.idempotency, new.idempotency
    if before.header != after.header:
        yield _term(
            "idempotency.header",
            _("header that makes a repeat harmless"),
            before.header or _("none"),
            after.header or _("none"),
            breaking=before.header is not None,
        )
    if before.kept_for != after.kept_for and before.header == after.header and before.header:
        about = _("how long a repeat is recognised")
        shorter = after.kept_for < before.kept_for
        yield _term("idempotency.kept", about, span(before.kept_for), span(after.kept_for), breaking=shorter)
    if old.etag != new.etag:
        yield _term(
            "concurrency", _("If-Match is honoured"), _yes(old.etag), _yes(new.etag), breaking=old.etag
        )


def _base(old: Contract, new: Contract) -> Iterator[Change]:
    if old.base_path == new.base_path:
        return
    kept = any(version.base_path == old.base_path for version in new.versions)
    about = _("address of the operations")
    if kept:
        about = _("address of the operations (the old one is still served)")
    yield _term("base_path", about, old.base_path or "/", new.base_path or "/", breaking=not kept)


def _versions(old: Contract, new: Contract) -> Iterator[Change]:
    ours, theirs = _named(old.versions), _named(new.versions)
    for name, version in ours.items():
        about = _("version {name}").format(name=name)
        if name not in theirs:
            yield _term("version.removed", about, _("there"), _("gone"))
            continue
        yield from _version(about, version, theirs[name])
    for name in theirs.keys() - ours.keys():
        about = _("version {name}").format(name=name)
        yield _term("version.added", about, _("none"), _("there"), breaking=False)


def _version(about: str, old: Version, new: Version) -> Iterator[Change]:
    if old.base_path != new.base_path:
        yield _term("version.path", about, old.base_path, new.base_path)
    if old.deprecated != new.deprecated:
        told = (about + ", " + _("deprecated"), old.deprecated or _("no"), new.deprecated or _("no"))
        yield _term("version.deprecated", *told, breaking=False)
    if old.sunset != new.sunset:
        earlier = (new.sunset or "9999") < (old.sunset or "9999")
        told = (about + ", " + _("sunset"), old.sunset or _("none"), new.sunset or _("none"))
        yield _term("version.sunset", *told, breaking=earlier)
    if lost := [name for name in new.lacks if name not in old.lacks]:
        yield _term("version.lacks", about, _("has {names}").format(names=", ".join(lost)), _("has not"))


def _paging(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = old.paging, new.paging
    rows = (
        ("style", _("paging"), before.style, after.style),
        ("where", _("where paging travels"), before.where, after.where),
        ("cursor", _("parameter of the position"), before.cursor, after.cursor),
        ("limit", _("parameter of the page's size"), before.limit, after.limit),
        ("results_at", _("where the records stand"), before.results_at, after.results_at),
        ("next_at", _("where the next cursor stands"), before.next_at, after.next_at),
    )
    yield from (_term(f"paging.{kind}", about, a, b) for kind, about, a, b in rows if a != b)
    if before.most != after.most:
        about = _("most records of a page")
        yield _term(
            "paging.most", about, str(before.most), str(after.most), breaking=after.most < before.most
        )
    if before.cursor_lifetime != after.cursor_lifetime:
        shorter = (after.cursor_lifetime or float("inf")) < (before.cursor_lifetime or float("inf"))
        told = span(before.cursor_lifetime), span(after.cursor_lifetime)
        yield _term("paging.cursor_lifetime", _("lifetime of a cursor"), *told, breaking=shorter)


def _answers(old: Contract, new: Contract) -> Iterator[Change]:
    for kind, about, a, b in (
        ("envelope", _("body of errors"), old.envelope, new.envelope),
        ("result", _("what stands around a success"), old.result, new.result),
    ):
        if a != b:
            yield _term(kind, about, _short(a), _short(b))
    for name, refusal in old.answers.items():
        if name in new.answers:
            about = _("answer to {situation}").format(situation=name)
            yield from _refusal(f"answers.{name}", about, refusal, new.answers[name])
    if old.unknown_query != new.unknown_query:
        refused = new.unknown_query == "refused"
        told = _("unknown query parameters"), old.unknown_query, new.unknown_query
        yield _term("unknown_query", *told, breaking=refused)
    if old.strictness != new.strictness:
        stricter = old.strictness == "lenient"
        about = _("how strictly requests are read")
        yield _term("strictness", about, old.strictness, new.strictness, breaking=stricter)


def _refusal(kind: str, about: str, old: Refusal, new: Refusal) -> Iterator[Change]:
    if old.status != new.status:
        yield _term(f"{kind}.status", about, str(old.status), str(new.status), promise="refresh")
    if old.category != new.category:
        yield _term(f"{kind}.category", about, old.category, new.category)
    if old.refresh_signal != new.refresh_signal and kind.startswith("auth"):
        told = _("{about} is the sign to refresh").format(about=about)
        signs = _yes(old.refresh_signal), _yes(new.refresh_signal)
        yield _term(f"{kind}.signal", told, *signs, breaking=old.refresh_signal, promise="refresh")


def span(seconds: float | None) -> str:
    """A lifetime in words; None and infinity are for ever, and a day or two are told in hours, as tokens' lives are.

    >>> span(86400.0), span(None)
    ('24 h', 'for ever')
    """
    if seconds is None or seconds == float("inf"):
        return _("for ever")
    return f"{seconds / 3600:g} h" if seconds % 3600 == 0 and seconds <= 2 * 86400 else human(seconds)


def _rate(limits: Limits) -> float:
    return float("inf") if limits.requests is None else limits.requests / limits.window


def _per_window(limits: Limits) -> str:
    if limits.requests is None:
        return _("none")
    return _("{count} per {window}").format(count=limits.requests, window=human(limits.window))


def _count(number: int | None) -> str:
    return _("none") if number is None else str(number)


def _yes(value: bool) -> str:  # noqa: FBT001 - a truth in words
    return _("yes") if value else _("no")


def _named(versions: tuple[Version, ...]) -> Mapping[str, Version]:
    return {version.name: version for version in versions}


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"
