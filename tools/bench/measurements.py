"""Every measurement by name, with the seconds that it may take at most."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from tools.bench.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A function `folder -> figures` in a module that is imported only where it is measured; at most `limit` seconds."""

    module: str
    function: str
    limit: float

    def figures(self, folder: Path) -> Iterable[Figure]:
        """Measure; `folder` is a temporary one that others clean up."""
        measure: Callable[[Path], Iterable[Figure]] = getattr(import_module(self.module), self.function)
        return measure(folder)


MEASUREMENTS: Mapping[str, Measurement] = {
    "lab-start": Measurement(module="tools.bench.lab_start", function="measure", limit=45),
    "commands": Measurement(module="tools.bench.commands", function="measure", limit=45),
    "first-verdict": Measurement(module="tools.bench.first_verdict", function="measure", limit=120),
    "engines": Measurement(module="tools.bench.engines", function="measure", limit=30),
    "gateway": Measurement(module="tools.bench.gateway", function="speed", limit=50),
    "memory": Measurement(module="tools.bench.gateway", function="memory", limit=75),
    "cases": Measurement(module="tools.bench.cases", function="cases", limit=60),
    "overhead": Measurement(module="tools.bench.everything", function="overhead", limit=90),
    "scenarios": Measurement(module="tools.bench.everything", function="seconds", limit=120),
    "plugin": Measurement(module="tools.bench.plain_pytest", function="core", limit=130),
    "plugin-all": Measurement(module="tools.bench.plain_pytest", function="with_all", limit=110),
}
"""What is only printed comes last: on a machine that is too busy for all of it, it is what is left out."""
