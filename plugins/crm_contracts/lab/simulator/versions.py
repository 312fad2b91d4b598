"""Dated versions of the API: what the older ones say of their end, and what they answer after it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import formatdate

from crm_contracts.lab.envelope import Envelope, fill
from crm_contracts.model.contract import Refusal, Version
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON

Headers = tuple[tuple[str, str], ...]

HEADERS = {
    "Deprecation": "@{deprecated}",
    "Sunset": "{sunset}",
    "Warning": '299 - "Version {version} is deprecated and ends on {sunset_day}. Use {current}."',
}
"""What a deprecated version says where the contract gives no words: RFC 9745, RFC 8594, and for people who read logs."""

_GONE = Refusal(
    status=410,
    category="VERSION_RETIRED",
    message="This version of the API has ended. Use {current}.",
    refresh_signal=False,
)


class Versions:
    """The versions of one contract; the first is the current one. `wall` is the CRM's wall clock in seconds."""

    def __init__(self, versions: Sequence[Version], envelope: Envelope, wall: Callable[[], float]) -> None:
        self._envelope = envelope
        self._wall = wall
        self._current = versions[0].name if versions else ""
        by_length = sorted(versions, key=lambda version: -len(version.base_path))
        self._ages = tuple(_Age(version, self._current) for version in by_length)

    def headers(self, target: str) -> Headers:
        """Return what the version of this target says of its end, once it is deprecated."""
        age = self._age(target)
        return age.headers if age is not None and age.deprecated <= self._wall() else ()

    def gone(self, target: str) -> Answer | None:
        """Return the answer of a version whose sunset has passed; None while it is there."""
        age = self._age(target)
        if age is None or self._wall() < age.sunset:
            return None
        return self._envelope.answer(age.version.gone or _GONE, headers=dict(age.headers), words=age.words)

    def lacks(self, target: str, operation: str) -> bool:
        """Whether the version of this target does not have an operation."""
        age = self._age(target)
        return age is not None and operation in age.version.lacks

    def _age(self, target: str) -> "_Age | None":
        for age in self._ages:
            if target.startswith(age.base):
                return age
        return None


class _Age:
    """One version with its dates read."""

    def __init__(self, version: Version, current: str) -> None:
        self.version = version
        self.base = version.base_path.rstrip("/") + "/"
        self.deprecated = _moment(version.deprecated)
        self.sunset = _moment(version.sunset)
        self.words = self._words(current)
        self.headers = self._headers()

    def _words(self, current: str) -> dict[str, JSON]:
        words: dict[str, JSON] = {"version": self.version.name, "current": current}
        if self.version.deprecated:
            words["deprecated"] = int(self.deprecated)
        if self.version.sunset:
            words["sunset"] = formatdate(self.sunset, usegmt=True)
            words["sunset_day"] = self.version.sunset[:10]
        return words

    def _headers(self) -> Headers:
        if not self.version.deprecated:
            return ()
        said = self.version.headers or {
            name: text for name, text in HEADERS.items() if self.version.sunset or "sunset" not in text
        }
        return tuple((name, str(fill(text, self.words))) for name, text in said.items())


def _moment(text: str | None) -> float:
    if not text:
        return float("inf")
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
