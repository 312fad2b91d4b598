"""The CRM's second tenant has other records under the same ids."""

from dataclasses import replace

from crm_contracts.lab.simulator.tenancy import of_second_tenant
from crm_contracts.model.exchange import Credential, Request
from tests.lab.simulator.crm import Crm, contract

SOUTH = Credential(name="token#9", state="valid", tenant="south")


def _status(crm: Crm, credential: Credential | None) -> tuple[int, bytes]:
    """One read of an order, as the gateway hands it over."""

    target = f"{crm.contract.base_path}/orders/O-1001"
    match = crm.router.find("GET", target)
    assert match.operation
    request = Request(
        method="GET",
        target=target,
        path=match.path,
        query=(),
        headers=(),
        body=b"",
        operation=match.operation.id,
        path_params=match.path_params,
    )
    answer = crm.simulator.handle(request, match.operation, (), credential, 1)
    assert answer
    return answer.status, answer.body


def test_one_id_stands_for_two_records() -> None:
    """Each tenant sees its own, as often as it asks; the first sees what the contract's data says."""
    crm = Crm()
    (first, north), (second, south) = _status(crm, None), _status(crm, SOUTH)
    assert (first, second) == (200, 200)
    assert north != south
    assert b'"O-1001"' in north
    assert b'"O-1001"' in south
    assert _status(crm, None)[1] == north
    assert _status(crm, SOUTH)[1] == south


def test_the_keys_stay_and_the_fields_turn() -> None:
    """No record comes or goes, none stays as it was, and every value is one that the contract's data has."""
    one = contract()
    other = of_second_tenant(one)
    for mine, theirs in zip(one.records, other.records, strict=True):
        assert (mine.collection, mine.name, mine.fields["id"]) == (
            theirs.collection,
            theirs.name,
            theirs.fields["id"],
        )
        assert mine.fields != theirs.fields
    names = [sorted(str(record.fields.get("name")) for record in c.records) for c in (one, other)]
    assert names[0] == names[1]


def test_a_contract_without_data_has_nothing_to_turn() -> None:
    """Collections that are imagined, or have one record, are the same for both."""
    bare = of_second_tenant(of_second_tenant(contract()))
    assert of_second_tenant(bare).records

    assert of_second_tenant(replace(contract(), records=())).records == ()
