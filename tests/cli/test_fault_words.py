"""A fault on the command line."""

from crm_contracts.cli.fault_words import fault_of
from crm_contracts.faults.premature_close import PrematureClose
from crm_contracts.faults.status import Status
from crm_contracts.model.contract import Effect
from crm_contracts.model.span import Span


def test_values_are_read_as_yaml_is():
    """Numbers, durations, JSON, text that is no YAML, and lists with or without brackets."""
    fault = fault_of(
        "status",
        [
            *("--code", "429", "--retry-after", "2 * deadline", "--effect=write", "--first", "2"),
            *("--operations", "getOrder, POST /orders", "--headers", "{x-reason: busy}"),
            *("--body", "<html>: {busy}"),
        ],
    )
    assert isinstance(fault, Status)
    assert (fault.code, fault.first, fault.effect) == (429, 2, Effect.WRITE)
    assert fault.retry_after == Span(0.0, 2.0, "deadline")
    assert fault.operations == ("getOrder", "POST /orders")
    assert fault.headers == {"x-reason": "busy"}
    assert fault.body == "<html>: {busy}"


def test_keys_with_another_name_in_python():
    """`for` is written as in a scenario."""
    fault = fault_of("premature_close", ["--after", "300B", "--processed=before", "--for", "3s"])
    assert isinstance(fault, PrematureClose)
    assert fault.for_ == Span(3.0)
