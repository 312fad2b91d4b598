"""YAML of users: the core rules of YAML 1.2, and everything else refused with its place."""

import time
from textwrap import dedent

import pytest

from crm_contracts.documents import parse
from crm_contracts.model.problem import Problems


def problems(text: str | bytes) -> str:
    data = text if isinstance(text, bytes) else dedent(text).encode()
    with pytest.raises(Problems) as refused:
        parse(data, file="a.yaml")
    return str(refused.value)


@pytest.mark.parametrize(
    "written, value",
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("12:30:00", "12:30:00"),
        ("2026-11-23", "2026-11-23"),
        ("1_000", "1_000"),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("-3", -3),
        ("1.5e3", 1500.0),
        (".5", 0.5),
        ("~", None),
        ("", None),
        ("TRUE", True),
        ("False", False),
        ('"1"', "1"),
        ("!!str 1", "1"),
        ("<<", "<<"),
    ],
)
def test_an_unquoted_scalar_is_read_by_the_core_rules_of_yaml_1_2(written: str, value: object) -> None:
    """`no` is text, 010 is ten and a time of day is no number."""
    read = parse(f"a: {written}".encode(), file="a.yaml").value

    assert read == {"a": value}
    assert isinstance(read, dict)
    assert type(read["a"]) is type(value)


def test_every_key_is_text() -> None:
    """The `200:` of a contract's answers is the key "200", and `no:` is "no"."""
    assert parse(b"{200: a, no: b, ~: c}", file="a.yaml").value == {"200": "a", "no": "b", "~": "c"}


def test_everything_that_is_refused_is_told_at_once_with_its_line() -> None:
    """Duplicate keys name both places; aliases, tags and placeholders that became maps say what to write."""
    text = """\
        order: 1
        order: 2
        base: &base {a: 1}
        copy: *base
        code: !!python/object:os.system x
        order_id: {known.order.id}
        share: .inf
        """

    assert problems(text) == dedent("""\
        a.yaml:2:1: The key 'order' stands twice; the first is at a.yaml:1:1.
            order: 2
            ^
        a.yaml:4:7: The alias *base is refused.
            copy: *base
                  ^
          Write the value out: with aliases a small file can grow into gigabytes. In OpenAPI use $ref.
        a.yaml:5:7: The tag !!python/object:os.system is refused.
            code: !!python/object:os.system x
                  ^
          Write the value without it.
        a.yaml:6:11: This is a YAML map, not text.
            order_id: {known.order.id}
                      ^
          Put it in quotes: "{known.order.id}".
        a.yaml:7:8: .inf is no number that JSON has.
            share: .inf
                   ^""")


def test_problems_before_broken_syntax_are_told_with_it() -> None:
    """Reading ends at broken syntax, but what was found before is not lost."""
    assert problems("a: 1\na: 2\nb: 'x\n").splitlines()[0::3] == [
        "a.yaml:2:1: The key 'a' stands twice; the first is at a.yaml:1:1.",
        "a.yaml:3:4: This is no valid YAML: found unexpected end of stream.",
    ]


def test_a_tab_is_named() -> None:
    """The commonest mistake of beginners is told in its own words."""
    assert problems("a:\n\tb: 1\n") == (
        "a.yaml:2:1: A tab stands where YAML wants spaces.\n    \tb: 1\n    ^\n  Indent with spaces."
    )


def test_the_caret_stands_under_its_letter_after_wide_characters() -> None:
    """A Chinese character takes two columns on a terminal."""
    assert problems('title: "部分功能受限" x').splitlines()[1:3] == [
        '    title: "部分功能受限" x',
        "    " + " " * (7 + 2 + 12 + 1) + "^",
    ]


def test_a_placeholder_in_the_middle_of_a_text_is_told_to_be_quoted() -> None:
    """`{unique} text` is broken YAML, and the remedy is the same as for a map by mistake."""
    assert problems("subject: {unique} on fire").endswith('Put it in quotes: "{unique}…".')


def test_an_alias_bomb_is_refused_before_anything_is_built() -> None:
    """Ten levels of ten aliases would be ten thousand million values."""
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 12))
    started = time.perf_counter()

    told = problems(f"l0: &l0 x\n{levels}\n")

    assert "a.yaml:2:10: The alias *l0 is refused." in told
    assert told.count("The alias") == 100
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_nesting_has_a_limit(opening: str) -> None:
    """A hundred thousand brackets are one problem, not a crash."""
    assert "Nested deeper than 100 levels." in problems(opening * 100_000)


def test_one_file_holds_one_document() -> None:
    """What stands after a second `---` would never be read."""
    assert problems("a: 1\n---\nb: 2\n").startswith("a.yaml:2:1: A second document starts here")


@pytest.mark.parametrize("text", ["", "   \n", "# only a comment\n", "\ufeff"])
def test_an_empty_file_is_told(text: str) -> None:
    """Nothing, blanks and comments alone are all empty."""
    assert problems(text).startswith("a.yaml:1:1: The file is empty.")


def test_a_mapping_as_a_key_is_refused() -> None:
    """Keys of JSON are text."""
    assert "A key must be text." in problems("{{x}}: 1")


def test_too_many_digits_are_no_number() -> None:
    """Python itself refuses to read them."""
    assert "is no number that JSON has." in problems("a: " + "9" * 5000)


def test_control_characters_are_named() -> None:
    """They are named by their code and never reach the terminal."""
    assert (
        problems('a: "\x1b[31m"')
        == 'a.yaml:1:5: The character U+001B may not stand in YAML.\n    a: "\ufffd[31m"\n        ^'
    )


def test_a_colon_inside_plain_text_is_named() -> None:
    """The commonest slip in a title is told in plain words, with the mend."""
    told = problems("title: The CRM says no: 403\n")
    assert told.startswith("a.yaml:1:23: A colon with a space after it stands inside plain text.")
    assert told.endswith("Put the text in quotes.")
