"""contract.yaml as people write it: what OpenAPI cannot say about a CRM, each with a default.

A variant is a file of the same shape, laid over it as a JSON merge patch (RFC 7396); hence null is allowed everywhere
and means the default.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BeforeValidator, Field, JsonValue

from crm_contracts.model.contract import AuthKind, Strictness
from crm_contracts.model.language import _
from crm_contracts.model.span import Span

_CONFIG: dict[str, Any] = {"extra": "forbid", "populate_by_name": False}

RetryAfter = Literal["seconds", "date", "none"]
ActionWord = Literal[
    "list", "get", "create", "patch", "replace", "delete", "search", "batch_upsert", "associate", "none"
]


def _seconds(value: object) -> object:
    if value is None:
        return value
    span = Span.parse(value)
    if span.promise is not None:
        raise ValueError(_("A contract knows no promises of callers; write a duration such as 30m."))
    return span.seconds


def _lifetime(value: object) -> object:
    return math.inf if value == "none" else _seconds(value)


def _day(value: object) -> object:
    if isinstance(value, str):
        try:
            date.fromisoformat(value)
        except ValueError:
            raise ValueError(_("{value!r} is no date; write 2026-03-31.").format(value=value)) from None
    return value


def _path(value: object) -> object:
    if isinstance(value, str) and not value.startswith("/"):
        raise ValueError(_("{value!r} is no path; a path begins with a slash.").format(value=value))
    return value


def _request(value: object) -> object:
    if isinstance(value, str):
        method, _blank, path = value.partition(" ")
        if not method.isalpha() or not path.startswith("/"):
            raise ValueError(
                _("{value!r} is no request; write a method and a path: POST /orders.").format(value=value)
            )
    return value


def _none(value: object) -> object:
    return {} if value == "none" else value


def _no_paging(value: object) -> object:
    return {"style": "none"} if value == "none" else value


Duration: TypeAlias = Annotated[float, BeforeValidator(_seconds)]
"""Seconds, written as `30m`."""
Lifetime: TypeAlias = Annotated[float, BeforeValidator(_lifetime)]
"""Seconds, written as `30m`, or `none`: for ever."""
Day: TypeAlias = Annotated[str, BeforeValidator(_day)]
"""A date, written as `2026-03-31`; 00:00 UTC is meant."""
PathText: TypeAlias = Annotated[str, BeforeValidator(_path)]
"""A path from the host's root."""
RequestText: TypeAlias = Annotated[str, BeforeValidator(_request)]
"""A method and a path template, written as `POST /orders/{id}`."""
Count: TypeAlias = Annotated[int, Field(ge=1)]
"""How many, at least one."""
Status: TypeAlias = Annotated[int, Field(ge=100, le=599)]
"""An HTTP status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFile:
    """An answer that this file describes; openapi.yaml need not declare it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG

    status: Status | None = None
    category: str | None = None
    code: int | str | None = None
    message: str | None = None
    headers: Mapping[str, str] | None = None
    body: JsonValue = None
    refresh_signal: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshTokenFile:
    """The life of a refresh token."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG

    lifetime: Lifetime | None = None
    rotates: bool | None = None
    reuse: Literal["refused", "accepted"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthFile:
    """How a caller proves who it is."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG

    kind: AuthKind | None = None
    where: Annotated[Literal["header", "query", "body", "cookie"] | None, Field(alias="in")] = None
    name: str | None = None
    scheme: str | None = None
    token_path: PathText | None = None
    login: RequestText | None = None
    revoke_path: PathText | None = None
    token_at: str | None = None
    grants: tuple[Literal["client_credentials", "refresh_token", "password"], ...] | None = None
    access_token_lifetime: Lifetime | None = None
    refresh_token: RefreshTokenFile | None = None
    scopes: tuple[str, ...] | None = None
    expired: AnswerFile | None = None
    invalid: AnswerFile | None = None
    missing_scope: AnswerFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyFile:
    """The quota of a day."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG

    requests: Count | None = None
    category: str | None = None
    message: str | None = None
    retry_after: RetryAfter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsFile:
    """The rate limit."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG

    requests: Count | None = None
    per: Duration | None = None
    status: Status | None = None
    category: str | None = None
    message: str | None = None
    retry_after: RetryAfter | None = None
    daily: Count | DailyFile | None = None
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyFile:
    """How a repeated write is recognised."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG

    header: str | None = None
    upsert_key: str | None = None
    kept: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PagingFile:
    """How lists come in pages."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG

    style: Literal["cursor", "page", "offset", "none"] | None = None
    where: Annotated[Literal["query", "body"] | None, Field(alias="in")] = None
    position: str | None = None
    limit: str | None = None
    size: Count | None = None
    most: Count | None = None
    results_at: str | None = None
    next_at: str | None = None
    total_at: str | None = None
    cursor_lifetime: Lifetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFile:
    """One dated version."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG

    path: PathText
    lacks: tuple[str, ...] | None = None
    deprecated: Day | None = None
    sunset: Day | None = None
    headers: Mapping[str, str] | None = None
    retired: AnswerFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersFile:
    """The refusals by situation."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG

    malformed: AnswerFile | None = None
    invalid: AnswerFile | None = None
    cursor_expired: AnswerFile | None = None
    not_found: AnswerFile | None = None
    conflict: AnswerFile | None = None
    in_progress: AnswerFile | None = None
    precondition_failed: AnswerFile | None = None
    unsupported_media_type: AnswerFile | None = None
    unprocessable: AnswerFile | None = None
    key_reused: AnswerFile | None = None
    internal: AnswerFile | None = None
    upstream_closed: AnswerFile | None = None
    unavailable: AnswerFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorsFile:
    """What errors look like."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG

    envelope: JsonValue = None
    answers: AnswersFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsFile:
    """What a success looks like."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG

    envelope: JsonValue = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionFile:
    """The rules of one collection of records."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG

    key: str | None = None
    unique: tuple[str, ...] | None = None
    refers: Mapping[str, str] | None = None
    order: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationFile:
    """Settings of the operations that a key of `operations` names; with `at`, an operation that no document has."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG

    at: RequestText | None = None
    body: Mapping[str, JsonValue] | None = None
    effect: Literal["read", "write"] | None = None
    collection: str | None = None
    action: ActionWord | None = None
    upsert_by: str | None = None
    scopes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFile:
    """The whole of contract.yaml."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG

    contract: str | None = None
    title: str | None = None
    contact: str | None = None
    documents: tuple[str, ...] | None = None
    references: Mapping[str, str] | None = None
    base_path: PathText | None = None
    strictness: Strictness | None = None
    unknown_query: Literal["ignored", "refused"] | None = None
    auth: AuthFile | None = None
    limits: Annotated[LimitsFile | None, BeforeValidator(_none)] = None
    idempotency: Annotated[IdempotencyFile | None, BeforeValidator(_none)] = None
    concurrency: Literal["etag", "none"] | None = None
    paging: Annotated[PagingFile | None, BeforeValidator(_no_paging)] = None
    versions: Mapping[str, VersionFile] | None = None
    errors: ErrorsFile | None = None
    results: ResultsFile | None = None
    collections: Mapping[str, CollectionFile] | None = None
    operations: Mapping[str, RequestText | OperationFile] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantFile(ContractFile):
    """A variant: what of contract.yaml is different. Its versions may leave the path to the contract."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CONFIG

    variant: str | None = None
    versions: Mapping[str, Mapping[str, JsonValue]] | None = None  # type: ignore[assignment]
