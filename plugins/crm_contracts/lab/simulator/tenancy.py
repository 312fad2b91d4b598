"""What the CRM keeps for its second tenant: the same ids, and other records behind them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from crm_contracts.model.contract import Collection, Contract, Record


def of_second_tenant(contract: Contract) -> Contract:
    """The same contract, in whose collections each id has the fields of the next record.

    So every value is one that the contract allows, and what belongs to one tenant can be told from the other's.
    """
    names = dict.fromkeys(record.collection for record in contract.records)
    turned = {name: list(_turned(name, contract)) for name in names}
    return replace(contract, records=tuple(turned[record.collection].pop(0) for record in contract.records))


def _turned(name: str, contract: Contract) -> Iterator[Record]:
    records: Sequence[Record] = [record for record in contract.records if record.collection == name]
    key = contract.collections.get(name, Collection(name=name)).key
    for record, following in zip(records, (*records[1:], *records[:1]), strict=True):
        own = {key: record.fields[key]} if key in record.fields else {}
        yield replace(record, fields={**following.fields, **own})
