"""What a mutation is: a named way to break a payload, at one of the places where it could be broken."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal, NamedTuple, Protocol

from crm_contracts.model.case import Served
from crm_contracts.model.exchange import Answer

Refusal = Literal["must_refuse", "may_accept"]
Layer = Literal["framing", "syntax", "schema", "meaning"]


class Mutation(Protocol):
    """A named way to break a payload.

    `refusal` is `must_refuse` where taking the payload for success is wrong whatever comes of it, and `may_accept` where a
    caller may read it all the same: then only a crash, a hang, or a value that differs from the sound payload's is wrong.
    `comparable` is False where the payload rightly says something else (a field more, a new word), so that another value
    is no sign of damage.
    """

    @property
    def name(self) -> str: ...

    @property
    def refusal(self) -> Refusal: ...

    @property
    def layer(self) -> Layer: ...

    @property
    def comparable(self) -> bool: ...

    def sentence(self) -> str:
        """What is wrong with the payload, in a few words."""

    def places(self, body: bytes) -> int:
        """At how many places of this payload it could be applied; 0: it does not fit."""

    def apply(self, answer: Answer, place: int) -> Served:
        """The answer, broken at one of the places of its body (from 0); the same for the same place."""


class Edit(NamedTuple):
    """Some bytes of a text that others take the place of."""

    start: int
    end: int
    data: bytes

    def on(self, body: bytes) -> bytes:
        """The text after the edit."""
        return b"".join((body[: self.start], self.data, body[self.end :]))


@dataclass(frozen=True, slots=True)
class TextMutation:
    """A mutation that changes some bytes of the body; the head is that of success, and its Content-Length fits."""

    name: ClassVar[str]
    refusal: ClassVar[Refusal]
    layer: ClassVar[Layer] = "syntax"
    comparable: ClassVar[bool] = True

    def sentence(self) -> str:
        """What is wrong with the payload, in a few words."""
        raise NotImplementedError

    def edits(self, body: bytes) -> Sequence[Edit]:
        """What could be changed, a place each."""
        raise NotImplementedError

    def places(self, body: bytes) -> int:
        """As many as there are edits."""
        return len(edits_of(self, body))

    def apply(self, answer: Answer, place: int) -> Served:
        """The answer with one edit done."""
        return with_body(answer, edits_of(self, answer.body)[place].on(answer.body))


@dataclass(frozen=True, slots=True)
class SchemaMutation(TextMutation):
    """A mutation after which the body is sound JSON that is not as its schema says, as far as can be told without one.

    `keywords` are those of JSON Schema that it is to break; where the schema is known, `bound` leaves out the places where
    it breaks none of them.
    """

    layer: ClassVar[Layer] = "schema"
    keywords: ClassVar[frozenset[str]]


@lru_cache(maxsize=64)
def edits_of(mutation: TextMutation, body: bytes) -> Sequence[Edit]:
    """The edits of a mutation on a body; drawing and shrinking ask for the same ones again and again."""
    return mutation.edits(body)


@dataclass(frozen=True, slots=True)
class WholeMutation:
    """A mutation that touches the answer as a whole, in one of a few ways: each way is a place.

    It fits every payload that is not empty.
    """

    name: ClassVar[str]
    refusal: ClassVar[Refusal]
    layer: ClassVar[Layer]
    comparable: ClassVar[bool] = True
    ways: ClassVar[int] = 1

    def sentence(self) -> str:
        """What is wrong with the payload, in a few words."""
        raise NotImplementedError

    def places(self, body: bytes) -> int:
        """One a way."""
        return self.ways if body else 0

    def apply(self, answer: Answer, place: int) -> Served:
        """The answer, broken in one of the ways."""
        raise NotImplementedError


def with_body(answer: Answer, body: bytes) -> Answer:
    """The same answer with another body."""
    return Answer(status=answer.status, headers=answer.headers, body=body, reason=answer.reason)


def with_header(answer: Answer, name: str, value: str | None) -> Answer:
    """The same answer with one header replaced, or (None) without it.

    >>> with_header(Answer(status=200), "content-type", "text/plain").headers
    (('content-type', 'text/plain'),)
    """
    kept = tuple(pair for pair in answer.headers if pair[0].lower() != name)
    headers = kept if value is None else (*kept, (name, value))
    return Answer(status=answer.status, headers=headers, body=answer.body, reason=answer.reason)
