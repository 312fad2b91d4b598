"""Who uses what: the operations that consumers' calls do, and the fields that they read of the answers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from crm_contracts.model.consumer import CallSpec, Consumer

KnownBy = Literal["declared", "observed", "nobody"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One call of a consumer that does an operation; `fields` are the names that it reads of the answer.

    `known_by` tells how they are known: from its file (`reads`), from runs in which they were missing, or not at all:
    then it may read every field.
    """

    consumer: Consumer
    call: str
    operation: str
    fields: frozenset[str] = frozenset()
    known_by: KnownBy = "nobody"

    def reads(self, field: str) -> bool | None:
        """Whether it reads a field (a name, or a dotted path); None where nobody knows."""
        if self.known_by == "nobody":
            return None
        return any(_same(field, known) for known in self.fields)


def uses_of(consumers: Iterable[Consumer]) -> tuple[Use, ...]:
    """Return what consumers' files say that they use."""
    return tuple(
        use for consumer in consumers for call in consumer.calls.values() for use in _uses(consumer, call)
    )


def _uses(consumer: Consumer, call: CallSpec) -> Iterator[Use]:
    for operation in dict.fromkeys(call.does):
        yield Use(
            consumer=consumer,
            call=call.name,
            operation=operation,
            fields=frozenset(call.reads or ()),
            known_by="nobody" if call.reads is None else "declared",
        )


def _same(field: str, known: str) -> bool:
    """A name alone means a field at any depth; of two paths one must end as the other does.

    >>> _same("results.total", "total"), _same("total", "items.total"), _same("total", "subtotal")
    (True, True, False)
    """
    ours, theirs = field.split("."), known.split(".")
    least = min(len(ours), len(theirs))
    return ours[-least:] == theirs[-least:]
