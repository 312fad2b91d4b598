"""A contract: what a CRM offers (OpenAPI) and what OpenAPI cannot say (auth, limits, idempotency, versions, errors)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Literal

from crm_contracts.model.json import JSON, FrozenJSON, Schema
from crm_contracts.model.problem import Position

Strictness = Literal["strict-crash", "strict-400", "lenient"]


class Effect(StrEnum):
    """Whether an operation changes the CRM: every check and the ledger use this, never the HTTP method."""

    READ = "read"
    WRITE = "write"


class Action(StrEnum):
    """What an operation does to a collection of the simulator."""

    LIST = "list"
    GET = "get"
    CREATE = "create"
    PATCH = "patch"
    REPLACE = "replace"
    DELETE = "delete"
    SEARCH = "search"
    BATCH_UPSERT = "batch_upsert"
    ASSOCIATE = "associate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of an operation; `where` is OpenAPI's `in`."""

    name: str
    where: Literal["path", "query", "header", "cookie"]
    required: bool = False
    schema: Schema = field(default_factory=dict)
    explode: bool = True
    style: str = "form"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One media type of a body with its schema and the examples of the document."""

    media_type: str
    schema: Schema | None = None
    examples: tuple[JSON, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a request may carry."""

    required: bool = False
    media: Mapping[str, Media] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One documented answer; `status` is a code, a range as `2XX`, or `default`."""

    status: str
    media: Mapping[str, Media] = field(default_factory=dict)
    headers: Mapping[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the contract; `path` is the template below the base path, `secured` whether it needs a credential.

    `collection` and `action` tell the simulator what it works on; without them it answers from schema or examples.
    `upsert_by` is the field by which a batch finds its records; `base_path` is set where the operation lies outside of
    the contract's own (a token endpoint at the host's root).
    Schemas carry absolute references that `contracts.schemas` resolves.
    """

    id: str
    method: str
    path: str
    effect: Effect
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    responses: Mapping[str, Response] = field(default_factory=dict)
    secured: bool = True
    scopes: tuple[str, ...] = ()
    collection: str | None = None
    action: Action | None = None
    upsert_by: str | None = None
    base_path: str | None = None
    deprecated: bool = False
    position: Position | None = None

    def __str__(self) -> str:
        return f"{self.id} ({self.method} {self.path})"


