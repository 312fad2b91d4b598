"""What can be asked of a CRM without writing: its GETs, lists first, so that their records' ids answer the rest."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from crm_contracts.contracts import StrictJsonError, strict_json
from crm_contracts.live.credentials import Held
from crm_contracts.live.server import Server
from crm_contracts.model.contract import Contract, Effect, Operation
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An operation and what the CRM answered; `guessed` where its id stands in the contract's data alone."""

    operation: Operation
    answer: Answer
    guessed: bool = False


@dataclass(slots=True, kw_only=True)
class Asking:
    """Asks each GET of a contract once; `skipped` are those for which a value is lacking."""

    contract: Contract
    server: Server
    held: Held
    skipped: list[str] = field(default_factory=list)
    _ids: dict[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Asked]:
        gets = [one for one in self.contract.operations.values() if _is_asked(one)]
        for operation in sorted(gets, key=lambda one: len(_PLACEHOLDER.findall(one.path))):
            path, guessed = self._path(operation)
            if path is None:
                self.skipped.append(operation.id)
                continue
            answer = self.server.get(self._url(operation, path), self.held.headers)
            self._remember(operation, answer)
            yield Asked(operation=operation, answer=answer, guessed=guessed)

    def path_of(self, operation: Operation) -> str | None:
        """The path of any operation with a value put in, from a list of its collection; None: one is lacking."""
        wanted = operation.collection
        for one in self.contract.operations.values() if wanted and "{" in operation.path else ():
            if (
                wanted not in self._ids
                and one.collection == wanted
                and "{" not in one.path
                and _is_asked(one)
            ):
                self._remember(one, self.server.get(self._url(one, one.path), self.held.headers))
        return self._path(operation)[0]

    def _url(self, operation: Operation, path: str) -> str:
        query = f"?{urlencode(self.held.query)}" if self.held.query and operation.secured else ""
        return self.server.url(path, operation.base_path) + query

    def _path(self, operation: Operation) -> tuple[str | None, bool]:
        """The path with values put in, and whether one of them is only supposed to be there."""
        names = _PLACEHOLDER.findall(operation.path)
        if not names:
            return operation.path, False
        if len(names) > 1 or operation.collection is None:
            return None, False
        seen = self._ids.get(operation.collection)
        value = seen or self._known(operation.collection)
        if value is None:
            return None, False
        return operation.path.replace(f"{{{names[0]}}}", quote(value, safe="")), seen is None

    def _known(self, collection: str) -> str | None:
        record = next((one for one in self.contract.records if one.collection == collection), None)
        value = record.fields.get(self._key(collection)) if record else None
        return None if value is None else str(value)

    def _key(self, collection: str) -> str:
        known = self.contract.collections.get(collection)
        return known.key if known else "id"

    def _remember(self, operation: Operation, answer: Answer) -> None:
        if operation.collection is None or answer.status >= 300:
            return
        key = self._key(operation.collection)
        record = next(_records(_value(answer.body), key), None)
        if record is not None:
            self._ids.setdefault(operation.collection, str(record[key]))


def _is_asked(operation: Operation) -> bool:
    """A GET that reads and needs nothing but its path."""
    return (
        operation.method == "GET"
        and operation.effect is Effect.READ
        and not any(one.required and one.where != "path" for one in operation.parameters)
    )


def _records(value: JSON, key: str) -> Iterator[dict[str, JSON]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict) and isinstance(one.get(key), str | int))
    elif isinstance(value, dict):
        for part in value.values():
            yield from _records(part, key)


def _value(body: bytes) -> JSON:
    try:
        return strict_json(body)
    except StrictJsonError:
        return None
