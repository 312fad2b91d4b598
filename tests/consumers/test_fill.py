"""A call's own values."""

import pytest

from crm_contracts.consumers import fill
from crm_contracts.model.contract import Record

MARKER = "crmu-0123456789ab"


def record(collection, **fields):
    return Record(collection=collection, fields=fields)


KNOWN = {
    "order": record("orders", id="O-1", total=99.5, customer={"id": 7}),
    "order_2": record("orders", id="O-2", total=1),
    "order-3": record("orders", id="O-3", total=2),
    "order_history": record("orders", id="O-9", total=0),
    "order4": record("contacts", id="C-1"),
}


def filled(template, number=0):
    return fill(template, marker=MARKER, known=KNOWN, number=number)


def test_markers_and_records_are_put_in_everywhere():
    """In keys and values, in lists and mappings, at any depth."""
    template = {
        "subject": "printer {unique}",
        "lines": [{"{unique}": "{known.order.customer.id}"}],
        "n": 3,
        "x": None,
    }
    value = {"subject": f"printer {MARKER}", "lines": [{MARKER: 7}], "n": 3, "x": None}
    assert filled(template) == (value, ("O-1",))


def test_a_field_alone_keeps_its_type():
    """A number stays one; within a text it becomes text."""
    assert filled("{known.order.total}") == (99.5, ("O-1",))
    assert filled("total: {known.order.total}")[0] == "total: 99.5"


def test_other_braces_are_the_templates_own():
    """Only our placeholders are replaced."""
    assert filled("{x} {{unique}} {}") == (f"{{x}} {{{MARKER}}} {{}}", ())


def test_callers_at_once_get_different_records():
    """Records of one collection whose names differ by a number stand for each other; all of a call are the same one."""
    assert [filled("{known.order.id}", n)[0] for n in range(4)] == ["O-1", "O-2", "O-3", "O-1"]
    assert filled("{known.order.id} {known.order.total}", 1) == ("O-2 1", ("O-2",))


@pytest.mark.parametrize("template", ["{known.nobody.id}", "{known.order.nothing}"])
def test_unknown_records_and_fields_are_errors(template):
    """Lint finds them before a run."""
    with pytest.raises(KeyError):
        filled(template)
