"""Repeats of a write: the same key and content get the first answer again, and nothing is done twice."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from crm_contracts.lab.simulator.refusals import Refused
from crm_contracts.model.contract import Effect, Idempotency, Operation
from crm_contracts.model.exchange import Answer, Request


@dataclass(frozen=True, slots=True)
class _First:
    at: float
    content: bytes
    answer: Answer


class Repeats:
    """What was answered under each idempotency key; `wall` is the CRM's wall clock, keys are kept for `kept_for` seconds."""

    def __init__(self, policy: Idempotency, wall: Callable[[], float]) -> None:
        self._policy = policy
        self._wall = wall
        self._first: dict[str, _First] = {}

    def key_of(self, request: Request, operation: Operation) -> str | None:
        """Return the key of a write, where the operation honours one."""
        name = self._policy.header
        if name is None or operation.effect is not Effect.WRITE or not _honours(operation, name):
            return None
        return request.header(name) or None

    def replay(self, key: str, request: Request) -> Answer | None:
        """Return the first answer to a repeat; raises `Refused` where the key belongs to another request."""
        first = self._first.get(key)
        if first is None or self._wall() - first.at >= self._policy.kept_for:
            return None
        if first.content != _content(request):
            raise Refused("key_reused")
        return first.answer

    def keep(self, key: str, request: Request, answer: Answer) -> None:
        """Remember the answer to a write that was carried out; what was refused may be sent again, mended."""
        if answer.status < 300:
            self._first[key] = _First(self._wall(), _content(request), answer)

    def clear(self) -> None:
        """Forget all keys."""
        self._first.clear()


def _honours(operation: Operation, header: str) -> bool:
    if not operation.responses:
        return True
    return any(
        parameter.where == "header" and parameter.name.lower() == header.lower()
        for parameter in operation.parameters
    )


def _content(request: Request) -> bytes:
    whole = b"\0".join((request.method.encode(), request.target.encode("utf-8", "replace"), request.body))
    return hashlib.sha256(whole).digest()
