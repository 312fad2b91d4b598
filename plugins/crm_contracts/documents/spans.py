"""Where a value of a YAML text begins and ends, for whoever changes a file and leaves all else as it was."""

from dataclasses import dataclass
from typing import Any

import yaml

from crm_contracts.documents.document import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """The offsets of a value in its text, the column (from 0) in which it begins, and whether it is in brackets.

    A list without brackets knows where its last entry ends: what the parser takes for its end lies behind the comments
    that follow it.
    """

    start: int
    end: int
    column: int
    flow: bool
    last: int


def extent_of(text: str, place: Place) -> Extent | None:
    """The extent of the value at a place; None where there is none. The text is one that could be read.

    >>> text = "- {check: [a, b]}"
    >>> found = extent_of(text, (0, "check"))
    >>> text[found.start : found.end]
    '[a, b]'
    """
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    for step in place:
        node = _child(node, step)
    if node is None:
        return None
    scalar_or_flow = not isinstance(node, yaml.CollectionNode) or bool(node.flow_style)
    return Extent(
        start=node.start_mark.index,
        end=node.end_mark.index,
        column=node.start_mark.column,
        flow=scalar_or_flow,
        last=_last(node),
    )


def _child(node: Any, step: str | int) -> Any:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    return None


def _last(node: Any) -> int:
    """Where the last scalar or bracket of a value ends."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)
