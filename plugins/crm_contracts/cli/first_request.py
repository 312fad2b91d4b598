"""A first request to a contract's CRM, as curl makes it: the simplest read that there is."""

import re
from collections.abc import Iterator, Mapping

from crm_contracts.model.contract import AuthPolicy, Contract, Effect, Operation

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def first_request(contract: Contract) -> str:
    """A line for a shell that has the endpoint's variables; empty where the contract has no simple read.

    >>> from pathlib import Path
    >>> read = Operation(id="getOrders", method="GET", path="/orders", effect=Effect.READ, secured=False)
    >>> first_request(Contract(name="a", folder=Path("."), operations={"getOrders": read}))
    'curl "$CRM_BASE_URL/orders"'
    """
    for operation in contract.operations.values():
        path = simple_path(contract, operation)
        if operation.method == "GET" and path is not None and operation.base_path is None:
            return " ".join(
                (
                    "curl",
                    *_credential(contract.auth, operation),
                    f'"$CRM_BASE_URL{path}{_query(contract.auth, operation)}"',
                )
            )
    return ""


def simple_path(contract: Contract, operation: Operation) -> str | None:
    """The path of a read with the id of a known record put in; None where more must be known to ask it."""
    if operation.effect is not Effect.READ or any(
        one.required and one.where != "path" for one in operation.parameters
    ):
        return None
    return filled(operation, _values(contract, operation))


def _values(contract: Contract, operation: Operation) -> Mapping[str, str]:
    placeholders = _PLACEHOLDER.findall(operation.path)
    known = next(
        (one for one in contract.records if one.name and one.collection == operation.collection), None
    )
    if len(placeholders) != 1 or known is None or operation.collection is None:
        return {}
    collection = contract.collections.get(operation.collection)
    value = known.fields.get(collection.key if collection else "id")
    return {} if value is None else {placeholders[0]: str(value)}


def filled(operation: Operation, values: Mapping[str, str]) -> str | None:
    """The path of an operation with values put in; None where one is lacking.

    >>> one = Operation(id="getOrder", method="GET", path="/orders/{id}", effect=Effect.READ)
    >>> filled(one, {"id": "O-1"}), filled(one, {})
    ('/orders/O-1', None)
    """
    path = operation.path
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    return None if "{" in path else path


def _credential(auth: AuthPolicy, operation: Operation) -> Iterator[str]:
    if not operation.secured or auth.kind == "none":
        return
    if auth.kind == "basic":
        yield '-u "$CRM_USERNAME:$CRM_PASSWORD"'
    elif auth.where == "header":
        yield f'-H "{auth.name}: {f"{auth.scheme} ".lstrip()}$CRM_ACCESS_TOKEN"'
    elif auth.where == "cookie":
        yield f'-b "{auth.name}=$CRM_ACCESS_TOKEN"'


def _query(auth: AuthPolicy, operation: Operation) -> str:
    is_asked = operation.secured and auth.kind != "none" and auth.where == "query"
    return f"?{auth.name}=$CRM_ACCESS_TOKEN" if is_asked else ""
