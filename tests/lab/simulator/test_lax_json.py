"""What lax parsers make of what is no JSON."""

import pytest

from crm_contracts.lab.simulator.lax_json import LaxJsonError, lax_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            b'{"a": 1, "b": [true, false, null], "c": {"d": "e"}}',
            {"a": 1, "b": [True, False, None], "c": {"d": "e"}},
        ),
        (b'{"a": 1,}', {"a": 1}),
        (b"[1, 2, ]", [1, 2]),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"\xef\xbb\xbf[]", []),
        (b'{a: 1, $b_2: "x"}', {"a": 1, "$b_2": "x"}),
        (b"{'a': 'it\\'s \"x\"'}", {"a": 'it\'s "x"'}),
        (b"[1, // one\n /* two */ 2]", [1, 2]),
        (b"[NaN, Infinity, -Infinity, undefined]", [None, None, None, None]),
        (b"[+1, .5, 5., -2e3, 007]", [1, 0.5, 5.0, -2000.0, 7]),
        ('["\\u4e2d\\n", "中"]'.encode(), ["中\n", "中"]),
        (b'["line\nbreak"]', ["line\nbreak"]),
        (b'"\xff"', "\ufffd"),
        (b"{}", {}),
        (b" 7 ", 7),
    ],
)
def test_taken(text: bytes, value) -> None:
    """Everything that usual lax parsers take is understood."""
    assert lax_json(text) == value


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b'{"a"}',
        b'{"a": }',
        b"[1 2]",
        b'"abc',
        b"maybe",
        b"[1]]",
        b"<html></html>",
        b'"\\x"',
        b"[" * 500,
        b"-",
        b",",
    ],
)
def test_refused(text: bytes) -> None:
    """Nothing is guessed where even a lax parser is lost."""
    with pytest.raises(LaxJsonError):
        lax_json(text)
