"""The ledger: the writes that the CRM really accepted, which nobody can talk away afterwards."""

import hashlib
import json
import re
from collections.abc import Mapping

from crm_contracts.model.contract import Operation
from crm_contracts.model.exchange import LedgerEntry, Request
from crm_contracts.model.json import JSON

MARKER = re.compile(r"crmu-[0-9a-f]{12}")
"""What `{unique}` becomes in a consumer's args."""

_VOLATILE = re.compile(
    r"(request|trace|correlation|idempotency|transaction|message|event)_?(id|key)|nonce|traceparent"
    r"|timestamp|(created|updated|modified|sent|requested|occurred)_?(at|on|date|time)",
    re.IGNORECASE,
)


class Ledger:
    """The accepted writes of one run, in order; a replay of an earlier write is no new entry.

    >>> Ledger().entries
    ()
    """

    def __init__(self) -> None:
        self._entries: list[LedgerEntry] = []

    @property
    def entries(self) -> tuple[LedgerEntry, ...]:
        """All writes so far."""
        return tuple(self._entries)

    def accept(self, entry: LedgerEntry) -> None:
        """Write down one accepted write."""
        self._entries.append(entry)

    def clear(self) -> None:
        """Forget everything, as a new run does."""
        self._entries.clear()


def markers_of(request: Request) -> tuple[str, ...]:
    """Return the markers that a request carries in its target, headers or body, each once, in order.

    >>> request = Request(
    ...     method="POST", target="/t", path="/t", query=(), headers=(), body=b'{"s": "crmu-0123456789ab"}'
    ... )
    >>> markers_of(request)
    ('crmu-0123456789ab',)
    """
    text = " ".join(
        (request.target, *(value for _, value in request.headers), request.body.decode("latin-1"))
    )
    return tuple(dict.fromkeys(MARKER.findall(text)))


def digest_of(operation: Operation, path_params: Mapping[str, str], content: JSON | bytes) -> str:
    """Return the hash of a write's content without what differs at each attempt (request ids, timestamps, nonces)."""
    shown = content.decode("latin-1") if isinstance(content, bytes) else _steady(content)
    whole = [operation.id, dict(path_params), shown]
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _steady(value: JSON) -> JSON:
    if isinstance(value, dict):
        return {key: _steady(item) for key, item in value.items() if not _VOLATILE.fullmatch(key)}
    if isinstance(value, list):
        return [_steady(item) for item in value]
    return value
