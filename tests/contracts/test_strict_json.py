import json
import pickle
from random import Random

import pytest

from crm_contracts.contracts import StrictJsonError, strict_json
from crm_contracts.contracts.json_scanner import DEEPEST, scan

ACCEPTED = [
    (b"{}", {}),
    (b"[]", []),
    (b" \t\r\n1 \n", 1),
    (b'"a"', "a"),
    (b"null", None),
    (b"true", True),
    (b"-0", 0),
    (b"-0.0e-7", 0.0),
    (b"1E+2", 100.0),
    (b"9223372036854775808", 9223372036854775808),
    (b'{"a": [1, {"b": null}]}', {"a": [1, {"b": None}]}),
    ('"中文"'.encode(), "中文"),
    (b'"\\u4e2d\\ud83d\\ude00"', "中😀"),
    (b'"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'),
    (b'"\x7f"', "\x7f"),
    (b'{"":0}', {"": 0}),
    (b'{"a":1,"A":2}', {"a": 1, "A": 2}),
    (b"[" * DEEPEST + b"]" * DEEPEST, None),
    (b'{"text": "[[[[{{{{,]}"}', {"text": "[[[[{{{{,]}"}),
]
REFUSED = [
    (b"", "json.empty", 0),
    (b" \n ", "json.empty", 0),
    (b'{"a": 1,}', "json.trailing_comma", 7),
    (b"[1, 2 , ]", "json.trailing_comma", 6),
    (b"[,]", "json.unexpected", 1),
    (b"[1,,2]", "json.unexpected", 3),
    (b"{,}", "json.unexpected", 1),
    (b"NaN", "json.nan", 0),
    (b"[1, Infinity]", "json.nan", 4),
    (b'{"a": -Infinity}', "json.nan", 6),
    (b'{"a": 1, "a": 2}', "json.duplicate_key", 9),
    (b'{"ab": 1, "a\\u0062": 2}', "json.duplicate_key", 10),
    (b'[{"x": {"k": 1, "k": 1}}]', "json.duplicate_key", 16),
    (b"\xef\xbb\xbf{}", "json.bom", 0),
    (b'{"a": "\xff"}', "json.utf8", 7),
    (b'"\xc0\xaf"', "json.utf8", 1),
    (b'"\xed\xa0\x80"', "json.utf8", 1),
    ("{}".encode("utf-16"), "json.utf8", 0),
    ("{}".encode("utf-16-be"), "json.control_character", 0),
    (b'"a\nb"', "json.control_character", 2),
    (b'{"a": "\x00"}', "json.control_character", 7),
    (b"[1\x0b]", "json.control_character", 2),
    (b'"\\ud800"', "json.lone_surrogate", 1),
    (b'{"a": "x\\udc00"}', "json.lone_surrogate", 8),
    (b'"\\ud83d\\u0041"', "json.lone_surrogate", 1),
    (b'{"a": ', "json.truncated", 6),
    (b'{"a', "json.truncated", 3),
    (b'{"a": tr', "json.truncated", 8),
    (b"[1, 2", "json.truncated", 5),
    (b'"\\u12', "json.truncated", 5),
    (b"[1.", "json.truncated", 3),
    (b"{'a': 1}", "json.single_quotes", 1),
    (b"['a']", "json.single_quotes", 1),
    (b"// note\n{}", "json.comment", 0),
    (b"[1 /* two */]", "json.comment", 3),
    (b"{a: 1}", "json.unquoted_key", 1),
    (b"[01]", "json.number", 1),
    (b"[+1]", "json.number", 1),
    (b"[.5]", "json.number", 1),
    (b"[1.]", "json.number", 1),
    (b"[0x1F]", "json.number", 1),
    (b"[1e400]", "json.number", 1),
    (b"[-1e400]", "json.number", 1),
    (b"1" + b"0" * 309, "json.number", 0),
    (b"1" * 5000, "json.number", 0),
    (b"{} {}", "json.trailing_data", 3),
    (b'{"a": 1}\n{"a": 2}\n', "json.trailing_data", 9),
    (b'{"a": 1}}', "json.trailing_data", 8),
    (b"[True]", "json.literal", 1),
    (b"[None]", "json.literal", 1),
    (b"undefined", "json.literal", 0),
    (b'{"a" 1}', "json.missing_colon", 5),
    (b'{"a": 1 "b": 2}', "json.missing_comma", 8),
    (b"[1 2]", "json.missing_comma", 3),
    (b'"\\x41"', "json.escape", 1),
    (b'"\\u00zz"', "json.escape", 1),
    (b"<html>", "json.unexpected", 0),
    (b"{1: 2}", "json.unexpected", 1),
    (b"\xc2\xa0{}", "json.unexpected", 0),
    (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "json.depth", DEEPEST),
    (b"[" * 100_000, "json.depth", DEEPEST),
    (b'{"a":' * 100_000, "json.depth", DEEPEST * 5),
]


