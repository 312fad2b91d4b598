"""Whom a change hits: the consumers that do the operation, and of those the ones that read the field."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crm_contracts.changes.change import Change, Direction
from crm_contracts.changes.usage import Use
from crm_contracts.model.consumer import Consumer
from crm_contracts.model.language import _
from crm_contracts.model.span import human


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A consumer that a change concerns; `sure` is False where nobody knows which fields it reads.

    `calls` are its calls that do the operation, none where the whole contract is concerned; `promises` is what it
    promises about such a change, in words.
    """

    consumer: Consumer
    calls: tuple[str, ...] = ()
    sure: bool = True
    promises: str = ""

    def __str__(self) -> str:
        told = [self.promises] if self.promises else []
        told += [", ".join(self.calls)] if self.calls else []
        return f"{self.consumer.name} ({'; '.join(told)})" if told else self.consumer.name


def hits(change: Change, uses: Iterable[Use]) -> tuple[Hit, ...]:
    """Return the consumers that a change concerns, each once."""
    if change.operation is None:
        consumers = {use.consumer.name: use.consumer for use in uses}
        return tuple(Hit(consumer=one, promises=promised(one, change.promise)) for one in consumers.values())
    return tuple(_of_operation(change, [use for use in uses if use.operation == change.operation]))


def promised(consumer: Consumer, promise: str | None) -> str:
    """What a consumer promises about such a change, in words; nothing where no promise is about it."""
    promises = consumer.promises
    if promise == "attempts" and promises.attempts is not None and "attempts" in promises.written:
        return _("promises {n} attempts").format(n=promises.attempts)
    if promise == "refresh" and promises.refresh is not None:
        refresh = promises.refresh
        if refresh.ahead is not None:
            return _("promises {time}").format(time=human(refresh.ahead))
        return _("promises {share:.0%} of its life").format(share=refresh.at or 0)
    return _("promises nothing") if promise else ""


def _of_operation(change: Change, uses: list[Use]) -> Iterator[Hit]:
    by_consumer: dict[str, list[Use]] = {}
    for use in uses:
        if _reads(use, change) is not False:
            by_consumer.setdefault(use.consumer.name, []).append(use)
    for found in by_consumer.values():
        sure = any(_reads(use, change) for use in found)
        calls = tuple(dict.fromkeys(use.call for use in found if not sure or _reads(use, change)))
        yield Hit(consumer=found[0].consumer, calls=calls, sure=sure)


def _reads(use: Use, change: Change) -> bool | None:
    if change.field is None or change.direction is not Direction.RESPONSE:
        return True
    return use.reads(change.field)
