"""Content-Lengths that do not fit."""

from typing import ClassVar

from crm_contracts.model.case import Served
from crm_contracts.model.exchange import Answer
from crm_contracts.model.language import _
from crm_contracts.model.wire import framed
from crm_contracts.payloads.mutations.delivered import ended
from crm_contracts.payloads.mutations.mutation import Layer, Refusal, WholeMutation


class LengthTooLong(WholeMutation):
    """Content-Length promises more bytes than come; all of the JSON is there, then the connection closes.

    Such an answer is incomplete (RFC 9112 8): nobody knows what else was meant to come.

    Example: `{fault: malformed_body, variant: length_too_long}`.
    Source: N19; RFC 9112 6.3, 8.
    """

    name: ClassVar[str] = "length_too_long"
    refusal: ClassVar[Refusal] = "must_refuse"
    layer: ClassVar[Layer] = "framing"
    ways: ClassVar[int] = 3

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("that is shorter than its Content-Length")

    def apply(self, answer: Answer, place: int) -> Served:
        """The whole body, and a promise of more."""
        length = len(answer.body) + (1, 100, 65_536)[place]
        return ended(answer, framed(answer, f"Content-Length: {length}") + answer.body)


class LengthTooShort(WholeMutation):
    """Content-Length ends the body before the JSON does; what is left over belongs to no answer.

    Example: `{fault: malformed_body, variant: length_too_short}`.
    Source: N19; RFC 9112 6.3.
    """

    name: ClassVar[str] = "length_too_short"
    refusal: ClassVar[Refusal] = "must_refuse"
    layer: ClassVar[Layer] = "framing"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("that is longer than its Content-Length")

    def places(self, body: bytes) -> int:
        """After each byte but the last, the latest first."""
        text = body.strip()
        return len(body.rstrip()) - 1 if text[:1] in {b"{", b"[", b'"'} else 0

    def apply(self, answer: Answer, place: int) -> Served:
        """The whole body, and a length that ends in it."""
        length = len(answer.body.rstrip()) - 1 - place
        return ended(answer, framed(answer, f"Content-Length: {length}") + answer.body)


class LengthTwice(WholeMutation):
    """There are two Content-Lengths that differ: the right one, and one that is too small.

    RFC 9112 6.3 calls it an unrecoverable error; some clients take the first and read on.

    Example: `{fault: malformed_body, variant: length_twice}`.
    Source: N4; RFC 9112 6.3.
    """

    name: ClassVar[str] = "length_twice"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "framing"
    ways: ClassVar[int] = 2

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with two different Content-Lengths")

    def apply(self, answer: Answer, place: int) -> Served:
        """The whole body under two lengths, in both orders."""
        right, wrong = len(answer.body), len(answer.body) - 1
        lengths = (right, wrong) if place == 0 else (wrong, right)
        lines = (f"Content-Length: {length}" for length in lengths)
        return ended(answer, framed(answer, *lines) + answer.body, whole=True)


class LengthNoNumber(WholeMutation):
    """Content-Length is no number: `ten`, `-1`, `+7`, nothing.

    RFC 9112 6.3 calls it an unrecoverable error; some clients read to the end of the connection.

    Example: `{fault: malformed_body, variant: length_no_number}`.
    Source: N4; RFC 9112 6.3.
    """

    name: ClassVar[str] = "length_no_number"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "framing"
    ways: ClassVar[int] = 4

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with a Content-Length that is no number")

    def apply(self, answer: Answer, place: int) -> Served:
        """The whole body under such a length."""
        length = ("ten", "-1", f"+{len(answer.body)}", "")[place]
        return ended(answer, framed(answer, f"Content-Length: {length}") + answer.body, whole=True)