@pytest.mark.parametrize("text, value", ACCEPTED)
def test_what_the_rfc_allows_is_read(text, value):
    """A text that RFC 8259 allows is read, and means what Python's own reader says."""
    assert strict_json(text) == (json.loads(text) if value is None else value)


@pytest.mark.parametrize("text, rule, offset", REFUSED, ids=[str(text[:20]) for text, _, _ in REFUSED])
def test_what_the_rfc_refuses_is_named_with_its_byte(text, rule, offset):
    """A text that a strict CRM refuses is refused with the rule and the offset of the wrong byte."""
    with pytest.raises(StrictJsonError) as refused:
        strict_json(text)
    assert (refused.value.rule, refused.value.offset) == (rule, offset)
    assert refused.value.message


def test_of_two_faults_the_first_is_told():
    """The first wrong byte counts, whether its fault is one of syntax or of encoding."""
    with pytest.raises(StrictJsonError, match=r"json.trailing_comma at byte 2"):
        strict_json(b'[1,] "\xff"')
    with pytest.raises(StrictJsonError, match=r"json.utf8 at byte 2"):
        strict_json(b'["\xff",]')


def test_many_shallow_brackets_are_no_depth():
    """A long list of small objects is not deep."""
    assert strict_json(b"[" + b",".join([b"{}"] * 1000) + b"]") == [{}] * 1000


def test_the_fast_and_the_exact_reader_agree():
    """Whatever is done to a text, both readers accept it or neither does."""
    random = Random(7)
    seeds = [text for text, _value in ACCEPTED[:-2]] + [
        b'{"id": 7, "tags": ["a\\n", 1.5e3], "ok": true, "x": null}'
    ]
    for _attempt in range(20_000):
        text = bytearray(random.choice(seeds))
        for _change in range(random.randint(1, 3)):
            at = random.randint(0, len(text))
            text[at : at + random.randint(0, 2)] = random.choice(
                [
                    b"",
                    b",",
                    b'"',
                    b"\\",
                    b"{",
                    b"}",
                    b"[",
                    b"]",
                    b":",
                    b"0",
                    b"e",
                    b".",
                    b"-",
                    b" ",
                    b"\x01",
                    b"\xff",
                    b"u",
                ]
            )
        assert _reads(strict_json, bytes(text)) == _reads(scan, bytes(text)), bytes(text)


def test_the_refusal_can_cross_a_pipe():
    """A refusal is the same after it was pickled."""
    error = pickle.loads(pickle.dumps(StrictJsonError("json.bom", "A mark.", 3)))
    assert (error.rule, error.message, error.offset) == ("json.bom", "A mark.", 3)


def test_every_value_and_name_has_its_byte():
    """The offsets of values and of names are counted in bytes, not in characters."""
    text = '{"中": [10, {"a/b": "ä"}], "z": null}'.encode()
    offsets = scan(text)
    assert text[offsets["/中/0"] :].startswith(b"10")
    assert text[offsets["/中/1/a~1b"] :].startswith('"ä"'.encode())
    assert text[offsets["/z"] :].startswith(b"null")
    assert text[offsets.names["/z"] :].startswith(b'"z"')
    assert offsets.nearest("/中/9/x") == offsets["/中"]


def _reads(reader, text):
    try:
        reader(text)
    except StrictJsonError as error:
        return error.rule, error.offset
    return "read"
