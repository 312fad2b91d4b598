"""Which calls the spare address served."""

from collections.abc import Iterator

from crm_contracts.model.call import Call
from crm_contracts.model.exchange import Exchange
from crm_contracts.model.journal import Journal


def asked(journal: Journal, *, spare: bool) -> Iterator[Exchange]:
    """What callers asked of the spare, or of the first address; token requests are not counted."""
    yield from (e for e in journal.exchanges if e.spare is spare and e.purpose == "operation" and not e.stray)


def served_by_spare(call: Call, journal: Journal) -> bool:
    """Whether the spare answered something well while a call was open; calls at once share what is seen of it."""
    end = float("inf") if call.ended is None else call.ended
    seen = asked(journal, spare=True)
    return any(call.started <= one.started <= end and (one.status or 500) < 400 for one in seen)
