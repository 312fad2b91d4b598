# ruff: noqa: INP001, T201 - a script that prints
"""What one gateway with its CRM does in a second, and what it remembers of it.

    python benchmarks/gateway.py [--seconds 2] [--connections 16] [--exchanges 100000]

The gateway, the strict check, credentials, the simulator and the journal run in this process on one core; callers run in
another one. Only loopback addresses are used. Every figure is bounded in time.
"""

import argparse
import asyncio
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

from crm_contracts.contracts import load_contract
from crm_contracts.lab import Lab, LabRun, LabSettings
from crm_contracts.model.consumer import Consumer, PythonDriver
from crm_contracts.model.contract import Contract, Limits
from crm_contracts.model.run import Run
from crm_contracts.model.scenario import Scenario

ROOT = Path(__file__).parent.parent
WANTED = 6000
MOST_MEMORY = 300


def main() -> None:
    """Print requests a second by kind of request, then the memory of many exchanges."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--exchanges", type=int, default=100_000, help="0: no memory figure")
    asked = parser.parse_args()
    asyncio.run(measure(min(asked.seconds, 60.0), min(asked.connections, 256), min(asked.exchanges, 500_000)))


async def measure(seconds: float, connections: int, exchanges: int) -> None:
    """Open a lab, and a run for each figure."""
    lab = await Lab.start(LabSettings(engine="embedded"), lambda _pid: None)
    try:
        contract = replace(load_contract(ROOT / "contracts/acme-crm"), limits=Limits())
        for name, kinds in KINDS.items():
            await _speed(await lab.open(run_of(contract)), name, kinds, seconds, connections)
        if exchanges:
            await _memory(await lab.open(run_of(contract)), exchanges, connections)
    finally:
        await lab.close()


def run_of(contract: Contract) -> Run:
    """A run without faults."""
    driver = PythonDriver(factory="none:none")
    consumer = Consumer(name="load", file=Path("load"), contract=contract.folder, driver=driver, calls={})
    scenario = Scenario(name="load", file="load", path=Path("load"), title="Load", during=())
    return Run(scenario=scenario, consumer=consumer, contract=contract)


async def _speed(run: LabRun, name: str, kinds: tuple[str, ...], seconds: float, connections: int) -> None:
    used = time.process_time()
    count, took = await drive(run, kinds, seconds=seconds, connections=connections)
    used = time.process_time() - used
    bad = [seen for seen in run.observed().exchanges if seen.violations or (seen.status or 0) >= 400]
    rates = f"{count / took:8,.0f} requests/s, {count / used:8,.0f} a second of one core"
    print(f"{name:28} {rates} ({used / took:4.0%} of it had; wanted {WANTED:,}; failed {len(bad)})")
    await run.close()


async def _memory(run: LabRun, exchanges: int, connections: int) -> None:
    before = resident()
    count, _took = await drive(run, ("padded",), requests=exchanges, connections=connections)
    recorded = resident()
    seen = run.observed()
    after = resident()
    sizes = [
        (len(e.head) + e.body.length, len(e.answer_head) + e.answer.length) for e in seen.exchanges[:100]
    ]
    came, went = (sum(side) // len(sizes) for side in zip(*sizes, strict=True))
    print(f"{count:,} exchanges of {came} B in, {went} B out (wanted < {MOST_MEMORY} MB)")
    print(f"  while recording            {recorded - before:8,.0f} MB")
    print(f"  all of them as values      {after - before:8,.0f} MB")
    await run.close()


async def drive(
    run: LabRun, kinds: tuple[str, ...], *, connections: int, seconds: float = 60.0, requests: int = 10**9
) -> tuple[int, float]:
    """Let callers in another process ask for some time or so often; how many answers came, in how many seconds."""
    host, port = run.gateway_address
    token = run.endpoint.tenants[0].access_token
    words = (host, port, connections, seconds, requests, *kinds)
    callers = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "benchmarks/callers.py"),
        *map(str, words),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await callers.communicate(token.encode())
    if callers.returncode:
        raise SystemExit(f"the callers failed ({callers.returncode})")
    count, took = told.split()
    return int(count), float(took)


KINDS = {
    "GET one record": ("get",),
    "POST search": ("search",),
    "POST create": ("create",),
    "mixed (8 reads, 2 writes)": (
        "get",
        "get",
        "get",
        "create",
        "search",
        "get",
        "get",
        "create",
        "get",
        "search",
    ),
}


def resident() -> float:
    """The memory of this process in MB: now where the system tells, else the highest so far."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return pages * resource.getpagesize() / 1024 / 1024


if __name__ == "__main__":
    main()
