"""Numbers that a schema takes, the extreme ones more often than chance would have them."""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

from crm_contracts.model.json import JSON

_RANGES: Final = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
}
_SAFE: Final = 2**53 - 1
_MOST_FLOAT: Final = 1.7976931348623157e308
_MOST_FLOAT32: Final = 3.4028234663852886e38


def integers(words: Mapping[str, Any]) -> st.SearchStrategy[JSON]:
    """Whole numbers: any in the range, its ends, zero and what lies beside it.

    Without a format the range is that in which all readers agree (RFC 8259 6: up to 2^53).
    """
    low, high = _RANGES.get(str(words.get("format")), (-_SAFE, _SAFE))
    least, most = _whole_ends(words)
    low = low if least is None else least
    high = high if most is None else most
    low, high = (low, max(low, high)) if most is None else (min(low, high) if least is None else low, high)
    step = words.get("multipleOf", 1)
    if step != 1:
        return _multiples(Decimal(str(step)), low, high, whole=True)
    if low > high:
        return st.nothing()
    ends = sorted({value for value in (0, 1, -1, low, high, 2**31) if low <= value <= high}, key=abs)
    return st.one_of(st.integers(low, high), st.sampled_from(ends))


def numbers(words: Mapping[str, Any]) -> st.SearchStrategy[JSON]:
    """Numbers with and without a fraction, tiny and huge ones, minus zero."""
    low, high = words.get("minimum"), words.get("maximum")
    above, below = words.get("exclusiveMinimum"), words.get("exclusiveMaximum")
    least = low if above is None or (low is not None and low > above) else above
    most = high if below is None or (high is not None and high < below) else below
    if "multipleOf" in words:
        step = Decimal(str(words["multipleOf"]))
        return _multiples(step, -_SAFE if least is None else least, _SAFE if most is None else most)
    largest = _MOST_FLOAT32 if words.get("format") == "float" else _MOST_FLOAT
    floats = st.floats(
        min_value=-largest if least is None else float(least),
        max_value=largest if most is None else float(most),
        exclude_min=above is not None and least == above,
        exclude_max=below is not None and most == below,
        allow_nan=False,
        allow_infinity=False,
    )
    start, end = _whole_ends(words)
    if (start if start is not None else -_SAFE) > (end if end is not None else _SAFE):
        return floats
    return st.one_of(
        integers(words), floats, floats.map(lambda value: round(value, 2)).filter(_inside(least, most))
    )


def _inside(least: float | None, most: float | None) -> Any:
    return lambda value: (least is None or value > least) and (most is None or value < most)


def _whole_ends(words: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """The first and the last whole number of the range."""
    lows = [math.ceil(words["minimum"])] if "minimum" in words else []
    lows += [math.floor(words["exclusiveMinimum"]) + 1] if "exclusiveMinimum" in words else []
    highs = [math.floor(words["maximum"])] if "maximum" in words else []
    highs += [math.ceil(words["exclusiveMaximum"]) - 1] if "exclusiveMaximum" in words else []
    return max(lows, default=None), min(highs, default=None)


def _multiples(step: Decimal, low: float, high: float, *, whole: bool = False) -> st.SearchStrategy[JSON]:
    first = math.ceil(Decimal(str(low)) / step)
    last = math.floor(Decimal(str(high)) / step)
    if first > last:
        return st.nothing()

    def times(count: int) -> JSON:
        value = step * count
        return int(value) if whole or value == value.to_integral_value() else float(value)

    return st.integers(first, last).map(times)
