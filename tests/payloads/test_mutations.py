"""Each mutation breaks what it says, where it says, and nothing else."""

import gzip
import json
import re
import socket
import subprocess
import sys
from http.client import HTTPException, HTTPResponse

import pytest

from crm_contracts.catalogue.docstring import Docstring
from crm_contracts.contracts import StrictJsonError, strict_json
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer
from crm_contracts.payloads.mutations import MUTATIONS, Mutation, bound, mutation_named
from crm_contracts.payloads.mutations.text import text_of

ORDER = (
    '{"id": "O-1001", "total": 99.5, "open": true, "status": "OPEN", "at": "2026-01-31", '
    '"lines": [{"sku": "订", "n": 1}, {"sku": "b\\\\\\"", "n": -2e3}], "note": null, "nextCursor": null}'
).encode()
SOUND = Answer(status=200, body=ORDER)
SYNTAX_THAT_STAYS_JSON = {"double_encoded"}
EACH = pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
RULES = {
    "trailing_comma": {"json.trailing_comma"},
    "missing_comma": {"json.missing_comma"},
    "mismatched_bracket": {"json.unexpected"},
    "single_quotes": {"json.single_quotes"},
    "unquoted_name": {"json.unquoted_key"},
    "unescaped_quote": {"json.missing_comma", "json.missing_colon", "json.truncated", "json.unexpected"},
    "comment": {"json.comment"},
    "nan": {"json.nan"},
    "infinity": {"json.nan"},
    "odd_number": {"json.number"},
    "huge_number": {"json.number"},
    "foreign_literal": {"json.literal"},
    "truncated": {"json.truncated", "json.utf8"},
    "duplicate_key": {"json.duplicate_key"},
    "control_character": {"json.control_character"},
    "bad_escape": {"json.escape"},
    "odd_space": {"json.unexpected", "json.control_character", "json.trailing_data"},
    "lone_surrogate": {"json.lone_surrogate"},
    "invalid_utf8": {"json.utf8"},
    "byte_order_mark": {"json.bom"},
    "utf16": {"json.utf8", "json.control_character"},
    "deep_nesting": {"json.depth"},
    "json_lines": {"json.trailing_data"},
    "stray_text": {"json.unexpected", "json.trailing_data"},
    "empty": {"json.empty"},
    "html": {"json.unexpected"},
}


def broken(mutation: Mutation, body: bytes = ORDER) -> list[Answer | Delivery]:
    sound = Answer(status=200, body=body)
    return [mutation.apply(sound, place) for place in range(mutation.places(body))]


def bodies(name: str, body: bytes = ORDER) -> list[bytes]:
    return [served.body for served in broken(mutation_named(name), body) if isinstance(served, Answer)]


def test_there_are_many_and_each_has_a_name_of_its_own():
    """At least thirty, of all four layers."""
    names = [mutation.name for mutation in MUTATIONS]
    assert len(names) == len(set(names)) >= 30
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
    assert {mutation.layer for mutation in MUTATIONS} == {"syntax", "framing", "schema", "meaning"}


@EACH
def test_each_says_what_it_means(mutation: Mutation):
    """A sentence, an example, a source; a few words for reports."""
    said = Docstring.of(type(mutation))
    assert said.sentence.endswith(".")
    assert said.example == f"{{fault: malformed_body, variant: {mutation.name}}}"
    assert said.source
    assert mutation.sentence()
    assert mutation.refusal in {"must_refuse", "may_accept"}
    if mutation.layer == "syntax":
        assert "RFC 8259" in said.source or "N4" in said.source


@EACH
def test_each_place_gives_other_bytes_and_the_same_ones_again(mutation: Mutation):
    """Places are what Hypothesis draws and shrinks: nothing is random behind them."""
    first, second = broken(mutation), broken(mutation)
    assert first == second
    assert first
    assert SOUND not in first
    assert len(set(map(repr, first))) == len(first)


@EACH
@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b"[]", b"7", b'"x"', b"null", b"\xff", b'[[[{"a":[]}]]] \n']
)
def test_any_body_may_be_offered(mutation: Mutation, body: bytes):
    """Where it does not fit there is no place, and where there is a place it can be applied."""
    assert all(isinstance(served, Answer | Delivery) for served in broken(mutation, body))


@pytest.mark.parametrize("name", RULES)
def test_syntax_is_broken_in_the_way_that_the_name_says(name: str):
    """The strict reader names the rule, at every place."""
    for body in bodies(name):
        with pytest.raises(StrictJsonError) as refused:
            strict_json(body)
        assert refused.value.rule in RULES[name], body[:200]


