"""What connections alone tell: whether a caller reached the CRM at all, and which ones it left open."""

from collections.abc import Iterator

from crm_contracts.model.call import Call, Phase
from crm_contracts.model.exchange import Connection, Exchange
from crm_contracts.model.journal import Journal

HELD = 1.0
"""Seconds after the last call that can have used it for which a connection must be open to count as left behind."""


def reached_since(moment: float, journal: Journal) -> bool:
    """Whether anything of the caller's came to the CRM after a moment, or was still on its way then."""
    return any(line.accepted >= moment for line in journal.connections) or any(
        seen.started >= moment or seen.ended is None or seen.ended >= moment for seen in journal.exchanges
    )


def left_open(journal: Journal) -> Iterator[tuple[Connection, Exchange]]:
    """Connections with an unanswered request that no call waits for any more, open until heal at least."""
    last = {seen.connection: seen for seen in journal.exchanges if seen.purpose == "operation"}
    for line in journal.connections:
        seen = last.get(line.id)
        if seen is None or seen.answered or seen.stray or journal.heal is None or seen.started > journal.heal:
            continue
        until = journal.rest if line.closed is None else line.closed
        ends = [call.ended for call in _open_at(seen.started, journal)]
        over = max((end for end in ends if end is not None), default=None)
        if None not in ends and over is not None and until >= max(journal.heal, over + HELD):
            yield line, seen


def most_at_once(journal: Journal) -> int:
    """The most calls that were open at the same time while the faults were on."""
    calls = journal.calls_in(Phase.DURING)
    return max((sum(_is_open(one, call.started) for one in calls) for call in calls), default=0)


def _open_at(moment: float, journal: Journal) -> list[Call]:
    return [call for call in journal.calls if _is_open(call, moment)]


def _is_open(call: Call, moment: float) -> bool:
    return call.started <= moment and (call.ended is None or moment <= call.ended)
