"""How one answer looks: what stands around the record or the page in it."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

from crm_contracts.lab.simulator.schema_view import View
from crm_contracts.lab.simulator.ways import Way, found_at, placed
from crm_contracts.model.json import JSON


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One answer: its status, a sample of its body, and the way to the result in it (None: it shows the sample alone).

    `whole` is the schema of the answer, `view` that of the result; `element` is the shape of the items of a list. An
    `empty` answer has no body.

    >>> Shape(status=200, around={"success": True}, way=("data",)).with_record({"id": 7})
    {'success': True, 'data': {'id': 7}}
    """

    status: int
    around: JSON = None
    way: Way | None = ()
    whole: View | None = None
    view: View | None = None
    element: "Shape | None" = None
    empty: bool = False

    def with_record(self, fields: Mapping[str, JSON]) -> JSON:
        """Return the whole body with a record in its place; what the schema needs besides comes from the sample."""
        if self.way is None:
            return deepcopy(self.around)
        return placed(self.around, self.way, self._fitting(fields))

    def with_list(self, records: Sequence[Mapping[str, JSON]]) -> JSON:
        """Return the whole body with records in their place."""
        if self.way is None:
            return deepcopy(self.around)
        element = self.element or Shape(status=self.status)
        return placed(self.around, self.way, [element.with_record(fields) for fields in records])

    def _fitting(self, fields: Mapping[str, JSON]) -> dict[str, JSON]:
        if self.view is None:
            return dict(fields)
        members = self.view.members
        closed = self.view.root.get("additionalProperties") is False
        shown = {name: value for name, value in fields.items() if not closed or name in members}
        sample = found_at(self.around, self.way or ())
        if isinstance(sample, dict):
            for name, member in members.items():
                if member.required and name not in shown and name in sample:
                    shown[name] = deepcopy(sample[name])
        return shown
