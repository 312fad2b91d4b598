"""Why an interaction of a pact and the contract do not go together, both sides shown."""

from collections.abc import Iterator

from crm_contracts.model.language import _
from crm_contracts.pacts.comparison import Mismatch
from crm_contracts.reports.columns import cut, padded, width, wrapped
from crm_contracts.reports.evidence import visible
from crm_contracts.reports.words import layer_name

COLUMNS = 80
MOST = 20
"""So many mismatches of one interaction are told."""


def incompatible(
    title: str,
    contract: str,
    operation: str,
    found: tuple[Mismatch, ...],
    *,
    replay: str = "",
    columns: int = COLUMNS,
) -> str:
    """The whole text: the first mismatch in a line, each with both sides, and the command that compares again.

    It fits into so many columns where words allow it. `operation` is empty where the contract has none.
    """
    meant = f"{contract}: {operation}" if operation else contract
    parts = [
        wrapped(_headline(found), columns),
        [
            *_labelled(_("interaction"), title, columns),
            *_labelled(_("contract"), meant, columns),
        ],
        *(list(_mismatch(number, one, columns)) for number, one in enumerate(found[:MOST], 1)),
        _rest(found),
        [_("Compare again:"), f"  {replay}"] if replay else [],
    ]
    return visible("\n\n".join("\n".join(part) for part in parts if part))


def _headline(found: tuple[Mismatch, ...]) -> str:
    first = found[0]
    more = _(" (and {count} more)").format(count=len(found) - 1) if len(found) > 1 else ""
    return f"pact: {first.layer.value}: {first.where}: {first.message}{more}"


def _mismatch(number: int, one: Mismatch, columns: int) -> Iterator[str]:
    first, *others = wrapped(f"{one.where}: {one.message}", columns - 3)
    yield f"{number}. {first}"
    yield from (f"   {line}" for line in others)
    yield "   " + _("layer: {layer}").format(layer=layer_name(one.layer))
    label = max(width(_("pact")), width(_("contract"))) + 2
    sides = ((_("pact"), one.pact, one.position), (_("contract"), one.contract, one.contract_position))
    for name, text, position in sides:
        yield f"   {padded(name, label)}{cut(text, columns - 3 - label)}"
        if position is not None:
            yield f"   {' ' * label}{position}"


def _rest(found: tuple[Mismatch, ...]) -> list[str]:
    return [_("... {count} more").format(count=len(found) - MOST)] if len(found) > MOST else []


def _labelled(label: str, text: str, columns: int) -> Iterator[str]:
    head = f"{padded(label, 13)}"
    first, *others = wrapped(text, columns - 13) or [""]
    yield f"{head}{first}"
    yield from (f"{' ' * 13}{line}" for line in others)
