"""A page of the docs as a test reads it: files to write, and terminals whose commands are run as pasted.

* A fenced block after a paragraph that ends with a colon and names a file in backticks is that file.
* A fenced `console` or `sh` block is a terminal: its commands are run, and each line that is shown must be printed, in this
  order. Numbers may differ (times, ports); a line `...` leaves lines out, `...` at the end of a line its rest.
* Comments before a block say what is particular:
  `<!-- exit: 1 -->` how its last command ends;
  `<!-- instead: COMMAND -->` an equivalent, where the real one would install or repeat too much;
  `<!-- not run: REASON -->`; `<!-- dry run: REASON -->` make tells what it would do;
  `<!-- background: REASON -->` it goes on until the page's end; what it tells to export is exported in the other terminals;
  `<!-- in: FOLDER -->` not in the folder of the page's other commands;
  `<!-- replaces: BEGIN -->` it replaces the lines of its file from the one that begins so to the next empty one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TERMINALS = frozenset({"console", "sh"})
_FENCE = re.compile(r"^(?P<indent> *)(?P<fence>```+)(?P<language>[\w-]*)$")
_COMMENT = re.compile(r"^\s*<!-- (?P<key>[a-z ]+): (?P<value>.*) -->$")
_NAMED = re.compile(r"`(?P<file>[\w./-]+\.\w+)`[^`]*:$")
_NUMBER = re.compile(r"\b[0-9a-f]{12}\b|\d+(\.\d+)?( (ms|s|m|h|kB|B)\b)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block: where it stands, what it is, and what the comments before it say."""

    line: int
    language: str
    text: str
    before: str
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str | None:
        """The file that this block is, if it is one."""
        found = None if self.language in TERMINALS else _NAMED.search(self.before)
        return found["file"] if found else None

    @property
    def is_terminal(self) -> bool:
        """Whether its commands are run."""
        return self.language in TERMINALS and "not run" not in self.notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command and the lines that it shows."""

    words: str
    shown: tuple[str, ...] = ()


def blocks(path: Path) -> list[Block]:
    """Every fenced block of a page."""
    return list(_blocks(path.read_text(encoding="utf-8").splitlines()))


def commands(block: Block) -> list[Command]:
    """The commands of a terminal: lines with a prompt in `console`, every line in `sh`."""
    if block.language == "sh":
        lines = re.sub(r"\\\n\s*", "", block.text).splitlines()
        return [Command(words=line) for line in lines if line and not line.startswith("#")]
    parts = re.split(r"^\$ ", re.sub(r"\\\n> ?", "", block.text), flags=re.MULTILINE)[1:]
    told = [part.splitlines() for part in parts]
    return [Command(words=lines[0], shown=tuple(filter(str.strip, lines[1:]))) for lines in told]


def missing(shown: tuple[str, ...], printed: str) -> str | None:
    """The first line that is shown and was not printed there; what lies at a line `...` is left out, and nothing else."""
    lines = [plain for line in printed.splitlines() if (plain := _plain(line))]
    at = 0
    for number, part in enumerate(parts := _parts(shown)):
        starts = range(at, len(lines) + 1) if number else range(1)
        if number == len(parts) - 1 and number:
            starts = range(max(at, len(lines) - len(part)), len(lines) + 1)
        reach = max(
            ((_agree(part, lines[start:]), start) for start in starts), default=(0, 0), key=lambda r: r[0]
        )
        if reach[0] < len(part):
            return part[reach[0]]
        at = next(start for start in starts if _agree(part, lines[start:]) == len(part)) + len(part)
    return None


def _parts(shown: tuple[str, ...]) -> list[list[str]]:
    """What stands between lines `...`."""
    parts: list[list[str]] = [[]]
    for line in shown:
        parts = [*parts, []] if line.strip() == "..." else [*parts[:-1], [*parts[-1], line]]
    return parts


def _agree(part: list[str], lines: list[str]) -> int:
    """How many lines of a part stand at the beginning of these lines."""
    return next(
        (n for n, line in enumerate(part) if n >= len(lines) or not _is(_plain(line), lines[n])), len(part)
    )


def _is(wanted: str, line: str) -> bool:
    whole, cut = wanted.removesuffix("..."), wanted.endswith("...")
    return line.startswith(whole.rstrip()) if cut else line == wanted


def _plain(line: str) -> str:
    """A line without what differs from run to run: numbers, the width of rules and columns."""
    return " ".join(_NUMBER.sub("#", re.sub(r"([=_-])\1{2,}", r"\1\1\1", line)).split())


def _blocks(lines: list[str]) -> Iterator[Block]:
    notes: dict[str, str] = {}
    before, opened = "", None
    for number, line in enumerate(lines, 1):
        fence = _FENCE.match(line)
        if opened is None and fence:
            opened = (number, fence)
        elif opened is not None and fence and fence["fence"] == opened[1]["fence"] and not fence["language"]:
            start, first = opened
            indent = len(first["indent"])
            text = "".join(f"{inner[indent:]}\n" for inner in lines[start : number - 1])
            yield Block(line=start, language=first["language"], text=text, before=before, notes=notes)
            before, notes, opened = "", {}, None
        elif opened is None and (comment := _COMMENT.match(line)):
            notes = {**notes, comment["key"]: comment["value"]}
        elif opened is None and line.strip():
            before, notes = line.strip(), {}
