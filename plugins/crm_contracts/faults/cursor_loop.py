"""A list that has no end."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.cursors import cursor_of, with_cursor
from crm_contracts.faults.own_answer import RewrittenFault
from crm_contracts.model.exchange import Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorLoop(RewrittenFault):
    """The second page of a list says that the next page is the second: whoever follows never arrives.

    `parameter` (default `after`) is where a request carries its cursor, `field` (default `nextCursor`) where an answer says
    the next. A list of one page stays as it is. Right is to notice that a cursor comes again, and to say so.

    Example: `{fault: cursor_loop, parameter: after, field: nextCursor}`.
    Source: N26; method overloading the circuit (SoCC'22).
    """

    fault: Literal["cursor_loop"] = "cursor_loop"
    parameter: Annotated[str, Field(min_length=1, description="The cursor of a request.")] = "after"
    field: Annotated[str, Field(min_length=1, description="The next cursor in an answer.")] = "nextCursor"

    def traits(self) -> frozenset[Trait]:
        """A successful answer says what cannot be."""
        return frozenset({Trait.MALFORMED}) | self._ambiguous()

    def sentence(self) -> str:
        """That it leads back, and which exchanges."""
        return _("the next page of a list is the same page again{which}").format(which=self._aside())

    def rewritten(self, value: JSON, request: Request) -> JSON:
        """The page, pointing at itself."""
        cursor = cursor_of(request, self.parameter)
        return value if cursor is None else with_cursor(value, self.field, cursor)