def test_every_mutation_of_syntax_is_held_against_the_strict_reader():
    """None is forgotten."""
    syntax = {mutation.name for mutation in MUTATIONS if mutation.layer == "syntax"}
    assert syntax == set(RULES) | SYNTAX_THAT_STAYS_JSON


@pytest.mark.parametrize("layer", ["schema", "meaning"])
def test_what_breaks_schema_or_meaning_is_sound_json(layer: str):
    """Only somebody who knows the contract can tell."""
    for mutation in MUTATIONS:
        if mutation.layer == layer:
            for served in broken(mutation):
                assert isinstance(served, Answer)
                strict_json(served.body)


def test_what_must_be_refused_is_refused_by_python_too():
    """No widely used reader takes it: Python's own and its HTTP client refuse each place."""
    for mutation in MUTATIONS:
        if mutation.refusal == "must_refuse":
            for served in broken(mutation):
                with pytest.raises((ValueError, HTTPException, EOFError, OSError)):
                    received(served)


def received(served: Answer | Delivery) -> object:
    """What a careful caller makes of it, read over a socket."""
    if isinstance(served, Answer):
        packed = served.header("content-encoding") == "gzip"
        return json.loads(gzip.decompress(served.body) if packed else served.body)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for piece in served.pieces:
            ours.sendall(piece.data)
        ours.close()
        response = HTTPResponse(theirs, method="GET")
        response.begin()
        body = response.read()
        if response.getheader("content-length") is None and not response.chunked:
            raise HTTPException("no framing")
        return json.loads(body)


def test_duplicates_end_with_the_true_value():
    """Nearly all readers take the last one: whoever does so reads what the CRM meant."""
    assert all(json.loads(body) == json.loads(ORDER) for body in bodies("duplicate_key"))


def test_a_text_that_was_encoded_twice_holds_the_first():
    """Whoever decodes twice reads the same."""
    assert [json.loads(json.loads(body)) for body in bodies("double_encoded")] == [json.loads(ORDER)]


def test_a_missing_field_is_the_only_difference():
    """One member, with the comma beside it."""
    lost = [set(json.loads(ORDER)) - set(json.loads(body)) for body in bodies("missing_field")]
    assert [names for names in lost if names] == [{name} for name in json.loads(ORDER)]
    assert len(lost) == len(json.loads(ORDER)) + 4


def test_another_record_has_another_id():
    """Of the same kind, so that nothing but a comparison tells."""
    assert [json.loads(body)["id"] for body in bodies("wrong_id")] == ["O-1002"]


def test_a_cursor_that_leads_back():
    """A page that was the last one says that there is another."""
    assert [json.loads(body)["nextCursor"] for body in bodies("cursor_loop")] == ["b2Zmc2V0PTEw"]
    assert json.loads(bodies("cursor_loop", b'{"paging": {"next": {"after": "x"}}, "has_more": false}')[-1])[
        "has_more"
    ]


def test_bound_to_a_schema_only_real_breaks_remain():
    """A field that may be missing is none of the places; a field more is wanted where it is allowed."""
    needs = {"id"}

    def missing(value: object) -> set[str]:
        assert isinstance(value, dict)
        return (
            {"required"}
            if not needs <= value.keys()
            else {"additionalProperties"}
            if "introducedLately" in value
            else set()
        )

    field = bound(mutation_named("missing_field"), missing)
    assert [field.apply(SOUND, at).body.count(b'"id"') for at in range(field.places(ORDER))] == [0]  # type: ignore[union-attr]
    extra = bound(mutation_named("extra_field"), missing)
    assert extra.places(ORDER) == 4
    assert bound(mutation_named("nan"), missing) is mutation_named("nan")


def test_a_text_is_taken_apart_exactly():
    """Names, escapes and nesting: each part is where its pointer says."""
    text = text_of(ORDER)
    whole = json.loads(ORDER)
    for part in text.parts:
        value = whole
        for step in part.pointer.split("/")[1:]:
            value = value[int(step)] if isinstance(value, list) else value[step]
        assert text.value(part) == value
    assert text_of(b"{'a': 1}").parts == ()


def test_mutations_need_nothing_but_the_standard_library():
    """Whoever lists them, or pins one in a scenario, need not have Hypothesis."""
    program = (
        "import sys; import crm_contracts.payloads.mutations;"
        "found = {'hypothesis', 'schemathesis', 'jsonschema_rs', 'pydantic', 'pytest'} & set(sys.modules);"
        "sys.exit(str(found) if found else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
