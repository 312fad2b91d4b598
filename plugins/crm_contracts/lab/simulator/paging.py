"""Lists in pages: opaque cursors that can expire, page numbers, or offsets, as the contract says."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from crm_contracts.lab.simulator.refusals import Refused, detail
from crm_contracts.model.contract import Paging
from crm_contracts.model.json import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some keys of a list, the cursor of the next page (None: this was the last), and how many there are in all."""

    keys: tuple[str, ...]
    next: str | None = None
    total: int = 0


@dataclass(frozen=True, slots=True)
class _Cursor:
    question: str
    last: str
    offset: int
    given: float


class Pager:
    """Cuts lists into pages. A cursor belongs to its list and filters, and goes on behind the last item that was shown.

    The same page of the same list has the same cursor, whenever it is read; `wall` is the CRM's wall clock in seconds.
    """

    def __init__(self, paging: Paging, *, seed: int, wall: Callable[[], float]) -> None:
        self.paging = paging
        self._seed = seed
        self._wall = wall
        self._given: dict[str, _Cursor] = {}

    def page(self, keys: Sequence[str], asked: Mapping[str, JSON], question: str) -> Page:
        """Return the page that was asked for; `question` names list and filters. Raises `Refused` for a bad cursor."""
        style = self.paging.style
        if style == "none":
            return Page(keys=tuple(keys), total=len(keys))
        size = self._size(asked)
        start = self._start(keys, asked, size, question)
        shown = keys[start : start + size]
        more = start + size < len(keys)
        follower = (
            self._cursor(question, shown[-1], start + size) if more and shown and style == "cursor" else None
        )
        return Page(keys=tuple(shown), next=follower, total=len(keys))

    def clear(self) -> None:
        """Forget all cursors."""
        self._given.clear()

    def _size(self, asked: Mapping[str, JSON]) -> int:
        wanted = _number(asked.get(self.paging.limit))
        return self.paging.size if wanted is None else max(1, min(wanted, self.paging.most))

    def _start(self, keys: Sequence[str], asked: Mapping[str, JSON], size: int, question: str) -> int:
        position = asked.get(self.paging.cursor)
        if position in {None, "", "0"}:
            return 0
        if self.paging.style == "page":
            return (max(1, _number(position) or 1) - 1) * size
        if self.paging.style == "offset":
            return max(0, _number(position) or 0)
        return self._behind(keys, str(position), question)

    def _behind(self, keys: Sequence[str], text: str, question: str) -> int:
        cursor = self._given.get(text)
        if cursor is None or cursor.question != question:
            raise Refused("invalid", errors=[detail(self.paging.cursor, "This is no cursor of this list.")])
        lifetime = self.paging.cursor_lifetime
        if lifetime is not None and self._wall() - cursor.given >= lifetime:
            raise Refused("cursor_expired")
        places = {key: place for place, key in enumerate(keys)}
        return places[cursor.last] + 1 if cursor.last in places else cursor.offset

    def _cursor(self, question: str, last: str, offset: int) -> str:
        whole = f"{self._seed}/{question}/{last}/{offset}".encode()
        text = base64.urlsafe_b64encode(hashlib.blake2b(whole, digest_size=15).digest()).decode()
        self._given[text] = _Cursor(question, last, offset, self._wall())
        return text


def _number(value: JSON) -> int | None:
    try:
        return int(value) if isinstance(value, int | str) else None
    except ValueError:
        return None
