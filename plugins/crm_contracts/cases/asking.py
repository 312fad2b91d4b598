"""The cases of one item: what the caller is asked first, and what it made of each answer, each asked once."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from crm_contracts.cases.desk import PayloadDesk
from crm_contracts.cases.found import at, put
from crm_contracts.cases.plan import PayloadPlan
from crm_contracts.model.case import Case, Seen, Served
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Exchange
from crm_contracts.model.json import JSON
from crm_contracts.run.case_judge import Yardstick, value_of

_FRAMING = frozenset({"content-length", "transfer-encoding", "connection", "date", "x-correlation-id"})
_JSON = (("content-type", "application/json"),)
FAILING = Answer(status=503, headers=_JSON, body=b'{"status": 503, "message": "Service Unavailable"}')
"""An honest failure, by which it is told what a caller says when it knows that something is wrong."""
UNREADABLE = b'\x00{"'


@dataclass(slots=True)
class Asking:
    """Asks one call for answers of one operation."""

    plan: PayloadPlan
    desk: PayloadDesk
    malformed: bool
    rest: Answer | None = None
    cases: int = 0
    _known: dict[Hashable, Seen] = field(default_factory=dict)

    def own(self) -> tuple[Seen, Answer | None]:
        """The call with the CRM's own answer, and that answer where it came whole and was a success."""
        (seen,) = self.desk.ask(self.plan.planned.run, [self._case(None)])
        answers = [one for one in seen.exchanges if one.operation == self.plan.operation.id and _whole(one)]
        own = _answer(answers[-1]) if answers else None
        self.rest = self._last_page(own) if own is not None else None
        return seen, own

    def seen(self, served: Sequence[Served]) -> list[Seen]:
        """What came of these answers; one that was asked already is not asked again."""
        fresh = {_key(one): one for one in served if _key(one) not in self._known}
        found = self.desk.ask(self.plan.planned.run, [self._case(one) for one in fresh.values()])
        self._known.update(zip(fresh, found, strict=True))
        self.cases += len(fresh)
        return [self._known[_key(one)] for one in served]

    def knows(self, served: Served) -> bool:
        """Whether an answer was asked already."""
        return _key(served) in self._known

    def yardstick(self, own: Answer) -> Yardstick:
        """What the call gives with the CRM's own answer (twice), an honest failure, and a success that nobody can read."""
        unreadable = replace(own, body=UNREADABLE)
        cases = [self._case(one) for one in (own, own, FAILING, unreadable)]
        first, second, failing, unread = self.desk.ask(self.plan.planned.run, cases)
        met = [seen for seen in (first, second) if seen.met]
        return Yardstick(
            sound=tuple(seen.call for seen in met),
            failing=failing.call if failing.met else None,
            unreadable=unread.call if unread.met else None,
        )

    def _case(self, served: Served | None) -> Case:
        paging = self.plan.planned.run.contract.paging
        return Case(
            call=self.plan.call,
            operation=self.plan.operation.id,
            served=served,
            cursor=paging.cursor if self.rest is not None else "",
            rest=self.rest,
            malformed=self.malformed and served is not None,
        )

    def _last_page(self, own: Answer) -> Answer | None:
        """The CRM's own answer as a last page, where pages follow each other by a cursor in the query."""
        paging = self.plan.planned.run.contract.paging
        if paging.style != "cursor" or paging.where != "query":
            return None
        try:
            value = value_of(own)
        except ValueError:
            return None
        pointer = tuple(paging.next_at.split("."))
        return replace(own, body=_text(put(value, pointer, None))) if at(value, pointer) else own


def _text(value: JSON) -> bytes:
    import json

    return json.dumps(value, ensure_ascii=False).encode()


def _whole(seen: Exchange) -> bool:
    return seen.answered and seen.answer.whole and seen.status is not None and 200 <= seen.status < 300


def _answer(seen: Exchange) -> Answer:
    assert seen.status is not None
    headers = _headers(seen.answer_headers.items())
    return Answer(status=seen.status, headers=tuple(headers), body=seen.answer.kept)


def _headers(found: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, value in found if name not in _FRAMING)


def _key(served: Served) -> Hashable:
    if isinstance(served, Delivery):
        return served
    return served.status, served.headers, served.body
