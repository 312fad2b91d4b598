"""One request that somebody has, as the bytes that it means."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.lab.framing import BODY_LIMIT, HEAD_LIMIT

Kind = Literal["captured", "written", "curl", "har", "body"]
MOST = BODY_LIMIT + HEAD_LIMIT
"""A larger file (bytes) is not read; no CRM would take such a request."""


class Unreadable(Exception):  # noqa: N818 - it is the user's file, not an error of ours
    """What was given is no request in any form that is known; the text says what it is and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The bytes of one request as they would cross the wire, and what had to be supposed to get them (`notes`).

    `kind` is `captured` where the file has the bytes as they were sent, `body` where there is a body alone.
    """

    kind: Kind
    raw: bytes
    notes: tuple[str, ...] = ()
