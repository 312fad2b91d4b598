"""The clocks that a caller sees, in an interpreter of their own: they are moved for good."""

import subprocess
import sys
from pathlib import Path

CLOCKS = Path(__file__).parents[3] / "plugins" / "crm_contracts" / "consumers" / "child"

SCRIPT = """
import copy, pickle, sys, time
sys.path.insert(0, {folder!r})
import clocks
moving = clocks.Clocks()
moving.install()
from datetime import date, datetime, timezone
from time import monotonic, perf_counter_ns
import asyncio

class Cache:
    timer = time.monotonic

assert Cache().timer() == time.monotonic() or Cache().timer() > 0
assert pickle.loads(pickle.dumps(time.monotonic)) is time.monotonic is copy.deepcopy(monotonic)
before = monotonic(), perf_counter_ns(), time.time(), datetime.now(), datetime.now(timezone.utc), date.today(), time.gmtime()
moved = moving.advance(86400 * 2)
after = monotonic(), perf_counter_ns(), time.time(), datetime.now(), datetime.now(timezone.utc), date.today(), time.gmtime()
assert 86400 * 2 <= after[0] - before[0] < 86400 * 2 + 60
assert 86400 * 2 * 10**9 <= after[1] - before[1]
assert 86400 * 2 <= after[2] - before[2]
assert (after[3] - before[3]).days == (after[4] - before[4]).days == 2
assert (after[5] - before[5]).days in (2, 3)
assert after[6].tm_yday != before[6].tm_yday
assert time.gmtime(0).tm_year == 1970
assert type(datetime.now()) is datetime
assert clocks.monotonic() - before[0] < 60

async def nap():
    began = clocks.monotonic()
    sleeping = asyncio.ensure_future(asyncio.sleep(0.2))
    await asyncio.sleep(0)
    moving.advance(3600)
    await sleeping
    return clocks.monotonic() - began

assert asyncio.run(nap()) >= 0.19
print(",".join(moved))
"""


def test_every_clock_moves_and_sleeps_stay_real():
    """Names taken before the move follow it too; datetime stays the same type; loops keep their pace."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(folder=str(CLOCKS))], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert {"time", "monotonic", "perf_counter", "datetime", "gmtime"} <= set(done.stdout.strip().split(","))
