"""From a document to values: every error at once, with its place, the alternatives and the nearest of them."""

from dataclasses import dataclass
from enum import StrEnum
from textwrap import dedent
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from crm_contracts.documents import parse, validate
from crm_contracts.model.problem import Problems
from crm_contracts.model.span import Span


class Effect(StrEnum):
    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strict:
    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - pydantic's own name


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency(Strict):
    fault: Literal["latency"]
    latency: Span
    for_: Annotated[Span | None, Field(alias="for")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(Strict):
    fault: Literal["status"]
    code: Annotated[int, Field(ge=100, le=599)] = 503
    body: str | dict[str, int] = ""
    effect: Effect | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Strict):
    title: str
    faults: tuple[Annotated[Latency | Status, Field(discriminator="fault")], ...] = ()
    names: Annotated[tuple[str, ...], Field(min_length=1)] = ("x",)


def plan(text: str) -> Plan:
    return validate(parse(dedent(text).encode(), file="a.yaml"), Plan)


def problems(text: str) -> str:
    with pytest.raises(Problems) as refused:
        plan(text)
    return str(refused.value)


def test_a_sound_document_becomes_frozen_values() -> None:
    """Lists become tuples, words become enums, durations become spans, and `for` is Python's for_."""
    read = plan("{title: a, faults: [{fault: latency, latency: 2s, for: 1m}, {fault: status, effect: read}]}")

    assert read.faults == (
        Latency(fault="latency", latency=Span(2.0), for_=Span(60.0)),
        Status(fault="status", effect=Effect.READ),
    )


def test_every_error_is_told_at_once() -> None:
    """A toxic whose attribute is called like itself keeps its line, and unknown words name the nearest."""
    text = """\
        titel: a
        faults:
          - {fault: latency, latency: 2}
          - {fault: latancy}
          - {fault: status, code: 99, effect: reed, cod: 1}
        """

    assert problems(text) == dedent("""\
        a.yaml:1:1: The key 'title' is missing.
            titel: a
            ^
        a.yaml:1:1: Unknown key 'titel'.
            titel: a
            ^
          Did you mean 'title'?
          Allowed: title, faults, names.
        a.yaml:3:31: 2 is no duration; write a number with ms, s, m, h or d (200ms, 2s, 1h), or from a promise: deadline, recovers_within, delivers_within, failover_within, fallback_max_age, half_open_after.
              - {fault: latency, latency: 2}
                                          ^
        a.yaml:4:13: Unknown fault 'latancy'.
              - {fault: latancy}
                        ^
          Did you mean 'latency'?
          Allowed: latency, status.
        a.yaml:5:27: 99 is too small; the least is 100.
              - {fault: status, code: 99, effect: reed, cod: 1}
                                      ^
        a.yaml:5:39: Unknown value 'reed'.
              - {fault: status, code: 99, effect: reed, cod: 1}
                                                  ^
          Did you mean 'read'?
          Allowed: read, write.
        a.yaml:5:45: Unknown key 'cod'.
              - {fault: status, code: 99, effect: reed, cod: 1}
                                                        ^
          Did you mean 'code'?
          Allowed: fault, code, body, effect.""")


@pytest.mark.parametrize(
    "text, told",
    [
        ("- 1", "a.yaml:1:1: Expected a mapping, found a list."),
        ("title: 1", "a.yaml:1:8: Expected text, found 1."),
        ("title: true", "a.yaml:1:8: Expected text, found true."),
        ("{title: a, names: b}", "a.yaml:1:19: Expected a list, found text 'b'."),
        ("{title: a, names: []}", "a.yaml:1:19: Too short; the least is 1."),
        ("{title: a, faults: [{code: 1}]}", "a.yaml:1:21: The key 'fault' is missing."),
        ("{title: a, faults: [3]}", "a.yaml:1:21: Expected a mapping, found 3."),
        ("{title: a, faults: [{fault: latency}]}", "a.yaml:1:21: The key 'latency' is missing."),
        (
            "{title: a, faults: [{fault: status, code: '500'}]}",
            "a.yaml:1:43: Expected a whole number, found text '500'.",
        ),
        (
            "{title: a, faults: [{fault: status, body: [1]}]}",
            "a.yaml:1:43: Expected text or a mapping, found a list.",
        ),
        (
            "{title: a, faults: [{fault: status, body: {a: b}}]}",
            "a.yaml:1:47: Expected a whole number, found text 'b'.",
        ),
    ],
)
def test_one_error_is_one_sentence_at_its_place(text: str, told: str) -> None:
    """Unions speak with one voice, and a type is named in the words of YAML."""
    lines = problems(text).splitlines()

    assert lines[0] == told
    assert not [line for line in lines[1:] if line.startswith("a.yaml")]


def test_a_map_by_mistake_is_told_to_be_quoted() -> None:
    """Braces without quotes are a YAML map, whatever their author meant."""
    assert problems("title: {order.id}").splitlines()[-1] == '  Put it in quotes: "{order.id}".'


def test_a_part_of_a_document_can_be_read_alone() -> None:
    """Positions stay those of the whole file."""
    document = parse(b"a:\n  b: {title: 1}\n", file="a.yaml")

    with pytest.raises(Problems, match=r"a\.yaml:2:14: Expected text, found 1\."):
        validate(document, Plan, at=("a", "b"))


def test_a_type_without_a_schema_still_gets_positions() -> None:
    """Alternatives cannot be listed there, but the place can."""

    @dataclass(frozen=True, kw_only=True)
    class Odd(Strict):
        call: Any = None
        work: Annotated[Any, Field(default=None)] = None
        count: int

    with pytest.raises(Problems, match=r"a\.yaml:1:9: Expected a whole number, found text 'x'\."):
        validate(parse(b"{count: x}", file="a.yaml"), Odd)
