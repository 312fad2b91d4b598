"""Content types that say something else."""

from typing import ClassVar

from crm_contracts.model.case import Served
from crm_contracts.model.exchange import Answer
from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Layer, Refusal, WholeMutation, with_header

_TYPES = ("text/plain", "text/html; charset=utf-8", "application/octet-stream", "json", None)
_CHARSETS = ("klingon", "utf-16", "")


class WrongContentType(WholeMutation):
    """The JSON is sound, but its Content-Type says text, HTML, a stream of bytes, or nothing.

    A caller may take it or refuse it; it may not crash.

    Example: `{fault: malformed_body, variant: wrong_content_type}`.
    Source: N19; RFC 9110 8.3.
    """

    name: ClassVar[str] = "wrong_content_type"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "framing"
    ways: ClassVar[int] = 5

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("under another content type")

    def apply(self, answer: Answer, place: int) -> Served:
        """The same bytes under another name."""
        return with_header(answer, "content-type", _TYPES[place])


class UnknownCharset(WholeMutation):
    """The Content-Type names an encoding that is not known, not meant, or none: `charset=klingon`, `charset=utf-16`, `charset=`.

    The text is UTF-8 whatever is said: `charset` means nothing for JSON (RFC 8259 11).

    Example: `{fault: malformed_body, variant: unknown_charset}`.
    Source: N19; RFC 8259 11.
    """

    name: ClassVar[str] = "unknown_charset"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "framing"
    ways: ClassVar[int] = 3

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with an encoding in its head that means nothing")

    def apply(self, answer: Answer, place: int) -> Served:
        """The same bytes with such a parameter."""
        return with_header(answer, "content-type", f"application/json; charset={_CHARSETS[place]}")
