"""`make bench`: every figure that was promised, with its target and what this machine measures. It never fails."""

from tools.bench.figure import Figure

__all__ = ["Figure"]
