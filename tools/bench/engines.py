"""What the embedded engine adds to a request, held against what Toxiproxy adds."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from benchmarks import engine_latency
from tools.bench.figure import Figure

ROUNDS = 5
SECONDS = 1.5


def measure(_folder: Path) -> Iterator[Figure]:
    """Ask through both engines in turns, in several rounds."""
    rounds = [asyncio.run(engine_latency.measure(SECONDS)) for _ in range(ROUNDS)]
    embedded = tuple(seen.embedded - seen.direct for seen in rounds)
    toxiproxy = tuple(seen.toxiproxy - seen.direct for seen in rounds if seen.toxiproxy is not None)
    ratios = tuple(seen.ratio for seen in rounds if seen.ratio is not None)
    detail = "" if ratios else "no toxiproxy-server is installed, so there is nothing to compare with"
    yield Figure(
        title="embedded adds / Toxiproxy adds, p50", unit="x", target=1.0, values=ratios, detail=detail
    )
    yield Figure(title="  embedded adds, p50", unit="us", values=embedded)
    if toxiproxy:
        yield Figure(title="  Toxiproxy adds, p50", unit="us", values=toxiproxy)
