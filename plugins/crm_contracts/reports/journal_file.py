"""`journal.jsonl`: every call and exchange of every run, one a line, for whoever wants to look again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crm_contracts.model.call import Call
from crm_contracts.model.exchange import Exchange, Payload
from crm_contracts.model.journal import Journal
from crm_contracts.model.json import JSON

MOST_TEXT = 4096
"""Characters of a body or an output; what was observed is kept smaller than what was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFile:
    """A file that grows by one run at a time, so that an interruption loses nothing that was seen."""

    path: Path

    def add(self, item: str, journal: Journal) -> None:
        """Append the calls and exchanges of an item's run, in order of time; times are seconds from the run's start."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries(item, journal))
        with self.path.open("a", encoding="utf-8") as file:
            file.write(lines)


def entries(item: str, journal: Journal) -> Iterator[dict[str, JSON]]:
    """The lines of one run."""
    timed = [(call.started, _call(call, journal)) for call in journal.calls]
    timed += [(exchange.started, _exchange(exchange, journal)) for exchange in journal.exchanges]
    for _at, entry in sorted(timed, key=lambda pair: pair[0]):
        yield {"run": item, **entry}


def _call(call: Call, journal: Journal) -> dict[str, JSON]:
    failure = call.result.failure
    return {
        "kind": "call",
        "id": call.id,
        "phase": call.phase.value,
        "call": call.name,
        "does": list(call.does),
        "effect": call.effect.value,
        "outcome": call.outcome.value,
        "note": call.note,
        "started": _moment(call.started, journal),
        "ended": _moment(call.ended, journal),
        "marker": call.marker,
        "status": call.result.status,
        "exit": call.result.exit,
        "value": _bounded(call.result.value),
        "raised": f"{failure.type}: {failure.message}"[:MOST_TEXT] if failure else None,
        "output": call.result.output[-MOST_TEXT:],
    }


def _exchange(exchange: Exchange, journal: Journal) -> dict[str, JSON]:
    credential = exchange.credential
    return {
        "kind": "exchange",
        "id": exchange.id,
        "connection": exchange.connection,
        "purpose": exchange.purpose,
        "method": exchange.method,
        "target": exchange.target,
        "operation": exchange.operation,
        "started": _moment(exchange.started, journal),
        "ended": _moment(exchange.ended, journal),
        "ended_by": exchange.ended_by,
        "complete": exchange.complete,
        "credential": credential.name if credential else None,
        "credential_state": credential.state if credential else None,
        "idempotency_key": exchange.idempotency_key,
        "markers": list(exchange.markers),
        "violations": [f"{found.rule}: {found.message}" for found in exchange.violations],
        "faults": list(exchange.faults),
        **({"spare": True} if exchange.spare else {}),
        "processed": exchange.processed,
        "status": exchange.status,
        "request": _text(exchange.body),
        "answer": _text(exchange.answer),
    }


def _moment(at: float | None, journal: Journal) -> float | None:
    return None if at is None else round(at - journal.started, 6)


def _bounded(value: JSON) -> JSON:
    return value if len(json.dumps(value)) <= MOST_TEXT else json.dumps(value)[:MOST_TEXT]


def _text(payload: Payload) -> JSON:
    text = payload.kept[:MOST_TEXT].decode("utf-8", "backslashreplace")
    return {"length": payload.length, "text": text, **({} if payload.whole else {"sha256": payload.sha256})}
