"""The pact files that words of the command line mean, and the contract that each belongs to."""

from collections.abc import Sequence
from pathlib import Path

from crm_contracts.cli.contract_words import contract_named
from crm_contracts.cli.refusal import Refused
from crm_contracts.contracts import load_contract
from crm_contracts.model.contract import Contract
from crm_contracts.model.language import _
from crm_contracts.pacts import Pact, read_pact
from crm_contracts.project import Layout, discovery


def pacts_named(layout: Layout, words: Sequence[Path]) -> list[tuple[Path, Pact]]:
    """The pacts of files, of folders with such files, or (no word) of all contracts here; raises Refused and Problems."""
    files = [file for word in words for file in _files(word)] if words else list(discovery.pact_files(layout))
    if not files:
        raise Refused(_("No pact is here: pacts lie in the folder `pacts` of a contract, or are named."))
    return [(file, read_pact(file)) for file in files]


def contract_of(layout: Layout, file: Path, pact: Pact, name: str | None) -> Contract:
    """The contract that a pact is held against: the named one, the one in whose folder it lies, the provider's, the only one."""
    if name is not None:
        return contract_named(layout, name)
    home = file.resolve().parent.parent
    if file.resolve().parent.name == discovery.PACTS and discovery.contract_file(home):
        return load_contract(home)
    known = [path.parent for path in discovery.contract_files(layout)]
    named = [folder for folder in known if folder.name == pact.provider]
    return load_contract(named[0]) if named else contract_named(layout, None)


def _files(word: Path) -> list[Path]:
    if word.is_dir():
        return sorted(path for path in word.iterdir() if path.suffix == ".json")
    if not word.exists():
        raise Refused(_("There is no {path}.").format(path=word))
    return [word]
