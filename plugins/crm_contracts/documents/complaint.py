"""From pydantic's errors to sentences with the alternatives and the nearest of them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from crm_contracts.documents.document import Document, Place, child
from crm_contracts.documents.shape import Shape
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problem, nearest

_UNKNOWN_KEY = {"extra_forbidden", "unexpected_keyword_argument"}
_MISSING = {"missing", "missing_argument", "missing_keyword_only_argument"}
_WORD = {"literal_error", "enum"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One error with its place in the document; `union` is the place at which a union had several members to try.

    `expected` is what kind of value was wanted, where that is all that is wrong.
    """

    path: Place
    message: str
    key: bool = False
    allowed: tuple[str, ...] = ()
    suggestion: str | None = None
    remedy: str = ""
    union: Place | None = None
    expected: str | None = None

    def problem(self, document: Document, at: Place) -> Problem:
        """The same as a problem of the file."""
        return document.problem(
            (*at, *self.path),
            self.message,
            key=self.key,
            allowed=self.allowed,
            suggestion=self.suggestion,
            remedy=self.remedy,
        )


def complaints(shape: Shape, value: JSON, errors: Iterable[Mapping[str, Any]]) -> Iterator[Complaint]:
    """Every error as a complaint; the members of one union speak with one voice."""
    cases = [_case(shape, value, error) for error in errors]
    told = [_complaint(case) for case in cases if not _is_echo(case)]
    alone = [complaint for complaint in told if complaint.union is None]
    yield from dict.fromkeys(alone)
    several = sorted((c for c in told if c.union is not None), key=lambda c: tuple(map(str, c.union or ())))
    for _union, members in groupby(several, key=lambda complaint: complaint.union):
        yield from _one_voice(list(members), value)


def _one_voice(members: list[Complaint], value: JSON) -> Iterator[Complaint]:
    """Where one member of a union fits but for a detail, the detail is told; else all that would have fitted."""
    near = [member for member in members if member.expected is None or member.path != member.union] or members
    yield from dict.fromkeys(replace(member, union=None) for member in near if member.expected is None)
    kinds = [member for member in near if member.expected is not None]
    for path in dict.fromkeys(member.path for member in kinds):
        same = [member for member in kinds if member.path == path]
        wanted = _(" or ").join(dict.fromkeys(member.expected or "" for member in same))
        yield replace(same[0], union=None, message=_expected(wanted, _at(value, path)))


def _complaint(case: "_Case") -> Complaint:
    tell = next((tell for kinds, tell in _TELLERS if case.error["type"] in kinds), _other)
    return replace(tell(case), union=case.union)


def _is_echo(case: "_Case") -> bool:
    # pydantic counts only the sound entries of a list, and calls one with a wrong entry too short as well.
    least = case.context.get("min_length", 0)
    return case.error["type"] == "too_short" and isinstance(case.value, list) and len(case.value) >= least


