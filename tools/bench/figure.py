"""A figure: what was promised, what was measured, and whether that is enough."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median

from crm_contracts.model.json import JSON

OK, MISSED, PRINTED, NOT_MEASURED = "ok", "missed", "-", "not measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Values of one kind, in `unit`; their median counts, because the machines that measure are noisy.

    `target` None: the figure is only printed. Without values, `detail` tells why none could be had.

    >>> Figure(title="lab start", unit="ms", target=150, values=(31.0, 29.5, 90.0)).word
    'ok'
    >>> Figure(title="requests", unit="/s", target=6000, at_least=True, values=(5200,)).word
    'missed'
    """

    title: str
    unit: str
    values: tuple[float, ...] = ()
    target: float | None = None
    at_least: bool = False
    detail: str = ""

    @property
    def measured(self) -> float | None:
        """The median, None where nothing could be measured."""
        return median(self.values) if self.values else None

    @property
    def word(self) -> str:
        """`ok` or `missed`, `-` without a target, `not measured` without a value."""
        if self.measured is None:
            return NOT_MEASURED
        if self.target is None:
            return PRINTED
        enough = self.measured >= self.target if self.at_least else self.measured <= self.target
        return OK if enough else MISSED

    @property
    def line(self) -> str:
        """The figure as a line of the table; what it means in particular stands below it."""
        cells = f"{self.title:48} {self._wanted:>14} {self._shown:>14}  {self._spread:24} {self.word}"
        return f"{cells}\n    {self.detail}" if self.detail else cells

    @property
    def _wanted(self) -> str:
        if self.target is None:
            return ""
        return f"{'>=' if self.at_least else '<='} {_number(self.target)} {self.unit}"

    @property
    def _shown(self) -> str:
        return "" if self.measured is None else f"{_number(self.measured)} {self.unit}"

    @property
    def _spread(self) -> str:
        if len(self.values) < 2:
            return ""
        return f"{_number(min(self.values))} .. {_number(max(self.values))} ({len(self.values)})"

    def packed(self) -> dict[str, JSON]:
        """The figure as JSON."""
        return {**asdict(self), "values": list(self.values)}

    @classmethod
    def unpacked(cls, packed: Mapping[str, object]) -> "Figure":
        """The figure that was packed."""
        values = packed["values"]
        assert isinstance(values, Sequence)
        return cls(**{**packed, "values": tuple(map(float, values))})  # type: ignore[arg-type]  # what `packed` made


HEADER = f"{'figure':48} {'target':>14} {'median':>14}  {'min .. max (values)':24} verdict"


def _number(value: float) -> str:
    """Three digits that tell something, and no more.

    >>> _number(6012.7), _number(31.04), _number(0.7), _number(0.0)
    ('6,013', '31.0', '0.70', '0.00')
    """
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
