"""What a consumer's payload items are called: its calls, the operations that each does, and the two kinds."""

from collections.abc import Iterator
from typing import Literal

from crm_contracts.contracts import load_contract
from crm_contracts.model.consumer import CallSpec, Consumer
from crm_contracts.model.contract import Contract, Operation

Kind = Literal["payloads", "malformed"]
KINDS: tuple[Kind, ...] = ("payloads", "malformed")
"""`payloads`: valid but surprising answers; `malformed`: mutations of a sound one."""


def label_of(spec: CallSpec, operation: str) -> str:
    """How items name a call, with the operation where it does several.

    >>> from crm_contracts.model.contract import Effect
    >>> label_of(CallSpec(name="find", does=("getOrder",), effect=Effect.READ), "getOrder")
    'find'
    """
    return spec.name if len(spec.does) == 1 else f"{spec.name}[{operation}]"


def payload_names(consumer: Consumer) -> Iterator[str]:
    """The names of a consumer's payload items, as known issues have them."""
    contract = load_contract(consumer.contract)
    for spec in consumer.calls.values():
        for operation in operations_of(spec, contract):
            yield from (f"{label_of(spec, operation.id)}::{kind}" for kind in kinds_of(operation))


def operations_of(spec: CallSpec, contract: Contract) -> Iterator[Operation]:
    """The operations of a call that the contract knows."""
    known = (contract.operations.get(name) for name in dict.fromkeys(spec.does))
    return (one for one in known if one is not None)


def kinds_of(operation: Operation) -> tuple[Kind, ...]:
    """Without a schema nobody can tell what else a valid answer would be; a mutation needs none."""
    described = any(
        media.schema is not None for one in operation.responses.values() for media in one.media.values()
    )
    return KINDS if described else ("malformed",)