def _case(shape: Shape, value: JSON, error: Mapping[str, Any]) -> "_Case":
    """Follow an error's place through the document, without the tags and labels of unions."""
    path: Place = ()
    around: tuple[str, ...] = ()
    union: Place | None = None
    tagged = False
    steps = error["loc"][:-1] if error["type"] in _MISSING else error["loc"]
    for step in steps:
        if not tagged and step == shape.tag(value):
            tagged = True
        elif _has(value, step):
            around = shape.keys(value)
            shape, value = shape.child(value, step), child(value, step)
            path, tagged = (*path, step), False
        else:
            union = path if union is None else union
    return _Case(path=path, shape=shape, value=value, around=around, union=union, error=error)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One error of pydantic with what stands at its place; `around` is what the mapping around it allows."""

    path: Place
    shape: Shape
    value: JSON
    around: tuple[str, ...]
    union: Place | None
    error: Mapping[str, Any]

    @property
    def context(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.error.get("ctx") or {}
        return found


def _unknown_key(case: _Case) -> Complaint:
    word = str(case.path[-1]) if case.path else ""
    complaint = Complaint(path=case.path, key=True, message=_("Unknown key {name!r}.").format(name=word))
    return _with_words(complaint, word, case.around)


def _missing(case: _Case) -> Complaint:
    name = case.error["loc"][-1]
    return Complaint(path=case.path, message=_("The key {name!r} is missing.").format(name=name))


def _word(case: _Case) -> Complaint:
    allowed = case.shape.words(case.value) or _quoted(str(case.context.get("expected", "")))
    message = _("Unknown value {value}.").format(value=_shown(case.value))
    return _with_words(Complaint(path=case.path, message=message), str(case.value), allowed)


def _unknown_tag(case: _Case) -> Complaint:
    name = case.context["discriminator"].strip("'")
    word = case.context["tag"]
    message = _("Unknown {kind} {name!r}.").format(kind=name, name=word)
    return _with_words(
        Complaint(path=(*case.path, name), message=message), word, _quoted(case.context["expected_tags"])
    )


def _no_tag(case: _Case) -> Complaint:
    if not isinstance(case.value, dict):
        return _type(case, _("a mapping"))
    name = case.context["discriminator"].strip("'")
    return Complaint(path=case.path, message=_("The key {name!r} is missing.").format(name=name))


def _own(case: _Case) -> Complaint:
    # The sentence of a ValueError of ours, without pydantic's "Value error, ".
    return Complaint(path=case.path, message=_sentence(str(case.context["error"])))


def _wrong_type(case: _Case) -> Complaint:
    return _type(case, _kinds()[case.error["type"]])


def _type(case: _Case, expected: str) -> Complaint:
    remedy = ""
    if isinstance(case.value, dict) and list(case.value.values()) == [None]:
        remedy = _('Put it in quotes: "{placeholder}".').format(placeholder=f"{{{next(iter(case.value))}}}")
    return Complaint(
        path=case.path, message=_expected(expected, case.value), expected=expected, remedy=remedy
    )


def _bound(case: _Case) -> Complaint:
    bound = _BOUNDS[case.error["type"]]
    sentence = {
        "ge": _("{value} is too small; the least is {limit}."),
        "gt": _("{value} is too small; it must be more than {limit}."),
        "le": _("{value} is too large; the most is {limit}."),
        "lt": _("{value} is too large; it must be less than {limit}."),
    }[bound]
    limit = f"{case.context[bound]:g}"
    return Complaint(path=case.path, message=sentence.format(value=_shown(case.value), limit=limit))


def _too_short(case: _Case) -> Complaint:
    least = case.context.get("min_length", 1)
    return Complaint(path=case.path, message=_("Too short; the least is {least}.").format(least=least))


def _other(case: _Case) -> Complaint:
    return Complaint(path=case.path, message=_sentence(case.error["msg"]))


def _with_words(complaint: Complaint, word: str, allowed: tuple[str, ...]) -> Complaint:
    return replace(complaint, allowed=allowed, suggestion=nearest(word, allowed))


def _quoted(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"'([^']*)'", text))


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "。")) else f"{text}."


def _expected(wanted: str, value: JSON) -> str:
    return _("Expected {wanted}, found {found}.").format(wanted=wanted, found=_found(value))


def _found(value: JSON) -> str:
    kinds = {dict: _("a mapping"), list: _("a list"), str: _("text {value}"), type(None): _("nothing")}
    return kinds.get(type(value), "{value}").format(value=_shown(value))


def _shown(value: JSON) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:60]}…"


def _at(value: JSON, path: Place) -> JSON:
    for step in path:
        value = child(value, step)
    return value


def _has(value: JSON, step: str | int) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)


def _kinds() -> Mapping[str, str]:
    a_list, a_mapping, whole = _("a list"), _("a mapping"), _("a whole number")
    return {
        "string_type": _("text"),
        "int_type": whole,
        "int_from_float": whole,
        "float_type": _("a number"),
        "bool_type": _("true or false"),
        "none_required": _("nothing"),
        **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), a_list),
        **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), a_mapping),
        **dict.fromkeys(("dataclass_type", "dataclass_exact_type"), a_mapping),
    }


_BOUNDS = {"greater_than_equal": "ge", "greater_than": "gt", "less_than_equal": "le", "less_than": "lt"}
_TELLERS: tuple[tuple[Iterable[str], Callable[[_Case], Complaint]], ...] = (
    (_UNKNOWN_KEY, _unknown_key),
    (_MISSING, _missing),
    (_WORD, _word),
    ({"union_tag_invalid"}, _unknown_tag),
    ({"union_tag_not_found"}, _no_tag),
    ({"value_error", "assertion_error"}, _own),
    (set(_kinds()), _wrong_type),
    (_BOUNDS, _bound),
    ({"too_short", "string_too_short"}, _too_short),
)
