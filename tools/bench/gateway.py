"""What a gateway with its simulator does in a second on one core, and what it remembers."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import gateway
from crm_contracts.contracts import load_contract
from crm_contracts.lab import Lab, LabSettings
from crm_contracts.model.contract import Contract, Limits
from tools.bench.figure import Figure
from tools.checkout import ROOT

CONNECTIONS = 16
ROUNDS = 5
EXCHANGES = 100_000
MIXED = "mixed (8 reads, 2 writes)"
SECONDS = {MIXED: 1.5}
OTHERS = 0.6
"""Seconds that the single kinds get, which only explain the mixture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Requests a second by the clock, and by the processor time that the gateway's process got."""

    by_clock: float
    by_processor: float
    refused: int


def speed(_folder: Path) -> Iterator[Figure]:
    """Requests a second over keep-alive connections: full check, simulator and journal."""
    rates = asyncio.run(_rates())
    mixed = rates.pop(MIXED)
    title, detail = f"gateway + simulator, {MIXED}", f"{CONNECTIONS} keep-alive connections, one core"
    if refused := sum(rate.refused for rate in mixed):
        detail += f"; {refused} requests were refused, so this is not the speed that is meant"
    values = tuple(rate.by_clock for rate in mixed)
    yield Figure(
        title=title, unit="/s", target=float(gateway.WANTED), at_least=True, values=values, detail=detail
    )
    values = tuple(rate.by_processor for rate in mixed)
    yield Figure(title="  for each second of the core that it really got", unit="/s", values=values)
    for kind, taken in rates.items():
        yield Figure(title=f"  {kind}", unit="/s", values=tuple(rate.by_clock for rate in taken))


def memory(_folder: Path) -> Iterator[Figure]:
    """Memory of 100,000 exchanges of about 400 B in and 1 kB out, in a process of its own."""
    recorded, as_values, sizes = asyncio.run(_memory())
    title = f"memory of {EXCHANGES:,} exchanges"
    yield Figure(title=title, unit="MB", target=float(gateway.MOST_MEMORY), values=(as_values,), detail=sizes)
    yield Figure(title="  while they are recorded", unit="MB", values=(recorded,))


async def _rates() -> dict[str, list[Rate]]:
    rates: dict[str, list[Rate]] = {kind: [] for kind in gateway.KINDS}
    async with _lab() as (lab, contract):
        # What is compiled at the first request of an operation is no speed of the others.
        await _rate(lab, contract, MIXED, 0.3)
        for _ in range(ROUNDS):
            for kind, taken in rates.items():
                taken.append(await _rate(lab, contract, kind, SECONDS.get(kind, OTHERS)))
    return rates


async def _rate(lab: Lab, contract: Contract, kind: str, seconds: float) -> Rate:
    run = await lab.open(gateway.run_of(contract))
    used = time.process_time()
    count, took = await gateway.drive(run, gateway.KINDS[kind], seconds=seconds, connections=CONNECTIONS)
    used = time.process_time() - used
    refused = sum((seen.status or 0) >= 400 or bool(seen.violations) for seen in run.observed().exchanges)
    await run.close()
    return Rate(by_clock=count / took, by_processor=count / used, refused=refused)


async def _memory() -> tuple[float, float, str]:
    async with _lab() as (lab, contract):
        run = await lab.open(gateway.run_of(contract))
        before = gateway.resident()
        await gateway.drive(run, ("padded",), requests=EXCHANGES, connections=CONNECTIONS)
        recorded = gateway.resident()
        exchanges = run.observed().exchanges
        after = gateway.resident()
        came = _mean([len(seen.head) + seen.body.length for seen in exchanges[:100]])
        went = _mean([len(seen.answer_head) + seen.answer.length for seen in exchanges[:100]])
        await run.close()
    return recorded - before, after - before, f"{len(exchanges):,} exchanges of {came} B in and {went} B out"


@asynccontextmanager
async def _lab() -> AsyncIterator[tuple[Lab, Contract]]:
    lab = await Lab.start(LabSettings(engine="embedded"), lambda _pid: None)
    try:
        yield lab, replace(load_contract(ROOT / "contracts" / "acme-crm"), limits=Limits())
    finally:
        await lab.close()


def _mean(values: Sequence[int]) -> int:
    return sum(values) // max(len(values), 1)
