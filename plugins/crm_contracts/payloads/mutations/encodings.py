"""Texts in another encoding."""

from typing import ClassVar

from crm_contracts.model.case import Served
from crm_contracts.model.exchange import Answer
from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Layer, Refusal, WholeMutation, with_body, with_header

_CHARSETS = ("gb18030", "latin-1")


class ByteOrderMark(WholeMutation):
    """The text begins with a byte order mark, as some Windows programs write it.

    RFC 8259 8.1 forbids to send it and permits to ignore it. Python's reader raises for text and takes it in bytes.

    Example: `{fault: malformed_body, variant: byte_order_mark}`.
    Source: N4; RFC 8259 8.1.
    """

    name: ClassVar[str] = "byte_order_mark"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "syntax"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("that begins with a byte order mark")

    def apply(self, answer: Answer, place: int) -> Served:  # noqa: ARG002 - there is one way
        """The same text behind the mark."""
        return with_body(answer, b"\xef\xbb\xbf" + answer.body)


class Utf16(WholeMutation):
    """The text is UTF-16, with and without a byte order mark; its head says nothing of it.

    JSON on the wire is UTF-8 (RFC 8259 8.1); until 2014 other encodings were allowed, and some readers still find out.

    Example: `{fault: malformed_body, variant: utf16}`.
    Source: N4; RFC 8259 8.1; RFC 4627 3.
    """

    name: ClassVar[str] = "utf16"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "syntax"
    ways: ClassVar[int] = 3

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("in UTF-16")

    def apply(self, answer: Answer, place: int) -> Served:
        """The same text in other bytes."""
        encoding = ("utf-16-le", "utf-16-be", "utf-16")[place]
        return with_body(answer, answer.body.decode("utf-8", "replace").encode(encoding, "replace"))


class WrongCharset(WholeMutation):
    """The text is in an old encoding (Latin-1, GB 18030), and its head says UTF-8; only a text that is not plain ASCII shows it.

    Example: `{fault: malformed_body, variant: wrong_charset}`.
    Source: N19; RFC 8259 8.1.
    """

    name: ClassVar[str] = "wrong_charset"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "framing"

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("in another encoding than its head says")

    def places(self, body: bytes) -> int:
        """One for each encoding that makes a difference."""
        return len(_differing(body))

    def apply(self, answer: Answer, place: int) -> Served:
        """The same text in other bytes."""
        told = with_header(answer, "content-type", "application/json; charset=utf-8")
        return with_body(told, _differing(answer.body)[place])


def _differing(body: bytes) -> list[bytes]:
    """The text in each old encoding that has all of its letters and is no UTF-8 by chance."""
    found = []
    for charset in _CHARSETS:
        try:
            sent = body.decode().encode(charset)
        except UnicodeError:
            continue
        if not _is_utf8(sent):
            found.append(sent)
    return found


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
