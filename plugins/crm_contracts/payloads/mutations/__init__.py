"""The mutations: one, or a small family, a file. A new one is listed here, and nowhere else.

Each says where it could be applied to a payload, and applies itself to one of these places; the same place gives the same
bytes. They need the standard library alone.

>>> [TrailingComma().places(body) for body in (b'{"a": [1]}', b"[]", b"<html>")]
[2, 0, 0]
"""

from crm_contracts.payloads.mutations.bound import Bound, bound
from crm_contracts.payloads.mutations.brackets import MismatchedBracket
from crm_contracts.payloads.mutations.chunks import ChunkSizeWrong, LastChunkMissing, TwoFramings
from crm_contracts.payloads.mutations.commas import MissingComma, TrailingComma
from crm_contracts.payloads.mutations.comment import Comment
from crm_contracts.payloads.mutations.compression import GzipDamaged, GzipTruncated, GzipUntold, GzipUntrue
from crm_contracts.payloads.mutations.content_type import UnknownCharset, WrongContentType
from crm_contracts.payloads.mutations.control_character import BadEscape, ControlCharacter
from crm_contracts.payloads.mutations.cursor_loop import CursorLoop
from crm_contracts.payloads.mutations.cut import Cut, CutByReset, HeadCut
from crm_contracts.payloads.mutations.deep_nesting import Nesting
from crm_contracts.payloads.mutations.double_encoded import DoubleEncoded
from crm_contracts.payloads.mutations.duplicate_key import DuplicateKey
from crm_contracts.payloads.mutations.empty import Empty, EmptyObject, Null
from crm_contracts.payloads.mutations.encodings import ByteOrderMark, Utf16, WrongCharset
from crm_contracts.payloads.mutations.extra_field import ExtraField
from crm_contracts.payloads.mutations.header_line import HeaderLine
from crm_contracts.payloads.mutations.html import HtmlPage
from crm_contracts.payloads.mutations.huge_number import HugeNumber
from crm_contracts.payloads.mutations.invalid_utf8 import InvalidUtf8
from crm_contracts.payloads.mutations.json_lines import JsonLines
from crm_contracts.payloads.mutations.lengths import (
    LengthNoNumber,
    LengthTooLong,
    LengthTooShort,
    LengthTwice,
)
from crm_contracts.payloads.mutations.literal import ForeignLiteral
from crm_contracts.payloads.mutations.lone_surrogate import LoneSurrogate
from crm_contracts.payloads.mutations.missing_field import MissingField
from crm_contracts.payloads.mutations.mutation import (
    Edit,
    Layer,
    Mutation,
    Refusal,
    SchemaMutation,
    TextMutation,
    WholeMutation,
)
from crm_contracts.payloads.mutations.not_a_number import Infinity, NotANumber
from crm_contracts.payloads.mutations.null_value import NullValue
from crm_contracts.payloads.mutations.odd_number import OddNumber
from crm_contracts.payloads.mutations.odd_space import OddSpace
from crm_contracts.payloads.mutations.out_of_range import OutOfRange
from crm_contracts.payloads.mutations.quotes import SingleQuotes, UnescapedQuote, UnquotedName
from crm_contracts.payloads.mutations.stale import Stale
from crm_contracts.payloads.mutations.stray_text import StrayText
from crm_contracts.payloads.mutations.truncated import Truncated
from crm_contracts.payloads.mutations.unknown_enum_value import UnknownEnumValue
from crm_contracts.payloads.mutations.wrong_format import WrongFormat
from crm_contracts.payloads.mutations.wrong_id import WrongId
from crm_contracts.payloads.mutations.wrong_type import WrongType

__all__ = [
    "MUTATIONS",
    "Bound",
    "Edit",
    "Layer",
    "Mutation",
    "Refusal",
    "SchemaMutation",
    "TextMutation",
    "WholeMutation",
    "bound",
    "mutation_named",
]

_SYNTAX: tuple[Mutation, ...] = (
    TrailingComma(),
    MissingComma(),
    MismatchedBracket(),
    SingleQuotes(),
    UnquotedName(),
    UnescapedQuote(),
    Comment(),
    NotANumber(),
    Infinity(),
    OddNumber(),
    HugeNumber(),
    ForeignLiteral(),
    Truncated(),
    DuplicateKey(),
    ControlCharacter(),
    BadEscape(),
    OddSpace(),
    LoneSurrogate(),
    InvalidUtf8(),
    ByteOrderMark(),
    Utf16(),
    Nesting(),
    DoubleEncoded(),
    JsonLines(),
    StrayText(),
    Empty(),
    HtmlPage(),
)
_FRAMING: tuple[Mutation, ...] = (
    LengthTooLong(),
    LengthTooShort(),
    LengthTwice(),
    LengthNoNumber(),
    LastChunkMissing(),
    ChunkSizeWrong(),
    TwoFramings(),
    Cut(),
    CutByReset(),
    HeadCut(),
    HeaderLine(),
    WrongContentType(),
    UnknownCharset(),
    WrongCharset(),
    GzipDamaged(),
    GzipTruncated(),
    GzipUntrue(),
    GzipUntold(),
)
_SCHEMA: tuple[Mutation, ...] = (
    MissingField(),
    WrongType(),
    NullValue(),
    UnknownEnumValue(),
    WrongFormat(),
    OutOfRange(),
    ExtraField(),
    EmptyObject(),
    Null(),
)
_MEANING: tuple[Mutation, ...] = (WrongId(), Stale(), CursorLoop())

MUTATIONS: tuple[Mutation, ...] = (*_SYNTAX, *_FRAMING, *_SCHEMA, *_MEANING)
"""Every mutation."""

_BY_NAME = {mutation.name: mutation for mutation in MUTATIONS}


def mutation_named(name: str) -> Mutation:
    """Return the mutation of a name; raises KeyError.

    >>> mutation_named("nan").refusal
    'may_accept'
    """
    return _BY_NAME[name]
