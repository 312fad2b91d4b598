"""Which requests carried a token, whose they were, and since when its caller knew better."""

from collections.abc import Iterator, Sequence

from crm_contracts.model.attempts import attribute
from crm_contracts.model.call import Call
from crm_contracts.model.exchange import Exchange, Grant
from crm_contracts.model.journal import Journal


def refusals(refused: tuple[Exchange, ...], journal: Journal) -> dict[str, float]:
    """From when the caller knows that each token is refused: the end of its refusal and of the refresh that followed.

    Calls that begin while a refresh is under way may still hold the old token, and so may all where none was to be had.
    """
    known: dict[str, float] = {}
    for exchange in refused:
        end = exchange.ended or exchange.started
        known[token_of(exchange)] = min(end, known.get(token_of(exchange), end))
    for token, since in tuple(known.items()):
        asked = [grant for grant in journal.grants if answered_since(grant, since)]
        answers = [grant.delivered for grant in asked if grant.succeeded and grant.delivered]
        if answers:
            known[token] = max(since, min(answers))
        elif asked:
            del known[token]
    return known


def answered_since(grant: Grant, moment: float) -> bool:
    """Whether a token request was answered, or at least made, after a moment."""
    return (grant.delivered or grant.requested) >= moment


def sent_since(moment: float, token: str, journal: Journal) -> list[Exchange]:
    """What carried the token and can only be of calls that began after the moment."""
    whose = attribute(journal)
    owner = {a.exchange.id: call for call in journal.calls for a in whose.of(call) if a.exchange}

    def is_of_later_calls(seen: Exchange) -> bool:
        calls = [owner[seen.id]] if seen.id in owner else _open_at(seen.started, journal)
        return bool(calls) and all(call.started > moment for call in calls)

    sent = (e for e in journal.exchanges if e.purpose == "operation" and token_of(e) == token)
    return [seen for seen in sent if seen.started > moment and is_of_later_calls(seen)]


def _open_at(moment: float, journal: Journal) -> list[Call]:
    return [c for c in journal.calls if c.started <= moment and (c.ended is None or moment <= c.ended)]


def senders(sent: Sequence[Exchange], journal: Journal) -> Iterator[tuple[Exchange, tuple[Call, ...]]]:
    """With each exchange the call that sent it, or all that may have where that cannot be told."""
    whose = attribute(journal)
    owner = {a.exchange.id: call for call in journal.calls for a in whose.of(call) if a.exchange}
    for seen in sent:
        yield seen, (owner[seen.id],) if seen.id in owner else tuple(_open_at(seen.started, journal))


def token_of(exchange: Exchange) -> str:
    """The run-keyed name of what a request proved itself with; empty where it brought nothing."""
    return exchange.credential.name if exchange.credential else ""
