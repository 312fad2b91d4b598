"""known_issues.yaml: failures that are known, by check, with an owner and a day after which they count again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema

from crm_contracts.checks import CHECKS
from crm_contracts.documents import Document, read, validate
from crm_contracts.model.language import _
from crm_contracts.model.problem import Position, Problem, Problems, nearest
from crm_contracts.scenarios.form import Text

CHECK_NAMES = tuple(sorted(check().check for check in CHECKS))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIssue:
    """One known defect: the named `checks` of one scenario on one consumer are expected to fail until a day.

    `scenario` is a scenario's name, or `baseline`; `until` is the last day on which the failure is expected.
    """

    scenario: str
    consumer: str
    checks: tuple[str, ...]
    symptom: str
    until: date
    cause: str = ""
    remedy: str = ""
    owner: str = ""
    link: str = ""
    position: Position | None = None

    def expired(self, today: date) -> bool:
        """Whether its day has passed, so that the failure counts again."""
        return today > self.until


def load_known_issues(path: Path, *, shown: str | None = None) -> tuple[KnownIssue, ...]:
    """Read a list of known issues; an empty list is fine. Raises Problems with everything that is wrong in it."""
    if _only_comments(path):
        return ()
    document = read(path, shown=shown)
    forms = validate(document, _FORMS)
    problems = [*_unknown_checks(document, forms), *_twice(document, forms)]
    if problems:
        raise Problems(problems)
    return tuple(_issue(form, document.position((index,))) for index, form in enumerate(forms))


def _only_comments(path: Path) -> bool:
    """Whether its last issue was mended and the heading left."""
    try:
        with path.open("rb") as lines:
            return all(not line.strip() or line.lstrip().startswith(b"#") for line in lines)
    except OSError:
        return False


def issue_of(issues: Iterable[KnownIssue], scenario: str, consumer: str) -> KnownIssue | None:
    """What is known of a scenario on a consumer; several entries are one issue with all their checks."""
    found = [issue for issue in issues if (issue.scenario, issue.consumer) == (scenario, consumer)]
    return found[0] if found else None


def expired_issues(issues: Iterable[KnownIssue], today: date) -> tuple[KnownIssue, ...]:
    """The issues whose day has passed."""
    return tuple(issue for issue in issues if issue.expired(today))


def _names(value: object) -> object:
    # A tuple: what a validator of ours hands on is Python, and strict reading takes a list for nothing else.
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


def _day(value: object) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "")
    except ValueError:
        raise ValueError(_("{value!r} is no day; write it as 2026-12-31").format(value=value)) from None


_Checks = Annotated[tuple[Text, ...], BeforeValidator(_names), Field(min_length=1)]
_Day = Annotated[date, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]


@dataclass(frozen=True, kw_only=True)
class IssueForm:
    """One entry as it is written."""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - pydantic reads it from the class

    scenario: Text
    consumer: Text
    check: _Checks
    symptom: Text
    cause: str = ""
    remedy: str = ""
    owner: str = ""
    link: str = ""
    until: _Day


_FORMS = tuple[IssueForm, ...]


def _unknown_checks(document: Document, forms: tuple[IssueForm, ...]) -> Iterator[Problem]:
    for index, form in enumerate(forms):
        for number, name in enumerate(form.check):
            if name not in CHECK_NAMES:
                yield document.problem(
                    (index, "check", number),
                    _("Unknown check {name!r}.").format(name=name),
                    allowed=CHECK_NAMES,
                    suggestion=nearest(name, CHECK_NAMES),
                )


def _twice(document: Document, forms: tuple[IssueForm, ...]) -> Iterator[Problem]:
    seen: dict[tuple[str, str], int] = {}
    for index, form in enumerate(forms):
        key = (form.scenario, form.consumer)
        if key in seen:
            sentence = _("{scenario} on {consumer} stands here a second time; the first is at {place}.")
            place = document.position((seen[key],))
            message = sentence.format(scenario=form.scenario, consumer=form.consumer, place=place)
            yield document.problem((index,), message, remedy=_("Name all its checks in one entry."))
        seen.setdefault(key, index)


def _issue(form: IssueForm, position: Position) -> KnownIssue:
    return KnownIssue(
        scenario=form.scenario,
        consumer=form.consumer,
        checks=form.check,
        symptom=form.symptom,
        until=form.until,
        cause=form.cause,
        remedy=form.remedy,
        owner=form.owner,
        link=form.link,
        position=position,
    )
