"""Names that mean nothing to any consumer or contract."""

from pathlib import Path

from crm_contracts.model.consumer import Consumer
from crm_contracts.model.contract import Contract
from crm_contracts.scenarios import unmatched_calls, unmatched_operations
from tests.scenarios.conftest import Load

TEXT = """\
    scenario: cut
    title: x
    consumers: [order-sink]
    before: [{call: find_oder}]
    during: [{call: reads}, {call: find_order}, {wait: 1s}]
    faults:
      - {fault: status, code: 503, operations: [getOrder, getOrders, "GET /orders/*"]}
    """


def test_calls_and_consumers_that_nobody_has_are_told_with_their_line(load: Load, consumer: Consumer) -> None:
    """Such a scenario would silently ask nobody."""
    told = unmatched_calls(load(TEXT), [consumer])

    assert "\n".join(map(str, told)) == (
        "scenarios/cut.yaml:3:13: Unknown consumer 'order-sink'.\n"
        "    consumers: [order-sink]\n"
        "                ^\n"
        "  Did you mean 'order-sync'?\n"
        "  Allowed: order-sync.\n"
        "scenarios/cut.yaml:4:17: Unknown call 'find_oder'.\n"
        "    before: [{call: find_oder}]\n"
        "                    ^\n"
        "  Did you mean 'find_order'?\n"
        "  Allowed: find_order, open_ticket, each, reads, writes."
    )


def test_an_operation_that_no_contract_has_is_told(load: Load, contract: Contract) -> None:
    """A pattern that matches something is fine."""
    (told,) = unmatched_operations(load(TEXT), [contract])

    assert str(told).startswith("scenarios/cut.yaml:7:55: Unknown operation 'getOrders'.")
    assert told.suggestion == "getOrder"


def test_the_token_endpoint_is_an_operation_of_every_contract(load: Load, contract: Contract) -> None:
    """Its path stands in the auth policy, not always in the document."""
    text = TEXT.replace("getOrders", '"POST /oauth/token"')

    assert unmatched_operations(load(text), [contract]) == ()


def test_a_file_that_went_away_is_still_told_of(load: Load, consumer: Consumer) -> None:
    """The words are known even where the line is not."""
    scenario = load(TEXT)
    Path(scenario.path).unlink()

    assert unmatched_calls(scenario, [consumer])[0].message == "Unknown consumer 'order-sink'."
