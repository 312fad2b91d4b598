"""One change between two versions of a contract."""

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """Which way the thing travels that changed: to the CRM, from it, or neither (`terms`: credentials, limits, versions)."""

    REQUEST = "request"
    RESPONSE = "response"
    TERMS = "terms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is otherwise than before; `breaking` where a caller that kept the old contract may fail.

    `operation` is the operation's id in the old contract (in the new one, for what is new), None for terms of the whole
    contract. `field` is the dotted path of the field, list markers left out. `promise` is the promise that says how well
    a consumer is prepared (`refresh`, `attempts`).
    """

    kind: str
    sentence: str
    breaking: bool
    direction: Direction
    operation: str | None = None
    field: str | None = None
    promise: str | None = None
