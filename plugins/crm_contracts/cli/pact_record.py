"""`crm-contracts pact record`: a run in which nothing goes wrong, written down as a pact."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from crm_contracts.model.language import _

if TYPE_CHECKING:
    from crm_contracts.model.journal import Journal
    from crm_contracts.model.run import Run


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument("consumer", metavar="CONSUMER", help=_("`crm-contracts list consumers` shows them"))
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help=_("the folder of the file (default: `pacts` in the contract's folder)"),
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help=_("decides every random choice (default: 0)")
    )


def run(options: argparse.Namespace) -> int:
    """Record; exit 0, 1 where a call did not go well, 4 for an unknown consumer or without pact-python, 5 where nothing was asked."""
    from crm_contracts.cli.callers import consumer_named
    from crm_contracts.cli.refusal import Refused
    from crm_contracts.pacts.extra import pact_python
    from crm_contracts.pacts.recorded import recorded
    from crm_contracts.pacts.recording import write_pact
    from crm_contracts.project.layout import layout_here

    # Before anything is started.
    pact_python()
    layout = layout_here(Path.cwd())
    consumer = consumer_named(layout, options.consumer)
    made = _run(consumer, options.seed)
    journal = _journal(made, options.crm_lang)
    if why := _not_well(journal):
        raise Refused(_("{consumer} cannot be recorded: {why}.").format(consumer=consumer.name, why=why))
    interactions = recorded(made.contract, journal.exchanges)
    if not interactions:
        print(_("{consumer} asked nothing that the contract knows.").format(consumer=consumer.name))
        return 5
    home = consumer.contract if consumer.contract.is_dir() else consumer.contract.parent
    file = write_pact(options.out or home / "pacts", consumer.name, made.contract, interactions)
    for one in interactions:
        print(f"  {one.description}")
    count = len(interactions)
    print(_("Interactions: {count}. Written: {file}").format(count=count, file=layout.shown(file.resolve())))
    return 0


def _run(consumer: object, seed: int) -> "Run":
    from crm_contracts.contracts import load_contract
    from crm_contracts.model.consumer import Consumer
    from crm_contracts.scenarios import baseline_of

    assert isinstance(consumer, Consumer)
    return baseline_of(consumer, load_contract(consumer.contract), seed)


def _journal(made: "Run", language: str | None) -> "Journal":
    from crm_contracts.lab import LabSettings
    from crm_contracts.model.language import choose_language
    from crm_contracts.project import LabKeeper

    # Nothing breaks: no program that could is waited for.
    keeper = LabKeeper(LabSettings(engine="embedded", seed=made.seed), language=choose_language(language))
    try:
        return keeper.lab().execute(made)
    finally:
        keeper.close()


def _not_well(journal: "Journal") -> str:
    """Why a run says nothing about what its consumer asks when all is well; empty: it does."""
    from crm_contracts.model.call import is_well

    if journal.dead or journal.trouble:
        return (journal.dead or journal.trouble or "").rstrip(".")
    bad = [call for call in journal.calls if not is_well(call, journal.calls)]
    if not bad:
        return ""
    sentence = _("its call {call} ended as {outcome} though nothing goes wrong")
    return sentence.format(call=bad[0].name, outcome=bad[0].outcome)
