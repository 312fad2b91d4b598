"""`crm-contracts diff OLD NEW`: what changed between two versions of a contract, what breaks, and whom it hits."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from crm_contracts.model.language import _

if TYPE_CHECKING:
    from crm_contracts.changes import Hit, Told
    from crm_contracts.model.contract import Contract
    from crm_contracts.project import Layout

COLUMNS = 80


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    forms = _("a contract's folder, name or OpenAPI document, or REF:path in git (main:contracts/acme-crm)")
    parser.add_argument("old", metavar="OLD", help=forms)
    parser.add_argument("new", metavar="NEW", help=_("the same, as it is to be"))
    parser.add_argument(
        "--markdown", action="store_true", help=_("print the notice to send to those whom it concerns")
    )
    parser.add_argument(
        "--observe",
        action="store_true",
        help=_("find out by runs which fields the consumers of this project read"),
    )


def run(options: argparse.Namespace) -> int:
    """Print it; exit 0 where nothing breaks, 1 where something may, 4 for a contract that is not there."""
    from crm_contracts.changes import changes, notice, told
    from crm_contracts.cli.contract_users import users_of
    from crm_contracts.cli.reading_of_fields import uses
    from crm_contracts.project.layout import layout_here

    layout = layout_here(Path.cwd())
    old, new = contract_of(layout, options.old), contract_of(layout, options.new)
    users = users_of(layout, old, names=frozenset({old.name, new.name}))
    found = told(changes(old, new), uses(users, _observable(old, new), options, observe=options.observe))
    if options.markdown:
        print(notice(old, new, found), end="")
    else:
        print("\n".join(_lines(old, found, len(users))))
    return 1 if any(one.breaking for one in found) else 0


def contract_of(layout: "Layout", word: str) -> "Contract":
    """The contract that a word means: a path, a name, or `REF:path`."""
    from crm_contracts.changes import Nowhere, revision
    from crm_contracts.cli.contract_words import contract_named
    from crm_contracts.cli.refusal import Refused

    if ":" not in word or Path(word).exists():
        return contract_named(layout, word)
    try:
        return revision(word, Path.cwd())
    except Nowhere as nowhere:
        raise Refused(str(nowhere)) from None


def _observable(old: "Contract", new: "Contract") -> "Contract":
    """The contract that a lab can be made of: one of a git revision lies nowhere any more."""
    return old if old.folder.exists() or not new.folder.exists() else new


def _lines(old: "Contract", found: "tuple[Told, ...]", users: int) -> Iterator[str]:
    breaking = [one for one in found if one.breaking]
    others = [one for one in found if not one.breaking]
    if not found:
        yield _("{name}: nothing changed.").format(name=old.name)
        return
    sentence = _("{name}: {breaking} may break callers, {others} do not.")
    yield sentence.format(name=old.name, breaking=len(breaking), others=len(others))
    for title, group in ((_("may break callers"), breaking), (_("works as before"), others)):
        if group:
            yield ""
            yield f"{title}:"
            yield from (line for one in group for line in _told(one))
    if breaking and not users:
        yield ""
        yield _("No consumer of this contract is known here, so nobody can be named.")


def _told(one: "Told") -> Iterator[str]:
    from crm_contracts.reports.columns import wrapped

    first, *others = wrapped(one.text, COLUMNS, indent="    ")
    yield f"  - {first[4:]}"
    yield from others
    if not one.breaking:
        return
    for sure, label in (
        (True, _("Hit: {names}")),
        (False, _("Perhaps hit (which fields it reads is not known): {names}")),
    ):
        if names := ", ".join(_hit(hit) for hit in one.hits if hit.sure is sure):
            yield from wrapped(label.format(names=names), COLUMNS, indent="      ")


def _hit(hit: "Hit") -> str:
    contact = f" <{hit.consumer.contact}>" if hit.consumer.contact else ""
    return f"{hit}{contact}"
