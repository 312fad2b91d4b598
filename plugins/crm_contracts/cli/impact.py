"""`crm-contracts impact`: which consumers use an operation or a field of a contract, or all of them."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from crm_contracts.model.language import _

if TYPE_CHECKING:
    from crm_contracts.changes import Use
    from crm_contracts.model.contract import Contract
    from crm_contracts.project import Layout

COLUMNS = 80


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument(
        "what",
        nargs="?",
        metavar="OPERATION[.FIELD]",
        help=_("an operation, or a field of its answer: getOrder.total (default: all that is used)"),
    )
    parser.add_argument(
        "--contract",
        metavar="NAME",
        help=_("a contract's name, folder or OpenAPI document (default: every contract here)"),
    )
    parser.add_argument(
        "--observe",
        action="store_true",
        help=_("find out by runs which fields are read: each is taken away in turn"),
    )


def run(options: argparse.Namespace) -> int:
    """Print who uses it; exit 0, 4 for an operation that is not there, 5 where nobody uses it."""
    from crm_contracts.cli.contract_users import users_of
    from crm_contracts.cli.reading_of_fields import uses
    from crm_contracts.project.layout import layout_here

    layout = layout_here(Path.cwd())
    contracts = _contracts(layout, options.contract)
    asked = [(contract, *_meant(contract, options.what)) for contract in contracts]
    if options.what:
        asked = [one for one in asked if one[1]] or _nowhere(contracts, options.what)
    found: list[tuple[str, Use]] = []
    for contract, operation, field in asked:
        users = users_of(layout, contract, names=frozenset({contract.name}))
        if operation:
            users = tuple(one for one in users if any(operation in call.does for call in one.calls.values()))
        known = uses(users, contract, options, observe=options.observe, operation=operation, field=field)
        found += [(contract.name, one) for one in known if _wanted(one, operation, field)]
    field = next((field for _contract, _operation, field in asked if field), "")
    print("\n".join(_lines(tuple(found), options.what or "", field)))
    return 0 if found else 5


def _contracts(layout: "Layout", name: str | None) -> "list[Contract]":
    from crm_contracts.cli.contract_words import contract_named
    from crm_contracts.contracts import load_contract
    from crm_contracts.project import discovery

    if name is not None:
        return [contract_named(layout, name)]
    files = list(discovery.contract_files(layout))
    # Where there is none, the sentence about that.
    return [load_contract(path.parent) for path in files] or [contract_named(layout, None)]


def _meant(contract: "Contract", what: str | None) -> tuple[str, str]:
    """Operation and field; both are empty where the contract has no such operation."""
    from crm_contracts.consumers.binding import operation_of

    if not what:
        return "", ""
    if found := operation_of(contract, what):
        return found.id, ""
    # An operationId may have dots itself: the longest one that there is wins.
    parts = what.split(".")
    for end in range(len(parts) - 1, 0, -1):
        if found := operation_of(contract, ".".join(parts[:end])):
            return found.id, ".".join(parts[end:])
    return "", ""


def _nowhere(contracts: "list[Contract]", what: str) -> "list[tuple[Contract, str, str]]":
    from crm_contracts.cli.refusal import unknown

    words = [name for contract in contracts for name in contract.operations]
    names = ", ".join(contract.name for contract in contracts)
    sentence = _("No operation {name!r} is in {contracts}.").format(name=what, contracts=names)
    remedy = _("The operations stand in the contract's OpenAPI documents and contract.yaml.")
    raise unknown(sentence, what.partition(".")[0], words, remedy=remedy)


def _wanted(use: "Use", operation: str, field: str) -> bool:
    if operation and use.operation != operation:
        return False
    return not field or use.reads(field) is not False


def _lines(found: "tuple[tuple[str, Use], ...]", what: str, field: str) -> Iterator[str]:
    from crm_contracts.cli.rows import rows

    if not found:
        yield _("Nobody here uses {what}.").format(what=what or _("a contract"))
        return
    by_operation: dict[tuple[str, str], list[Use]] = {}
    for contract, use in found:
        by_operation.setdefault((contract, use.operation), []).append(use)
    for (contract, operation), group in by_operation.items():
        yield f"{contract}: {operation}{f'.{field}' if field else ''}"
        pairs = [(f"  {use.consumer.name}.{use.call}", _said(use, field)) for use in group]
        yield from rows(pairs, columns=COLUMNS)
    if any(use.known_by == "nobody" for _contract, use in found):
        yield ""
        yield _("Which fields are read: --observe finds out, `reads:` in a call says it.")


def _said(use: "Use", field: str) -> str:
    contact = f" <{use.consumer.contact}>" if use.consumer.contact else ""
    if use.known_by == "nobody":
        return (
            _("perhaps; which fields it reads is not known") + contact if field else _("any field") + contact
        )
    how = _("observed") if use.known_by == "observed" else _("declared")
    if field:
        return _("reads it ({how})").format(how=how) + contact
    names = ", ".join(sorted(use.fields)) or _("nothing of the answer")
    return _("{names} ({how})").format(names=names, how=how) + contact
