"""A place in a list that is forgotten."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.cursors import with_cursor
from crm_contracts.faults.own_answer import RewrittenFault
from crm_contracts.model.exchange import Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _

FORGOTTEN = "forgotten-0"
"""A cursor that the CRM does not know any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiredCursor(RewrittenFault):
    """The cursors that the CRM hands out are forgotten at once, so the second page of a list is refused.

    The refusal is the contract's own for a cursor that is not valid. `field` (default `nextCursor`) is where an answer says
    the next cursor; a list of one page stays as it is. Right is to begin the list anew, a few times at most.

    Example: `{fault: expired_cursor, field: nextCursor}`.
    Source: N26; FIELD, paging.
    """

    fault: Literal["expired_cursor"] = "expired_cursor"
    field: Annotated[str, Field(min_length=1, description="The next cursor in an answer.")] = "nextCursor"

    def traits(self) -> frozenset[Trait]:
        """What follows is refused with an error status."""
        return frozenset({Trait.ERROR_STATUS, Trait.PERMANENT})

    def sentence(self) -> str:
        """That they are forgotten, and which exchanges."""
        return _("the cursors of lists have expired by the time that they are used{which}").format(
            which=self._aside()
        )

    def rewritten(self, value: JSON, request: Request) -> JSON:  # noqa: ARG002 - any page
        """The page with a cursor that leads nowhere; the last page stays the last."""
        return with_cursor(value, self.field, FORGOTTEN, only_where_more=True)
