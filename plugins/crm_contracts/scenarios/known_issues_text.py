"""known_issues.yaml as text: issues come in, and what people wrote stays as it is, comments included."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm_contracts.documents import parse
from crm_contracts.documents.spans import extent_of
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problem, Problems
from crm_contracts.scenarios.known_issues import KnownIssue

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_WORDS = frozenset({"true", "false", "null"})
FILE = "known_issues.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A file's new text, with how many entries are new and how many got another check."""

    text: str
    added: int = 0
    extended: int = 0


def with_issues(text: str, issues: Iterable[KnownIssue]) -> Addition:
    """The text of a file of known issues with more of them.

    An issue of a run that has an entry adds its checks to that one, and nothing else of it changes. Raises Problems where
    the list stands in brackets, because no line can be put into that.
    """
    wanted = tuple(issues)
    known = _entries(text)
    indices = {(one.get("scenario"), one.get("consumer")): index for index, one in enumerate(known)}
    extended = 0
    # From the last to the first, so that the places of the others stay.
    for index in sorted((indices[_run(one)] for one in wanted if _run(one) in indices), reverse=True):
        more = next(one for one in wanted if indices.get(_run(one)) == index).checks
        extended += (changed := _extended(text, index, _checks(known[index]), more)) != text
        text = changed
    fresh = [one for one in wanted if _run(one) not in indices]
    return Addition(text=_appended(text, known, fresh), added=len(fresh), extended=extended)


def _run(issue: KnownIssue) -> tuple[str, str]:
    return issue.scenario, issue.consumer


def _entries(text: str) -> list[dict[str, JSON]]:
    if not any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
        return []
    value = parse(text.encode(), file=FILE).value
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _checks(entry: dict[str, JSON]) -> list[str]:
    said = entry.get("check")
    return [said] if isinstance(said, str) else [str(one) for one in said] if isinstance(said, list) else []


def _extended(text: str, index: int, known: list[str], more: Sequence[str]) -> str:
    fresh = [name for name in more if name not in known]
    extent = extent_of(text, (index, "check"))
    if not fresh or extent is None:
        return text
    if extent.flow:
        return f"{text[: extent.start]}[{', '.join((*known, *fresh))}]{text[extent.end :]}"
    lines = "".join(f"\n{' ' * extent.column}- {name}" for name in fresh)
    return f"{text[: extent.last]}{lines}{text[extent.last :]}"


def _appended(text: str, known: list[dict[str, JSON]], fresh: list[KnownIssue]) -> str:
    if not fresh:
        return text
    extent = extent_of(text, ()) if known or text.strip() else None
    if extent is not None and extent.flow:
        if known:
            raise Problems([_in_brackets(text)])
        text, extent = text[: extent.start] + text[extent.end :], None
    indent = " " * (extent.column if extent is not None and known else 0)
    head = f"{text.rstrip()}\n\n" if text.strip() else f"# {_heading()}\n\n"
    return head + "\n".join(_entry(one, indent) for one in fresh)


def _in_brackets(text: str) -> Problem:
    message = _("This list stands in brackets, so no entry can be added to it.")
    return parse(text.encode(), file=FILE).problem(
        (), message, remedy=_("Write it as lines that begin with `- `.")
    )


def _heading() -> str:
    return _("Failures that are known: expected, check by check, until the day in `until`.")


def _entry(issue: KnownIssue, indent: str) -> str:
    pairs = {
        "scenario": _scalar(issue.scenario),
        "consumer": _scalar(issue.consumer),
        "check": f"[{', '.join(issue.checks)}]",
        "symptom": json.dumps(issue.symptom, ensure_ascii=False),
        "remedy": json.dumps(issue.remedy, ensure_ascii=False) if issue.remedy else "",
        "owner": json.dumps(issue.owner, ensure_ascii=False) if issue.owner else "",
        "until": json.dumps(issue.until.isoformat()),
    }
    lines = [f"{indent}  {name}: {value}" for name, value in pairs.items() if value]
    return f"{indent}- {lines[0].lstrip()}\n" + "\n".join(lines[1:]) + "\n"


def _scalar(text: str) -> str:
    return (
        text
        if _PLAIN.fullmatch(text) and text.lower() not in _WORDS
        else json.dumps(text, ensure_ascii=False)
    )