AuthKind = Literal["oauth2", "static_token", "api_key", "login", "basic", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """How the CRM answers what it does not take; `refresh_signal` says whether a refresh is the right reply.

    `category` and `code` fill the error envelope; `body` replaces the envelope as a whole (text is sent as it is).
    """

    status: int = 401
    category: str = "EXPIRED_AUTHENTICATION"
    message: str = "The access token has expired."
    code: int | str | None = None
    body: FrozenJSON = None
    headers: Mapping[str, str] = field(default_factory=dict)
    refresh_signal: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """The refresh token's life: seconds, whether each use replaces it, and whether using an old one is refused."""

    lifetime: float | None = None
    rotates: bool = False
    reuse_refused: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthPolicy:
    """How a caller proves who it is. Times are seconds.

    A static token cannot be refreshed: the right answer to its refusal is `refused`, one attempt and an alert.
    `token_operation` is the path of the token endpoint (`/oauth/token`) or of the log-in (`/login`).
    """

    kind: AuthKind = "oauth2"
    where: Literal["header", "query", "body", "cookie"] = "header"
    name: str = "Authorization"
    scheme: str = "Bearer"
    grants: tuple[str, ...] = ("client_credentials", "refresh_token")
    token_path: str = "/oauth/token"
    revoke_path: str | None = None
    token_at: str = "$.access_token"
    lifetime: float = 3600.0
    refresh_token: RefreshToken = field(default_factory=RefreshToken)
    scopes: tuple[str, ...] = ()
    expired: Refusal = field(default_factory=Refusal)
    invalid: Refusal = field(
        default_factory=lambda: Refusal(
            category="INVALID_AUTHENTICATION", message="The credential is not valid."
        )
    )
    missing_scope: Refusal = field(
        default_factory=lambda: Refusal(
            status=403, category="MISSING_SCOPES", message="A scope is missing.", refresh_signal=False
        )
    )

    @property
    def refreshable(self) -> bool:
        """Whether a caller can get a new credential by itself."""
        return self.kind in {"oauth2", "login"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The CRM's rate limit: requests per `window` seconds, the answer above it and how it says when to come back.

    `headers` are on every answer; `{limit}`, `{remaining}`, `{reset}` (seconds), `{daily_limit}` and
    `{daily_remaining}` in them are filled in. `daily` is the quota of a day (UTC).
    """

    requests: int | None = None
    window: float = 10.0
    daily: int | None = None
    status: int = 429
    category: str = "RATE_LIMITS"
    message: str = "Too many requests."
    retry_after: Literal["seconds", "date", "none"] = "seconds"
    headers: Mapping[str, str] = field(default_factory=dict)
    daily_category: str = "DAILY_LIMIT"
    daily_message: str = "The quota of this day is used up."
    daily_retry_after: Literal["seconds", "date", "none"] = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotency:
    """How a repeated write is recognised: by a header that the caller sets, or by an upsert key in the body."""

    header: str | None = None
    upsert_key: str | None = None
    kept_for: float = 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One dated version: its base path, and when and how it goes away (dates as ISO text).

    `lacks` are the ids of operations that are 404 in it. In `headers`, `{deprecated}` is Unix seconds, `{sunset}` an
    HTTP date, `{sunset_day}` the ISO date, `{version}` and `{current}` are names.
    """

    name: str
    base_path: str
    deprecated: str | None = None
    sunset: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    gone: Refusal | None = None
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How lists come in pages: the two parameters, how many records a page has, how long a cursor lives (seconds).

    `where` says where the parameters travel (searches: always in the body). `results_at`, `next_at` and `total_at` are
    dotted paths into the answer; "" is the answer itself.
    """

    style: Literal["cursor", "page", "offset", "none"] = "cursor"
    where: Literal["query", "body"] = "query"
    cursor: str = "after"
    limit: str = "limit"
    size: int = 10
    most: int = 100
    cursor_lifetime: float | None = None
    results_at: str = "results"
    next_at: str = "paging.next.after"
    total_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """What the simulator keeps under one name, and the rules of its records.

    `unique` fields: two records with one value are a conflict. `refers`: a field that must be a record's key of another
    collection. `order` is the field that lists sort by, with `-` before it for newest first (default: the key).
    """

    name: str
    key: str = "id"
    unique: tuple[str, ...] = ()
    refers: Mapping[str, str] = field(default_factory=dict)
    order: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record of the simulator; a named one can be used in a consumer's args as `{known.NAME.FIELD}`."""

    collection: str
    fields: Mapping[str, JSON]
    name: str | None = None


_ANSWERS: Mapping[str, tuple[int, str, str]] = {
    "malformed": (400, "MALFORMED_JSON", "The body is not JSON."),
    "invalid": (400, "VALIDATION_ERROR", "The request does not match the contract."),
    "cursor_expired": (400, "CURSOR_EXPIRED", "The cursor has expired. Read the list from its beginning."),
    "not_found": (404, "NOT_FOUND", "There is no such record."),
    "conflict": (409, "CONFLICT", "Another record has this value already."),
    "in_progress": (409, "CONFLICT", "A write with this key is still at work."),
    "precondition_failed": (412, "PRECONDITION_FAILED", "The record has changed since you read it."),
    "unsupported_media_type": (415, "UNSUPPORTED_MEDIA_TYPE", "Send application/json."),
    "unprocessable": (422, "UNPROCESSABLE", "The request is well formed but cannot be carried out."),
    "key_reused": (
        422,
        "IDEMPOTENCY_KEY_REUSED",
        "This Idempotency-Key belongs to a request with another body.",
    ),
    "internal": (500, "INTERNAL", "Something broke on our side."),
    "upstream_closed": (500, "INTERNAL", "Internal Server Error"),
    "unavailable": (503, "UNAVAILABLE", "The CRM is not available at the moment."),
}
_BEHIND_A_PROXY = (
    "<html><head><title>500 Internal Server Error</title></head>\n"
    "<body><h1>500 Internal Server Error</h1><hr>nginx</body></html>\n"
)


def default_answers() -> dict[str, Refusal]:
    """Return how a CRM answers each situation that is no success, where its contract does not say.

    `upstream_closed` is told by the proxy in front when the CRM hangs up; hence HTML.
    """
    said = {
        name: Refusal(status=status, category=category, message=message, refresh_signal=False)
        for name, (status, category, message) in _ANSWERS.items()
    }
    html = {"Content-Type": "text/html; charset=utf-8"}
    return said | {"upstream_closed": replace(said["upstream_closed"], headers=html, body=_BEHIND_A_PROXY)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What a CRM offers, from `openapi.yaml`, `contract.yaml` and `data.yaml` of one folder.

    `folder` is where it is loaded from again: for an OpenAPI document that stands alone, the document. `envelope` is the error body with `{status}`, `{category}`, `{message}`, `{code}`, `{correlation_id}` and `{errors}`
    as placeholders, `result` what stands around a success (`{result}`); a value that is one placeholder takes its type.
    `answers` are the refusals by situation. `documents` are the raw OpenAPI documents by their address, for resolving
    references.
    """

    name: str
    folder: Path
    title: str = ""
    contact: str = ""
    base_path: str = ""
    operations: Mapping[str, Operation] = field(default_factory=dict)
    auth: AuthPolicy = field(default_factory=AuthPolicy)
    limits: Limits = field(default_factory=Limits)
    idempotency: Idempotency = field(default_factory=Idempotency)
    versions: tuple[Version, ...] = ()
    paging: Paging = field(default_factory=Paging)
    etag: bool = False
    envelope: FrozenJSON = None
    result: FrozenJSON = "{result}"
    answers: Mapping[str, Refusal] = field(default_factory=default_answers)
    collections: Mapping[str, Collection] = field(default_factory=dict)
    unknown_query: Literal["ignored", "refused"] = "ignored"
    strictness: Strictness = "strict-400"
    records: tuple[Record, ...] = ()
    variant: str | None = None
    documents: Mapping[str, JSON] = field(default_factory=dict, repr=False, compare=False)

    @property
    def known(self) -> Mapping[str, Record]:
        """The named records, by name; of several under one name the first."""
        return self.known_for(0)

    def known_for(self, number: int) -> Mapping[str, Record]:
        """The named records as the call of this number gets them: of several under one name each call takes the next."""
        by_name: dict[str, list[Record]] = {}
        for record in self.records:
            if record.name is not None:
                by_name.setdefault(record.name, []).append(record)
        return {name: records[number % len(records)] for name, records in by_name.items()}
