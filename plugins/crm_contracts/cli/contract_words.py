"""The contract that a word of the command line means."""

from pathlib import Path

from crm_contracts.cli.refusal import Refused, unknown
from crm_contracts.contracts import load_contract
from crm_contracts.model.contract import Contract
from crm_contracts.model.language import _
from crm_contracts.project import Layout, discovery
from crm_contracts.project.contracts import Contracts
from crm_contracts.project.layout import shipped_contracts


def contract_named(layout: Layout, name: str | None, *, shipped: bool = True) -> Contract:
    """A contract by its name, folder or document; without a word the only one of the project.

    The `shipped` ones can be named anywhere. Raises Refused with what there is, Problems where it cannot be read.
    """
    files = tuple(discovery.contract_files(layout))
    if name is None:
        return load_contract(_only(files, shipped=shipped).parent)
    try:
        return Contracts(root=layout.root, files=files).meant(name, Path.cwd())
    except LookupError as error:
        if name in shipped_contracts():
            return load_contract(shipped_contracts()[name])
        known = (*map(str, error.args), *shipped_contracts())
        raise unknown(
            _("There is no contract {name!r}.").format(name=name), name, dict.fromkeys(known)
        ) from None


def _only(files: tuple[Path, ...], *, shipped: bool) -> Path:
    from crm_contracts.cli import program

    if len(files) == 1:
        return files[0]
    if not files:
        told = _("No contract is here. Write one: {command}").format(
            command=program("new", "contract", "NAME")
        )
        if shipped:
            names = ", ".join(shipped_contracts())
            told += "\n" + _("Or take a shipped one: --contract {name}").format(name=names)
        raise Refused(told)
    names = ", ".join(path.parent.name for path in files)
    raise Refused(_("Which contract? There are {names}: --contract NAME").format(names=names))
