"""Nothing, or nothing in it."""

from typing import ClassVar

from crm_contracts.model.case import Served
from crm_contracts.model.exchange import Answer
from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Layer, Refusal, WholeMutation, with_body

_OTHERS = {False: (b"{}", b"[]"), True: (b"[]", b"{}")}


class Empty(WholeMutation):
    """The answer says success and JSON, and its body has no byte, or nothing but space.

    Example: `{fault: malformed_body, variant: empty}`.
    Source: N19; RFC 8259 2.
    """

    name: ClassVar[str] = "empty"
    refusal: ClassVar[Refusal] = "must_refuse"
    layer: ClassVar[Layer] = "syntax"
    ways: ClassVar[int] = 3

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("without a byte")

    def apply(self, answer: Answer, place: int) -> Served:
        """No byte, a space, or a line feed."""
        return with_body(answer, (b"", b" ", b"\r\n")[place])


class Null(WholeMutation):
    """The whole body is `null`.

    It is sound JSON and not what was promised; a caller that looks into it without asking crashes.

    Example: `{fault: malformed_body, variant: null_body}`.
    Source: N4; RFC 8259 3.
    """

    name: ClassVar[str] = "null_body"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "schema"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("that is null")

    def places(self, body: bytes) -> int:
        """One, where the body was something else."""
        return 0 if body.strip() in {b"", b"null"} else 1

    def apply(self, answer: Answer, place: int) -> Served:  # noqa: ARG002 - there is one way
        """Null alone."""
        return with_body(answer, b"null")


class EmptyObject(WholeMutation):
    """The whole body is `{}` or `[]`: sound JSON that says nothing.

    Example: `{fault: malformed_body, variant: empty_object}`.
    Source: N4, N19; RFC 8259 4, 5.
    """

    name: ClassVar[str] = "empty_object"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "schema"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("that is an empty object or array")

    def places(self, body: bytes) -> int:
        """Two, where the body was something else."""
        return 0 if body.strip() in {b"", b"{}", b"[]"} else 2

    def apply(self, answer: Answer, place: int) -> Served:
        """An empty object, or an empty array."""
        return with_body(answer, _OTHERS[answer.body.strip()[:1] == b"["][place])
