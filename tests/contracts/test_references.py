import pytest

from crm_contracts.contracts.references import NOTHING, absolute, follow, lookup, pointer, remote, steps
from crm_contracts.model.json import JSON

DOCUMENTS: dict[str, JSON] = {
    "a.yaml": {"list": [{"x": 1}], "loop": {"$ref": "#/loop"}, "far": {"$ref": "sub/b.yaml#/y"}, "a/b~c%": 5},
    "sub/b.yaml": {"y": {"$ref": "../a.yaml#/list/0"}, "named": {"$anchor": "Here", "z": 2}},
}


@pytest.mark.parametrize(
    "reference, found",
    [
        ("a.yaml#/list/0/x", 1),
        ("a.yaml#", DOCUMENTS["a.yaml"]),
        ("a.yaml#/a~1b~0c%25", 5),
        ("sub/b.yaml#Here", {"$anchor": "Here", "z": 2}),
        ("a.yaml#/list/1", NOTHING),
        ("a.yaml#/list/x", NOTHING),
        ("a.yaml#/list/0/x/y", NOTHING),
        ("b.yaml#/y", NOTHING),
        ("a.yaml#nobody", NOTHING),
    ],
)
def test_a_pointer_leads_to_a_value_or_nowhere(reference, found):
    """A reference leads through keys, indices and anchors, and nowhere where there is none."""
    assert lookup(DOCUMENTS, reference) == found


def test_a_chain_is_followed_across_documents():
    """A reference to a reference in another file means what stands at its end."""
    assert follow(DOCUMENTS, {"$ref": "#/far"}, "a.yaml") == ({"x": 1}, "a.yaml")


def test_a_circle_means_nothing():
    """A reference in a circle, and one that leads away, mean nothing, and end."""
    assert follow(DOCUMENTS, {"$ref": "#/loop"}, "a.yaml")[0] is None
    assert follow(DOCUMENTS, {"$ref": "https://example.com/x"}, "a.yaml")[0] is None


def test_a_pointer_is_written_and_read_alike():
    """What is written as a pointer is read as the same path, whatever signs its keys have."""
    path = ["paths", "/a/{id}~x%#", "get", "中"]
    assert steps(pointer(*path)) == path


def test_addresses_are_relative_to_the_document():
    """A reference's file lies beside the document that names it."""
    assert absolute("../common.yaml#/Id", "schemas/x.yaml") == "common.yaml#/Id"
    assert absolute("#/Id", "schemas/x.yaml") == "schemas/x.yaml#/Id"
    assert absolute("../../etc/passwd", "x.yaml") == "../../etc/passwd#"
    assert [remote(one) for one in ("http://a/b", "urn:x", "//host/x", "file:///etc", "a.yaml", "#/b")] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]
