"""Does data.yaml keep the contract? Collections that exist, fields that the schema has, references that lead somewhere."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from crm_contracts.contracts.lint.findings import Linted
from crm_contracts.contracts.loader import DATA
from crm_contracts.contracts.record_schema import record_schema
from crm_contracts.contracts.records import placed_records
from crm_contracts.contracts.schemas import compiled
from crm_contracts.contracts.sources import read_stamped
from crm_contracts.contracts.violations import sentence
from crm_contracts.documents import Document, Place
from crm_contracts.model.contract import Record
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problem, nearest

_MISSING: Final = "required"


def records(linted: Linted) -> Iterator[Problem]:
    """Tell which records of data.yaml could not come from the CRM."""
    path = linted.sources.folder / DATA
    if not linted.sources.whole_folder or not path.is_file():
        return
    document = read_stamped(path)
    placed = list(placed_records(document))
    yield from _collections(linted, document, placed)
    yield from _twice(linted, document, placed)
    yield from _references(linted, document, placed)
    for name in {record.collection for _place, record in placed}:
        schema = record_schema(linted.contract, name)
        if schema is not None:
            for place, record in placed:
                if record.collection == name:
                    yield from _fields(document, place, record, schema)


def _collections(linted: Linted, document: Document, placed: list[tuple[Place, Record]]) -> Iterator[Problem]:
    known = linted.contract.collections
    for place, record in placed:
        if record.collection not in known:
            at: Place = (*place, "in") if place[0] == "known" else place[:2]
            message = _("There is no collection {name!r}.").format(name=record.collection)
            meant = nearest(record.collection, known)
            yield document.problem(
                at, message, key=place[0] != "known", allowed=tuple(known), suggestion=meant
            )


def _twice(linted: Linted, document: Document, placed: list[tuple[Place, Record]]) -> Iterator[Problem]:
    seen: dict[tuple[str, str, str], Place] = {}
    for place, record in placed:
        collection = linted.contract.collections.get(record.collection)
        for field in (collection.key, *collection.unique) if collection else ():
            value = record.fields.get(field)
            key = (record.collection, field, repr(value))
            if value is not None and key in seen:
                other = document.position(seen[key])
                message = _("Another record has this {field} already, at {place}.").format(
                    field=field, place=other
                )
                yield document.problem((*place, field), message)
            seen.setdefault(key, (*place, field))
        if collection and collection.key not in record.fields:
            remedy = _(
                "Where another field holds the id, say so in contract.yaml: collections: {{{name}: {{key: FIELD}}}}."
            )
            message = _("The record has no {field}.").format(field=collection.key)
            yield document.problem(place, message, remedy=remedy.format(name=collection.name))


def _references(linted: Linted, document: Document, placed: list[tuple[Place, Record]]) -> Iterator[Problem]:
    collections = linted.contract.collections
    ids: dict[str, list[JSON]] = {}
    for _place, record in placed:
        if record.collection in collections:
            ids.setdefault(record.collection, []).append(
                record.fields.get(collections[record.collection].key)
            )
    for place, record in placed:
        refers: Mapping[str, str] = (
            collections[record.collection].refers if record.collection in collections else {}
        )
        for field, target in refers.items():
            value = record.fields.get(field)
            if value is not None and value not in ids.get(target, []):
                message = _("There is no record {id} in {collection}.").format(id=value, collection=target)
                meant = nearest(str(value), map(str, ids.get(target, [])))
                yield document.problem((*place, field), message, suggestion=meant)


def _fields(
    document: Document, place: Place, record: Record, schema: Mapping[str, JSON]
) -> Iterator[Problem]:
    found: Any = schema.get("properties")
    properties: Mapping[str, JSON] = found if isinstance(found, dict) else {}
    for name in record.fields:
        if properties and name not in properties and schema.get("additionalProperties") is not True:
            message = _("A record of {collection} has no field {name!r}.").format(
                collection=record.collection, name=name
            )
            meant = nearest(name, properties)
            if meant or schema.get("additionalProperties") is False:
                yield document.problem((*place, name), message, key=True, suggestion=meant)
    for error in compiled(dict(schema)).iter_errors(dict(record.fields)):
        # Fields that are left out get their default, null, or the time of the run's beginning.
        if error.kind.name != _MISSING and error.instance_path:
            yield document.problem((*place, *error.instance_path), sentence(error))
        elif error.kind.name == _MISSING and not error.instance_path:
            name = str(error.kind.as_dict()["property"])
            if not _fillable(properties.get(name), schema):
                message = _("The record has no {field}.").format(field=name)
                yield document.problem(place, message)


def _fillable(schema: JSON, whole: Mapping[str, JSON]) -> bool:
    if not isinstance(schema, dict):
        return True
    if "default" in schema or (schema.get("readOnly") is True and schema.get("format") == "date-time"):
        return True
    defs = whole.get("$defs")
    return compiled({**schema, "$defs": defs if isinstance(defs, dict) else {}}).is_valid(None)


RULES = (records,)
