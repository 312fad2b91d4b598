"""From a consumer's file to a Consumer: its calls are bound to the operations of its contract."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from crm_contracts.consumers.document import CallPart, ConsumerFile
from crm_contracts.consumers.lint import lint
from crm_contracts.documents import Document, read, validate
from crm_contracts.model.consumer import CallSpec, Consumer
from crm_contracts.model.contract import Contract, Effect, Operation
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problem, Problems, nearest

ContractOf = Callable[[Path | str, Path], Contract]
"""Finds a contract by its name or folder, as seen from a folder.

Raises LookupError, with the names that there are as its arguments, where there is none.
"""
CONTRACT_FILES = ("contract.yaml", "contract.yml", "openapi.yaml", "openapi.yml", "openapi.json")
_PARAMETER = re.compile(r"\{[^{}]*\}")


def load_consumer(path: Path, contract_of: ContractOf) -> Consumer:
    """Read a consumer's file and bind it to its contract; raises Problems with all that is wrong."""
    document = read(path)
    file = validate(document, ConsumerFile)
    contract = _contract(document, file, path, contract_of)
    problems: list[Problem] = []
    calls = {name: _call(document, name, part, contract, problems) for name, part in file.calls.items()}
    consumer = Consumer(
        name=file.consumer,
        file=path.absolute(),
        contract=contract.folder,
        driver=file.driver.value(),
        calls=calls,
        outcomes=file.outcomes.value(_keys(document, "outcomes")),
        promises=file.promises.value(),
        contact=file.contact,
        cannot=frozenset(file.cannot),
        intercept=file.intercept,
        https=file.https,
    )
    problems += lint(document, file, consumer, contract)
    if problems:
        raise Problems(sorted(problems, key=lambda problem: (problem.position.line, problem.position.column)))
    return consumer


def _contract(document: Document, file: ConsumerFile, path: Path, contract_of: ContractOf) -> Contract:
    folder = path.absolute().parent
    wanted: Path | str | None = file.contract or _folder_around(folder)
    if wanted is None:
        message = _("No contract lies around this file.")
        remedy = _("Name it: `contract: NAME`, or put the file into the contract's folder.")
        raise Problems([document.problem((), message, remedy=remedy)])
    try:
        return contract_of(wanted, folder)
    except LookupError as error:
        allowed = tuple(map(str, error.args))
        message = _("There is no contract {name!r}.").format(name=str(wanted))
        suggestion = nearest(str(wanted), allowed)
        raise Problems(
            [document.problem(("contract",), message, allowed=allowed, suggestion=suggestion)]
        ) from None


def _folder_around(folder: Path) -> Path | None:
    around = (folder, *folder.parents)
    return next((place for place in around if any((place / name).is_file() for name in CONTRACT_FILES)), None)


def _call(
    document: Document, name: str, part: CallPart, contract: Contract, problems: list[Problem]
) -> CallSpec:
    found = []
    for index, wanted in enumerate(part.does):
        operation = operation_of(contract, wanted)
        if operation is None:
            problems.append(_unknown_operation(document, name, index, wanted, contract))
        else:
            found.append(operation)
    writes = any(operation.effect is Effect.WRITE for operation in found)
    return CallSpec(
        name=name,
        does=tuple(operation.id for operation in found),
        effect=Effect.WRITE if writes else Effect.READ,
        args=part.args,
        request=part.request.value() if part.request else None,
        reads=part.reads,
        position=document.position(("calls", name), key=True),
    )


def operation_of(contract: Contract, wanted: str) -> Operation | None:
    """The operation that an operationId or `METHOD /path` means; names of path parameters do not matter."""
    operations = contract.operations
    if wanted in operations:
        return operations[wanted]
    method, _space, path = wanted.partition(" ")
    shapes = {_shape(path), _shape(path.removeprefix(contract.base_path))}
    same = (o for o in operations.values() if o.method.upper() == method.upper() and _shape(o.path) in shapes)
    return next(same, None)


def _shape(path: str) -> str:
    return _PARAMETER.sub("{}", path.strip()).rstrip("/")


def _unknown_operation(document: Document, call: str, index: int, wanted: str, contract: Contract) -> Problem:
    place = _place_of(document, call, index)
    by_id = tuple(contract.operations)
    by_path = tuple(f"{operation.method} {operation.path}" for operation in contract.operations.values())
    is_path = " " in wanted
    message = _("The contract {contract!r} has no operation {name!r}.").format(
        contract=contract.name, name=wanted
    )
    return document.problem(
        place,
        message,
        allowed=by_path if is_path else by_id,
        suggestion=nearest(wanted, by_path if is_path else by_id),
    )


def _place_of(document: Document, call: str, index: int) -> tuple[str | int, ...]:
    place: tuple[str | int, ...] = ("calls", call, "does")
    return (*place, index) if isinstance(document.get(place), list) else place


def _keys(document: Document, name: str) -> list[str]:
    value: object = document.get((name,))
    keys: Iterable[str] = value if isinstance(value, Mapping) else ()
    return list(keys)
