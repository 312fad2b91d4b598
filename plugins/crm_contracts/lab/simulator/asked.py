"""One request as the simulator's actions see it, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm_contracts.model.contract import Operation
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.json import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that was read: `value` is its body; of a write also the digest of its content, and its markers."""

    operation: Operation
    request: Request
    value: JSON = None
    digest: str = ""
    markers: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """What tells a repeated write from another one; reads have none."""
        return " ".join((self.digest, *self.markers))

    @property
    def params(self) -> Mapping[str, str]:
        """Its path parameters."""
        return self.request.path_params

    @property
    def fields(self) -> Mapping[str, JSON]:
        """Its body where that is an object, else nothing."""
        return self.value if isinstance(self.value, dict) else {}

    def key(self, name: str) -> JSON:
        """The key of the record that is meant: the last path parameter, else what is named like the key."""
        if self.params:
            return next(reversed(list(self.params.values())))
        return self.request.parameter(name) or self.fields.get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of a request; `record` is the key of what was written.

    `changed` is false for a repeat of the write that made the present state, so that the ledger has it once.
    `written` are the parts of a batch that were accepted; None: all of the request.
    """

    answer: Answer
    record: str | None = None
    changed: bool = True
    written: tuple[JSON, ...] | None = field(default=None)
