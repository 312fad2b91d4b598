r"""RFC 8259 as a table: each production with what it takes, what it does not, and what it leaves open.

`y` texts must be read, `n` texts must be refused. `i` texts are within the grammar, but the RFC calls them unpredictable or
leaves them to the reader: ours refuses them all, because a CRM that is strict may.
"""

import json
from collections.abc import Iterator
from itertools import product

import pytest

from crm_contracts.contracts import StrictJsonError, strict_json
from crm_contracts.contracts.json_scanner import DEEPEST
from crm_contracts.model.exchange import Answer
from crm_contracts.payloads.mutations import MUTATIONS, Mutation

# Section, verdict, texts (as Latin-1: one letter is one byte).
TABLE: list[tuple[str, str, list[str]]] = [
    ("2 value alone", "y", ["0", "-1", '""', '"a"', "true", "false", "null", "{}", "[]", "[[]]", "[{}]", '{"":{}}']),
    ("2 space", "y", [" 1", "1 ", "\t1\r\n", "[ ]", "{ }", "[ 1 , 2 ]", '{ "a" : 1 }', '\n{\r"a"\t:\n1}\n', "[\n]"]),
    ("2 space", "n", ["\f1", "\v1", "1\xc2\xa0", "\xe2\x80\xa81", "\xe3\x80\x801", "[\f]", "\x001", "1\x00", "[1\x1f]"]),
    ("2 one value", "n", ["", " ", "\n", "1 2", "{}{}", "[]]", "{}}", "[][]", '""""', "1,", ",1", "null null", "1\n1"]),
    ("2 one value", "n", ["[1]x", '{"a":1}#', "[1]// x", "{}/**/", "/**/{}", "# x\n1", "<a/>", "a", "*", "\\", ":", ","]),
    ("2 brackets", "n", ["[", "]", "{", "}", "[}", "{]", "[1", "1]", '{"a":1', '{"a":[1}', '["a"}', "[[]", "((1))"]),
    ("3 literals", "n", ["True", "TRUE", "False", "Null", "NULL", "None", "nil", "undefined", "yes", "no", "on", "t", "f"]),
    ("3 literals", "n", ["tru", "fals", "nul", "truee", "nulll", "true1", "[tru]", "[nu", "trUe", "true false", "NaN"]),
    ("3 literals", "n", ["Infinity", "-Infinity", "+Infinity", "-NaN", "[NaN]", "inf", "nan", "-inf", "1.#INF", "[Inf]"]),
    ("4 objects", "y", ['{"a":1}', '{"a":1,"b":2}', '{"a":{"a":1}}', '{"a":[]}', '{"\\u0061":1}', '{" ":1}', '{"a\\"b":1}']),
    ("4 objects", "n", ["{1:1}", "{a:1}", "{'a':1}", '{"a"}', '{"a":}', "{:1}", '{"a" 1}', '{"a"=1}', '{"a"::1}', "{null:1}"]),
    ("4 objects", "n", ['{"a":1,}', '{,"a":1}', '{"a":1,,"b":2}', '{"a":1 "b":2}', '{"a":1;"b":2}', "{,}", '{"a":1,"b"}']),
    ("4 objects", "n", ['{"a":1:2}', "{[]:1}", "{{}:1}", '{"a", 1}', '{"a":/**/1}', '{"a":1}}', '{"a":1]', '{"', '{"a', '{"a"']),
    ("4 duplicates", "i", ['{"a":1,"a":1}', '{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '[{"b":{"x":1,"x":1}}]', '{"":1,"":2}']),
    ("5 arrays", "y", ["[1]", "[1,2]", "[[1],[2]]", '[null,true,1,"a",{},[]]', "[ [ ] , { } ]", "[0,0,0]"]),
    ("5 arrays", "n", ["[,]", "[1,]", "[,1]", "[1,,2]", "[1 2]", "[1;2]", "[1:2]", '["a":1]', "[1,", "[,", "[[1]", "[1]]"]),
    ("5 arrays", "n", ["[1 true]", "[-]", "[a]", "['a']", '["a" "b"]', "[...]", "[1..2]", "[/**/]", "[1, // x\n2]", "[#]"]),
    ("6 numbers", "y", ["0", "-0", "1", "10", "-10", "0.0", "0.10", "1.5", "-1.5", "1e1", "1E1", "1e+1", "1e-1", "1.5e10"]),
    ("6 numbers", "y", ["0e0", "0E+0", "-0.0e-0", "123456789012345678901234567890", "1e308", "1e-400", "2.5e-324", "9" * 300]),
    ("6 numbers", "n", ["+1", "01", "-01", "00", "1.", ".5", "-.5", "1.e1", "1e", "1e+", "e1", "1.5.5", "1e1.5", "--1", "-", "+"]),
    ("6 numbers", "n", ["0x1F", "0b1", "0o7", "1_000", "1,000", "1'000", "1f", "1L", "1n", "1/2", "- 1", "1 e1", "$1", "1%"]),
    ("6 numbers", "n", ["0.e1", "0e", "0e+-1", "1e--1", "-a", "2.e3", "2.e-3", "1ea", "\xef\xbc\x91", "\xd9\xa1", "1.\xd9\xa1"]),
    ("6 range", "i", ["1e309", "-1e309", "1e400", "[1e999999999]", "1" + "0" * 309, "9" * 5000, "-" + "9" * 400, "1.5e1000"]),
    ("7 strings", "y", ['"\x7f"', '"/"', '"\\/"', '"\\u0000"', '"\\u001f"', '"\\uFFFF"', '"\\u00e9"', '"\\\\u0061"', '"\'"']),
    ("7 strings", "y", ['"\\ud83d\\ude00"', '"\\uD83D\\uDE00"', '"\\udbff\\udfff"', '"a\\\\"', '"\\\\\\""', '"\xe2\x80\xa8"', '"//"']),
    ("7 strings", "n", ['"', '"a', '"\\"', '"\\', "'a'", '"a"b"', '"a" "b"', "`a`", '"\\a"', '"\\x41"', '"\\0"', "\"\\'\"", '"\\ "']),
    ("7 strings", "n", ['"\\u"', '"\\u1"', '"\\u12"', '"\\u123"', '"\\u123g"', '"\\u{61}"', '"\\U0061"', '"\\u 061"', '"\\u+061"']),
    ("7 strings", "n", ['"\\u-061"', '"\\u00_1"', '"\\\n"', '"a\nb"', '"a\tb"', '"a\rb"', '"\x00"', '"\x1f"', '["\x0b"]', '{"a\n":1}']),
    ("8.1 encoding", "n", ['"\xff"', '"\xfe"', '"\x80"', '"\xc0\xaf"', '"\xc1\xbf"', '"\xe0\x80\xaf"', '"\xf0\x80\x80\xaf"', "\xff"]),
    ("8.1 encoding", "n", ['"\xe9"', '"\xe4\xb8"', '"\xed\xa0\x80"', '"\xed\xbf\xbf"', '"\xf4\x90\x80\x80"', '"\xf8\x88\x80\x80\x80"']),
    ("8.1 encoding", "n", ['{"\xff":1}', "\xff\xfe[\x00]\x00", "\xfe\xff\x00[\x00]", "[\x00]\x00", "\x00[\x00]", "\xc3\x28", '"\xc3"']),
    ("8.1 encoding", "y", ['"\xc3\xa9"', '"\xe4\xb8\xad"', '"\xf0\x9f\x98\x80"', '"\xf4\x8f\xbf\xbf"', '"\xef\xbf\xbf"', '"\xc2\x80"']),
    ("8.1 mark", "i", ["\xef\xbb\xbf1", "\xef\xbb\xbf{}", "\xef\xbb\xbf[1]", "\xef\xbb\xbf"]),
    ("8.2 halves", "i", ['"\\ud800"', '"\\udc00"', '"\\ud83dx"', '"\\ud83d\\u0041"', '"\\ude00\\ud83d"', '{"\\ud800":1}']),
    ("8.2 halves", "i", ['"\\ud800\\ud800\\udc00"', '"\\udfff"', '"\\uDBFF"', '"a\\uD800b"', '["\\ud83d", "\\ude00"]', '"\\ud83d\\n"']),
    ("9 depth", "y", ["[" * DEEPEST + "]" * DEEPEST, '{"a":' * DEEPEST + "1" + "}" * DEEPEST, "[" + "[]," * 1000 + "[]]"]),
    ("9 depth", "i", ["[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "[" * 100_000 + "]" * 100_000, '{"a":' * 500 + "1" + "}" * 500]),
]  # fmt: skip
CASES = [(section, verdict, text.encode("latin-1")) for section, verdict, texts in TABLE for text in texts]
SAYS = {
    "4 duplicates": {"json.duplicate_key"},
    "6 range": {"json.number"},
    "8.1 mark": {"json.bom"},
    "8.2 halves": {"json.lone_surrogate"},
    "9 depth": {"json.depth"},
}


def named(value: object) -> str:
    return str(value)[:40]


@pytest.mark.parametrize("section, verdict, text", CASES, ids=named)
def test_the_table(section: str, verdict: str, text: bytes) -> None:
    """What the grammar takes is read, what it does not is refused with a rule and a byte, what is open is named."""
    if verdict == "y":
        assert strict_json(text) == json.loads(text)
        return
    with pytest.raises(StrictJsonError) as refused:
        strict_json(text)
    assert 0 <= refused.value.offset <= len(text)
    assert refused.value.message
    if verdict == "i":
        assert refused.value.rule in SAYS[section]


def test_every_section_is_there() -> None:
    """The productions of the grammar, the encoding, and what the RFC leaves open."""
    assert {section.split()[0] for section, _verdict, _text in CASES} >= {
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8.1",
        "8.2",
        "9",
    }
    assert len(CASES) > 300


@pytest.mark.parametrize("code", range(256))
def test_every_byte_alone(code: int) -> None:
    """Of one byte only the digits are JSON; in a string every one from space on that is ASCII, but quote and backslash."""
    assert accepts(bytes((code,))) is (chr(code) in "0123456789")
    assert accepts(b'"' + bytes((code,)) + b'"') is (0x20 <= code < 0x80 and chr(code) not in '"\\')
    assert accepts(b'"\\' + bytes((code,)) + b'"') is (chr(code) in '"\\/bfnrt')
    assert accepts(b"1" + bytes((code,))) is (chr(code) in "0123456789 \t\r\n")


def numbers() -> Iterator[str]:
    for parts in product(
        ("", "-", "+"),
        ("", "0", "7", "10", "07"),
        ("", ".", ".0", ".25"),
        ("", "e", "e3", "E+3", "e-", "E-03"),
    ):
        yield "".join(parts)


def test_every_combination_of_the_parts_of_a_number() -> None:
    """number = [ minus ] int [ frac ] [ exp ]."""
    for text in numbers():
        sign, rest = (text[:1], text[1:]) if text[:1] in {"-", "+"} else ("", text)
        mantissa, letter, power = rest.lower().partition("e")
        whole, point, fraction = mantissa.partition(".")
        right = sign != "+" and (whole == "0" or (whole.isdigit() and whole[0] != "0"))
        right = right and (not point or fraction.isdigit())
        right = right and (not letter or power.lstrip("+-").isdigit())
        assert accepts(text.encode()) is right, text


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_mutations_of_whatever_is_json(mutation: Mutation) -> None:
    """What breaks the syntax of a sound text is refused at every place; what breaks its meaning stays JSON."""
    for text in (text for _section, verdict, text in CASES if verdict == "y" and len(text) < 60):
        for place in range(mutation.places(text)):
            served = mutation.apply(Answer(status=200, body=text), place)
            if (
                isinstance(served, Answer)
                and mutation.layer == "syntax"
                and mutation.name != "double_encoded"
            ):
                assert not accepts(served.body), served.body
            elif isinstance(served, Answer) and mutation.layer in {"schema", "meaning"}:
                assert accepts(served.body), served.body


def accepts(text: bytes) -> bool:
    try:
        strict_json(text)
    except StrictJsonError:
        return False
    return True
