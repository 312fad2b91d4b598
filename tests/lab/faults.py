"""Faults that do exactly what a test writes down."""

from dataclasses import dataclass, field
from random import Random
from typing import ClassVar

from crm_contracts.model.contract import Effect
from crm_contracts.model.delivery import Delivery, Piece
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Place, Selector, Trait
from crm_contracts.model.span import Span
from crm_contracts.model.toxic import ToxicSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """A reply fault with a fixed delivery."""

    place: ClassVar[Place] = Place.REPLY
    delivery: Delivery = field(
        default_factory=lambda: Delivery(
            pieces=(Piece(data=b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"),), status=503
        )
    )
    fault: str = "wired"
    processed: str = "after"
    operations: tuple[str, ...] = ()
    effect: Effect | None = None
    first: int | None = None
    every_nth: int | None = None
    probability: float | None = None
    at: Span | None = None
    for_: Span | None = None
    repeat: Span | None = None

    def selector(self) -> Selector:
        return Selector(
            operations=self.operations,
            effect=self.effect,
            first=self.first,
            every_nth=self.every_nth,
            probability=self.probability,
        )

    def traits(self) -> frozenset[Trait]:
        return frozenset()

    def sentence(self) -> str:
        return "as wired"

    def refusal(self):
        return None

    def deliver(self, request: Request, answer: Answer | None, dice: Random, now: float) -> Delivery:
        return self.delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Noxious:
    """A toxic as the engine takes it; without specs it is `down`."""

    place: ClassVar[Place] = Place.TOXIC
    specs: tuple[ToxicSpec, ...] = ()
    fault: str = "noxious"
    pool: str = "fresh"
    at: Span | None = None
    for_: Span | None = None
    repeat: Span | None = None

    def traits(self) -> frozenset[Trait]:
        return frozenset()

    def sentence(self) -> str:
        return "noxious"

    def toxics(self) -> tuple[ToxicSpec, ...]:
        return self.specs
