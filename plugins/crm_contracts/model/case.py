"""A case: one answer that a caller is given to one call, and what came of it."""

from dataclasses import dataclass

from crm_contracts.model.call import Call
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Exchange

Served = Answer | Delivery
"""What is put on the wire: an answer with sound framing, or raw bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One call during which `operation` is answered with `served` (None: the CRM's own answer).

    Token requests and other operations are answered as ever. A request that carries `cursor` asks for a further page and
    is answered with `rest`, the last one: the same page for ever would be another defect. `malformed` tells that the
    answer is no sound success, so that a parser's error is no crash.
    """

    call: str
    operation: str
    served: Served | None = None
    cursor: str = ""
    rest: Answer | None = None
    malformed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of a case: the call, and the exchanges that ended meanwhile.

    `met` tells whether the caller was given the answer at all; where it was not, the case says nothing. `repeated` tells
    that the first try met a caller that asked nobody (an open breaker, a cache) and was done again on a fresh one.
    """

    call: Call
    exchanges: tuple[Exchange, ...] = ()
    met: bool = True
    repeated: bool = False
    trouble: str | None = None
