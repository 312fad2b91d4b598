"""What contract.yaml says besides auth, paging and operations: limits, repeats, versions, errors, collections."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from crm_contracts.contracts.auth_policy import refusal
from crm_contracts.contracts.overlay import (
    AnswersFile,
    CollectionFile,
    ContractFile,
    DailyFile,
    IdempotencyFile,
    LimitsFile,
    VersionFile,
)
from crm_contracts.model.contract import Collection, Idempotency, Limits, Refusal, Version, default_answers
from crm_contracts.model.json import FrozenJSON

ENVELOPE: Final[FrozenJSON] = {
    "status": "{status}",
    "category": "{category}",
    "message": "{message}",
    "correlationId": "{correlation_id}",
    "errors": "{errors}",
}
"""The body of an error where the contract does not say."""

_GONE: Final = Refusal(
    status=410,
    category="VERSION_RETIRED",
    message="This version of the API has ended. Use {current}.",
    refresh_signal=False,
)
_GOING: Final = {
    # RFC 9745, RFC 8594, and the words that people find in their logs.
    "Deprecation": "@{deprecated}",
    "Sunset": "{sunset}",
    "Warning": '299 - "Version {version} is deprecated and ends on {sunset_day}. Use {current}."',
}


def limits(says: LimitsFile | None) -> Limits:
    """Return the rate limit; without a word, there is none."""
    if says is None:
        return Limits()
    daily = DailyFile(requests=says.daily) if isinstance(says.daily, int) else says.daily or DailyFile()
    return replace(
        Limits(),
        **_present(
            requests=says.requests,
            window=says.per,
            status=says.status,
            category=says.category,
            message=says.message,
            retry_after=says.retry_after,
            headers=says.headers,
            daily=daily.requests,
            daily_category=daily.category,
            daily_message=daily.message,
            daily_retry_after=daily.retry_after,
        ),
    )


def idempotency(says: IdempotencyFile | None, *, declared: str | None) -> Idempotency:
    """Return how a repeat is recognised; `declared` is a header of the document that is named for it."""
    if says is None:
        return Idempotency(header=declared)
    return replace(
        Idempotency(), **_present(header=says.header, upsert_key=says.upsert_key, kept_for=says.kept)
    )


def versions(says: Mapping[str, VersionFile] | None) -> tuple[Version, ...]:
    """Return the versions in their order; the first is the one that callers are given."""
    return tuple(_version(name, one) for name, one in (says or {}).items())


def answers(says: AnswersFile | None) -> dict[str, Refusal]:
    """Return the refusals by situation."""
    found = default_answers()
    if says is None:
        return found
    return {name: refusal(base, getattr(says, name)) for name, base in found.items()}


def collections(says: Mapping[str, CollectionFile] | None, names: Iterable[str]) -> dict[str, Collection]:
    """Return the collections of the paths and of contract.yaml, with the rules of their records."""
    said = says or {}
    found = {name: Collection(name=name) for name in dict.fromkeys((*said, *names))}
    for name, one in said.items():
        found[name] = replace(found[name], **_of(one))
    return found


def envelope(says: ContractFile) -> FrozenJSON:
    """Return the body of an error with its placeholders."""
    own: FrozenJSON = says.errors.envelope if says.errors else None
    return ENVELOPE if own is None else own


def result(says: ContractFile) -> FrozenJSON:
    """Return what stands around a success."""
    own: FrozenJSON = says.results.envelope if says.results else None
    return "{result}" if own is None else own


def _version(name: str, says: VersionFile) -> Version:
    going = says.deprecated is not None or says.sunset is not None
    headers = says.headers if says.headers is not None else _GOING if going else {}
    known = {"{deprecated}": says.deprecated, "{sunset}": says.sunset, "{sunset_day}": says.sunset}
    silent = [word for word, value in known.items() if value is None]
    return Version(
        name=name,
        base_path=says.path.rstrip("/"),
        deprecated=says.deprecated,
        sunset=says.sunset,
        # A header that needs a date which nobody gave is not sent.
        headers={key: text for key, text in headers.items() if not any(word in text for word in silent)},
        gone=refusal(_GONE, says.retired),
        lacks=says.lacks or (),
    )


def _of(says: CollectionFile) -> dict[str, Any]:
    return _present(**{one.name: getattr(says, one.name) for one in fields(says)})


def _present(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
