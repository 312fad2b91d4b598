"""Which statuses an operation may answer: successes more often than what else it documents."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

from crm_contracts.model.contract import Response

_SUCCESS: Final = 4
_ERRORS: Final = (500, 400, 503)
_OF_RANGE: Final = {"2": (200, 201), "3": (302, 303), "4": (400, 404, 422), "5": (500, 503)}

Kind = TypeVar("Kind")


def concrete(status: str, documented: Iterable[str]) -> tuple[int, ...]:
    """The codes that a documented status stands for.

    `default` is an error where a success is documented beside it, else a success.

    >>> concrete("404", ["404"]), concrete("default", ["200", "default"]), concrete("default", ["default"])
    ((404,), (500, 400, 503), (200,))
    """
    if status.isdecimal():
        return (int(status),)
    others = {one.upper() for one in documented}
    if status.upper() == "DEFAULT":
        succeeds = any(one.startswith("2") for one in others)
        return tuple(code for code in _ERRORS if _free(code, others)) or (599,) if succeeds else (200,)
    codes = _OF_RANGE.get(status[:1], ())
    return tuple(code for code in codes if str(code) not in others) or (int(f"{status[:1]}99"),)


def weighted(documented: Mapping[str, Response], kinds: Iterable[Kind]) -> list[Kind]:
    """What belongs to each documented status, that of successes several times."""
    found: list[Kind] = []
    for status, kind in sorted(
        zip(documented, kinds, strict=True), key=lambda pair: not _succeeds(pair[0], documented)
    ):
        found += [kind] * (_SUCCESS if _succeeds(status, documented) else 1)
    return found


def _succeeds(status: str, documented: Iterable[str]) -> bool:
    return 200 <= concrete(status, documented)[0] < 300


def _free(code: int, others: set[str]) -> bool:
    return str(code) not in others and f"{code // 100}XX" not in others
