"""What a payload case costs beyond drawing and the caller's own time, and how many are done in a second."""

import time
from collections.abc import Iterator
from pathlib import Path

from crm_contracts.cases.drawing import Drawing
from crm_contracts.contracts import load_contract
from crm_contracts.host import LabClient
from crm_contracts.model.case import Case, Seen
from crm_contracts.model.consumer import Consumer
from crm_contracts.model.exchange import Answer
from crm_contracts.model.run import Run
from crm_contracts.scenarios import baseline_of
from tools import checkout
from tools.bench.figure import Figure

MOST = 1.5
"""Milliseconds of ours in a case."""
CASES = 300
CALLER, CALL, OPERATION = "sound", "get_order", "getOrder"


def cases(_folder: Path) -> Iterator[Figure]:
    """Cases one after another on one caller of the gallery, which calls over a pool of connections."""
    lab = LabClient(checkout.lab_settings("embedded"))
    try:
        run = _run(checkout.project(gallery=True).consumers[CALLER])
        number, answers = lab.open_cases(run), _answers(run)
        for answer in answers[:20]:
            lab.case(number, _case(answer))
        began = time.perf_counter()
        costs = tuple(_cost(lab, number, answer) for answer in answers)
        taken = time.perf_counter() - began
        lab.close_cases(number)
    finally:
        lab.close()
    yield Figure(
        title="a payload case beyond drawing and the caller's own time, p50",
        unit="ms",
        target=MOST,
        values=costs,
    )
    yield Figure(title="  payload cases", unit="/s", values=(len(answers) / taken,), at_least=True)


def _cost(lab: LabClient, number: int, answer: Answer) -> float:
    began = time.perf_counter()
    seen: Seen = lab.case(number, _case(answer))
    return (time.perf_counter() - began - (seen.call.seconds or 0.0)) * 1e3


def _case(answer: Answer) -> Case:
    return Case(call=CALL, operation=OPERATION, served=answer)


def _answers(run: Run) -> list[Answer]:
    """Valid answers of success: what a caller refuses it tries again, which is its own time."""
    from crm_contracts.payloads import valid

    strategy = valid.responses(run.contract, run.contract.operations[OPERATION])
    drawn = Drawing(seed=1, key="bench").drawn(strategy, CASES)
    return [answer for answer in drawn if answer.status == 200]


def _run(consumer: Consumer) -> Run:
    return baseline_of(consumer, load_contract(consumer.contract))
