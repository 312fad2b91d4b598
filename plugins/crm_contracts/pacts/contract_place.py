"""Where an operation stands in the contract's own documents; looked up when it is to be told, and not before."""

from crm_contracts.documents import read
from crm_contracts.model.contract import Contract, Operation
from crm_contracts.model.json import JSON
from crm_contracts.model.problem import Position, Problems


def position_of(contract: Contract, operation: Operation) -> Position | None:
    """The position of an operation, or None where no document of the contract describes it."""
    if operation.position is not None:
        return operation.position
    home = contract.folder if contract.folder.is_dir() else contract.folder.parent
    for name, document in contract.documents.items():
        path = _path_in(document, operation)
        if path is not None and (home / name).is_file():
            try:
                return read(home / name).position(("paths", path, operation.method.lower()), key=True)
            except Problems:
                return None
    return None


def _path_in(document: JSON, operation: Operation) -> str | None:
    """The path under which a document has the operation."""
    paths = document.get("paths") if isinstance(document, dict) else None
    for path, item in paths.items() if isinstance(paths, dict) else ():
        found = item.get(operation.method.lower()) if isinstance(item, dict) else None
        if isinstance(found, dict) and (path == operation.path or found.get("operationId") == operation.id):
            return str(path)
    return None
