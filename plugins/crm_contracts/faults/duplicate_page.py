"""Records that come twice."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.faults.own_answer import RewrittenFault
from crm_contracts.model.exchange import Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicatePage(RewrittenFault):
    """Every record of a list comes twice, as when pages overlap because records were inserted while they were read.

    Right is to know records by their ids. Lists inside of records stay as they are.

    Example: `{fault: duplicate_page, operations: [listOrders]}`.
    Source: N26; FIELD, paging by offset.
    """

    fault: Literal["duplicate_page"] = "duplicate_page"

    def traits(self) -> frozenset[Trait]:
        """None by itself: the answers are sound."""
        return frozenset()

    def sentence(self) -> str:
        """That they come twice, and which exchanges."""
        return _("the records of a list come twice{which}").format(which=self._aside())

    def rewritten(self, value: JSON, request: Request) -> JSON:
        """The page with its records twice over."""
        if isinstance(value, list):
            return [*value, *value]
        if not isinstance(value, dict) or "id" in value:
            return value
        return {name: self.rewritten(entry, request) for name, entry in value.items()}
