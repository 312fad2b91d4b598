"""Rules between records: values that only one record may have, and references that must lead somewhere."""

from collections.abc import Callable, Mapping

from crm_contracts.lab.simulator.records import field_of
from crm_contracts.lab.simulator.refusals import Refused, detail
from crm_contracts.lab.simulator.store import Table
from crm_contracts.model.json import JSON

Tables = Callable[[str], Table]


def check(table: Table, tables: Tables, given: Mapping[str, JSON], key: str | None = None) -> None:
    """Raise `Refused` where a record with these fields may not be written; `key` is that of the record itself."""
    _check_unique(table, given, key)
    _check_references(table, tables, given)


def knows(table: Table, key: JSON) -> bool:
    """Whether a collection has a record of this key; one that is imagined has every record."""
    return not table.seeded or table.get(key) is not None


def _check_unique(table: Table, given: Mapping[str, JSON], key: str | None) -> None:
    for name in table.collection.unique:
        value = field_of(given, name)
        if value is None:
            continue
        for row in table.with_value(name, value):
            if row.key != key:
                raise Refused("conflict", errors=[detail(f"/{name}", f"{row.key} has it.")])


def _check_references(table: Table, tables: Tables, given: Mapping[str, JSON]) -> None:
    for name, target in table.collection.refers.items():
        value = field_of(given, name)
        if value is not None and not knows(tables(target), value):
            raise Refused(
                "unprocessable", errors=[detail(f"/{name}", f"There is no {value} among the {target}.")]
            )
