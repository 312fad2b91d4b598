"""`crm-contracts pact compare`: each interaction of pact files, held against the contract."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from crm_contracts.model.language import _

if TYPE_CHECKING:
    from crm_contracts.pacts import Comparison, Pact

COLUMNS = 80


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help=_("pact files, or folders of them (default: those in the contracts' folders `pacts`)"),
    )
    parser.add_argument(
        "--contract",
        metavar="NAME",
        help=_(
            "a contract's name, folder or OpenAPI document (default: the one that the pact lies in or names)"
        ),
    )


def run(options: argparse.Namespace) -> int:
    """Print each mismatch; exit 0 where everything goes together, 1 where something does not, 4 for what cannot be found."""
    from crm_contracts.cli.pact_files import contract_of, pacts_named
    from crm_contracts.pacts import Comparison
    from crm_contracts.project.layout import layout_here
    from crm_contracts.reports.columns import cut, wrapped
    from crm_contracts.reports.evidence import visible

    layout = layout_here(Path.cwd())
    held = wrong = messages = 0
    for file, pact in pacts_named(layout, options.files):
        comparison = Comparison(contract_of(layout, file, pact, options.contract))
        print(f"{pact.document.file}:")
        head = _("{consumer} asks {provider}, held against {contract}")
        names = {"consumer": pact.consumer, "provider": pact.provider, "contract": comparison.contract.name}
        print("\n".join(wrapped(visible(head.format(**names)), COLUMNS)))
        for number, title in enumerate(pact.titles()):
            word, text = _held(comparison, pact, number, title)
            print(cut(visible(f"  {word}  {title}"), COLUMNS))
            if text:
                print("\n".join(f"    {line}".rstrip() for line in ("", *text.splitlines(), "")))
            held, wrong, messages = held + 1, wrong + bool(text), messages + (word == _word("message"))
        print()
    print(_("Interactions: {count}. Incompatible: {wrong}.").format(count=held, wrong=wrong))
    if messages:
        print(_("Messages: {count}, not compared: the contract describes requests.").format(count=messages))
    return 1 if wrong else 0


def _held(comparison: "Comparison", pact: "Pact", number: int, title: str) -> tuple[str, str]:
    """The word for an interaction, and what is to be told of it."""
    from crm_contracts.reports.pact_finding import incompatible

    interaction = pact.interactions[number]
    if interaction.request is None:
        return _word("message"), ""
    found = comparison.mismatches(interaction, pact.document)
    if not found:
        return _word("good"), ""
    operation = comparison.operation(interaction)
    return _word("wrong"), incompatible(
        title, comparison.contract.name, str(operation or ""), found, columns=COLUMNS - 4
    )


def _word(kind: str) -> str:
    return {"good": _("compatible"), "wrong": _("INCOMPATIBLE"), "message": _("not compared")}[kind]
