"""The words that write a failing answer down: all of it stands in them, so they work on any machine, from any log."""

import base64
import zlib
from collections.abc import Iterator

from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer
from crm_contracts.cases.found import Found
from crm_contracts.cases.plan import PayloadPlan
from crm_contracts.run.case_judge import Blame

LONG = 1500
"""Bytes from which a body is told in a shorter form than its letters."""
_DEFAULT = {"content-type": "application/json"}


def pin_words(plan: PayloadPlan, found: Found) -> tuple[str, ...]:
    """The words of `crm-contracts pin` for one failure."""
    call = f"{plan.planned.run.consumer.name}.{plan.call}"
    return ("pin", call, plan.operation.id, *_answer(found), *_judging(found))


def _answer(found: Found) -> Iterator[str]:
    served = found.served
    if isinstance(served, Delivery):
        yield from ("--wire-base64", _base64(b"".join(piece.data for piece in served.pieces)))
        if served.end != "keep":
            yield from ("--end", served.end.value)
        return
    if served.status != 200:
        yield from ("--status", str(served.status))
    for name, value in _headers(served, found.own if found.mutation else None):
        yield from ("--header", f"{name}: {value}")
    text = _text(served.body)
    if len(served.body) > LONG:
        yield from ("--body-zlib", _base64(zlib.compress(served.body, 9)))
    elif text is not None:
        yield from ("--body", text)
    elif served.body:
        yield from ("--body-base64", _base64(served.body))


def _judging(found: Found) -> Iterator[str]:
    if found.mutation:
        yield "--malformed"
    if found.blame in {Blame.TAKEN, Blame.DIFFERS}:
        yield "--refuse"


def _headers(served: Answer, own: Answer | None) -> Iterator[tuple[str, str]]:
    """What is no default; of a mutated answer, what is another than in the CRM's own."""
    sent = {name.lower(): value for name, value in served.headers}
    usual = {**({name.lower(): value for name, value in own.headers} if own else {}), **_DEFAULT}
    yield from ((name, value) for name, value in sent.items() if usual.get(name) != value)
    if served.body and "content-type" not in sent:
        yield "content-type", ""


def _text(body: bytes) -> str | None:
    """The body as a word of a command, where every letter can be seen and typed."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return text if text and text.isprintable() else None


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
