"""Provider states: the CRM's records set up and looked at from outside, as a test needs them."""

from collections.abc import Callable, Mapping

from crm_contracts.lab.simulator.catalogue import Catalogue
from crm_contracts.lab.simulator.records import merged
from crm_contracts.model.contract import Contract, Operation
from crm_contracts.model.exchange import Truth
from crm_contracts.model.json import JSON

Look = Callable[[Operation, Mapping[str, str]], JSON]


class ProviderStates:
    """Puts, changes and removes records without a request, so that the ledger knows nothing of it."""

    def __init__(self, contract: Contract, catalogue: Catalogue, look: Look) -> None:
        self._contract = contract
        self._catalogue = catalogue
        self._look = look

    def put(self, collection: str, fields: Mapping[str, JSON]) -> str:
        """Keep a record with these fields, whole, and return its key; without a key it gets the next one."""
        table = self._catalogue.table(collection)
        name = table.collection.key
        key = fields[name] if name in fields else self._catalogue.new_key(table, {})
        return table.put(table.kind.completed({**fields, name: key})).key

    def change(self, collection: str, key: JSON, fields: Mapping[str, JSON]) -> None:
        """Change some fields of a record, also such as the CRM alone writes; raises KeyError where there is none."""
        table = self._catalogue.table(collection)
        row = table.get(key)
        if row is None:
            raise KeyError(f"{collection} has no record {key}")
        table.put(merged(row.fields, fields))

    def remove(self, collection: str, key: JSON) -> bool:
        """Forget a record, and tell whether there was one."""
        return self._catalogue.remove(self._catalogue.table(collection), str(key))

    def truth(self, operation: str, path_params: Mapping[str, str]) -> Truth | None:
        """Return what a read of this operationId would show now; None where there is no such thing."""
        found = self._contract.operations.get(operation)
        value = self._look(found, path_params) if found is not None else None
        return (
            None if value is None else Truth(operation=operation, path_params=dict(path_params), value=value)
        )
