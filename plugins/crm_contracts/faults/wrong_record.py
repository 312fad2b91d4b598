"""The record of somebody else."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.own_answer import RewrittenFault
from crm_contracts.model.exchange import Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _

_NUMBER = re.compile(r"\d+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongRecord(RewrittenFault):
    """The answer is whole and sound, but it is another record than the one that was asked for.

    A cache in front of the CRM that mixes its keys up does this. The record bears another `field` (default: `id`); only a
    caller that compares it with what it asked for can tell.

    Example: `{fault: wrong_record, operations: [getOrder]}`.
    Source: N19, N26.
    """

    fault: Literal["wrong_record"] = "wrong_record"
    field: Annotated[str, Field(min_length=1, description="The field that says whose record it is.")] = "id"

    def traits(self) -> frozenset[Trait]:
        """A successful answer is not the right one."""
        return frozenset({Trait.MALFORMED}) | self._ambiguous()

    def sentence(self) -> str:
        """That it is another, and which exchanges."""
        return _("the CRM answers with another record than was asked for{which}").format(which=self._aside())

    def rewritten(self, value: JSON, request: Request) -> JSON:
        """The same value with other identities."""
        if isinstance(value, list):
            return [self.rewritten(entry, request) for entry in value]
        if not isinstance(value, dict):
            return value
        inside = {name: self.rewritten(entry, request) for name, entry in value.items()}
        return {name: another(entry) if name == self.field else entry for name, entry in inside.items()}


def another(identity: JSON) -> JSON:
    """Return an identity of the same kind that is another one.

    >>> another("O-1009"), another(41), another("ada")
    ('O-1010', 42, 'adax')
    """
    if isinstance(identity, int):
        return identity + 1
    if not isinstance(identity, str):
        return identity
    found = _NUMBER.search(identity)
    if found is None:
        return f"{identity}x"
    return identity[: found.start()] + str(int(found[0]) + 1).zfill(len(found[0]))
