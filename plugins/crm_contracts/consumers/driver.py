"""A driver knows how to make a consumer do its calls. It reports what came back and judges nothing."""

from collections.abc import Mapping
from typing import Protocol

from crm_contracts.model.call import CallResult
from crm_contracts.model.consumer import CallSpec, HttpCall
from crm_contracts.model.contact import Contact
from crm_contracts.model.endpoint import Endpoint
from crm_contracts.model.json import JSON


class ConsumerFailed(Exception):  # noqa: N818 - the consumer's failure, not an error of ours
    """A consumer that does not come to its first call; says what was wanted and the next step, with its own words.

    >>> str(ConsumerFailed("The module 'crm_driver' was not found."))
    "The module 'crm_driver' was not found."
    """

    def __init__(self, reason: str, output: str = "") -> None:
        super().__init__(reason, output)
        self.reason, self.output = reason, output

    def __str__(self) -> str:
        return f"{self.reason}\n{self.output}".rstrip() if self.output.strip() else self.reason


class Driver(Protocol):
    """Drives one consumer through one run, on the lab's event loop."""

    @property
    def output(self) -> str:
        """What the consumer printed so far."""

    @property
    def contacts(self) -> tuple[Contact, ...] | None:
        """The hosts that it reached for so far, each once; None where that cannot be known."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What is worth knowing of how it is driven, in sentences."""

    async def start(self, endpoint: Endpoint) -> None:
        """Bring the consumer to where it can be called; raises ConsumerFailed."""

    async def call(
        self, spec: CallSpec, args: Mapping[str, JSON], request: HttpCall | None, give_up_after: float
    ) -> CallResult:
        """Make one call and report what came back; never raises for what the caller does.

        After `give_up_after` seconds it is reported as hung.
        """

    async def advance(self, seconds: float) -> bool:
        """Move the caller's clocks; False where this driver cannot."""

    async def stop(self) -> None:
        """End everything that was started for this run; may be called at any time."""
