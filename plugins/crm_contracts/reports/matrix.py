"""Consumers and scenarios as a table of verdicts for the terminal."""

from collections.abc import Iterator, Mapping, Sequence

from crm_contracts.reports.columns import cut, padded, width
from crm_contracts.reports.words import verdict_name

NOT_APPLICABLE = "n.a."
NOT_RUN = "-"
_WIDEST = 12
"""Columns for a consumer's name; longer ones are broken at their hyphens."""
_GAP = "  "


def matrix(cells: Mapping[tuple[str, str], str], rows: Sequence[str], *, columns: int = 80) -> list[str]:
    """One line a scenario, one column a consumer; `cells` are by (scenario, consumer).

    Consumers that do not fit beside each other follow in further blocks.

    >>> print(*matrix({("down", "vac"): "passed"}, ["down"]), sep="|")
          vac|down  passed
    """
    cells = {place: verdict_name(word) for place, word in cells.items()}
    consumers = sorted({consumer for _row, consumer in cells})
    first = min(max(map(width, rows), default=0), max(20, columns // 2))
    lines: list[str] = []
    for block in _blocks(consumers, cells, columns - first):
        lines += [""] if lines else []
        lines += _block(block, rows, cells, first)
    return lines


def _block(
    consumers: Sequence[str], rows: Sequence[str], cells: Mapping[tuple[str, str], str], first: int
) -> Iterator[str]:
    heads = {name: _broken(name) for name in consumers}
    sizes = {name: _size(name, cells) for name in consumers}
    tallest = max(map(len, heads.values()))
    for level in range(tallest):
        words = [_level(heads[name], level, tallest, sizes[name]) for name in consumers]
        yield _line("", words, first)
    for row in rows:
        yield _line(row, [padded(cells.get((row, n), NOT_RUN), sizes[n]) for n in consumers], first)


def _line(head: str, words: Sequence[str], first: int) -> str:
    return _GAP.join((padded(cut(head, first), first), *words)).rstrip()


def _level(parts: Sequence[str], level: int, tallest: int, size: int) -> str:
    # Short names stand directly above their column.
    index = level - (tallest - len(parts))
    return padded(parts[index] if index >= 0 else "", size)


def _blocks(consumers: Sequence[str], cells: Mapping[tuple[str, str], str], room: int) -> list[list[str]]:
    blocks: list[list[str]] = []
    left = 0
    for name in consumers:
        needed = _size(name, cells) + len(_GAP)
        if not blocks or needed > left:
            blocks.append([])
            left = room
        blocks[-1].append(name)
        left -= needed
    return blocks


def _size(name: str, cells: Mapping[tuple[str, str], str]) -> int:
    texts = [*_broken(name), *(text for (_row, consumer), text in cells.items() if consumer == name)]
    return max(map(width, texts))


def _broken(name: str) -> list[str]:
    lines = [""]
    for part in (f"{part}-" for part in name.split("-")):
        if lines[-1] and width(lines[-1]) + width(part) > _WIDEST + 1:
            lines.append("")
        lines[-1] += part
    lines[-1] = lines[-1].removesuffix("-")
    return [cut(line, 2 * _WIDEST) for line in lines]
