"""`crm-contracts probe`: is a real CRM still as the contract says? For a nightly job; nothing is written."""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crm_contracts.model.language import _

if TYPE_CHECKING:
    from crm_contracts.changes import Told
    from crm_contracts.live import Probed, Server
    from crm_contracts.model.contract import Contract

COLUMNS = 80


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument(
        "--provider",
        required=True,
        metavar="URL",
        help=_("where the CRM is; a path in it stands in the place of the contract's base path"),
    )
    parser.add_argument(
        "--read-only",
        action="store_true",
        required=True,
        help=_("must be said: a token is asked for and each GET once, and nothing else is ever sent"),
    )
    parser.add_argument(
        "--contract",
        metavar="NAME",
        help=_("a contract's name, folder or OpenAPI document (default: the only one here)"),
    )
    parser.add_argument(
        "--token-url",
        metavar="URL",
        help=_("the token endpoint (default: CRM_TOKEN_URL on the same host, else the contract's path)"),
    )


def run(options: argparse.Namespace) -> int:
    """Print what differs; exit 0 where everything is as the contract says, 1 where not or not known, 4 for a wrong word."""
    from crm_contracts.changes import told, uses_of
    from crm_contracts.cli.contract_users import users_of
    from crm_contracts.cli.contract_words import contract_named
    from crm_contracts.live import Server, probed
    from crm_contracts.project.layout import layout_here

    layout = layout_here(Path.cwd())
    contract = contract_named(layout, options.contract)
    server = Server(address(options.provider, "--provider"), contract.base_path)
    outcome = probed(contract, server, token_address(options, server, contract), os.environ)
    users = users_of(layout, contract, names=frozenset({contract.name}))
    found = told(outcome.changes, uses_of(users))
    print("\n".join(_lines(contract, server, outcome, found)))
    return 0 if outcome.as_promised else 1


def address(text: str, option: str) -> str:
    from crm_contracts.cli.refusal import Refused

    place = urlsplit("")
    try:
        place = urlsplit(text)
        sound = place.scheme in {"http", "https"} and place.hostname and (place.port or 1) > 0
    except ValueError:
        sound = False
    if not sound or not text.isascii() or any(char.isspace() for char in text):
        raise Refused(_("{option}: write a URL: http://host:port/path").format(option=option))
    if "@" in place.netloc or place.query or place.fragment:
        raise Refused(
            _("{option}: credentials belong into the environment, and a query has no place here.").format(
                option=option
            )
        )
    return text


def token_address(options: argparse.Namespace, server: "Server", contract: "Contract") -> str:
    from crm_contracts.cli.refusal import Refused

    if options.token_url:
        return address(options.token_url, "--token-url")
    said = os.environ.get("CRM_TOKEN_URL", "")
    if not said:
        return f"{server.origin}{contract.auth.token_path}"
    if urlsplit(address(said, "CRM_TOKEN_URL")).hostname != server.host:
        # A secret goes to no host that was not named for this very probe.
        sentence = _("CRM_TOKEN_URL is on another host than --provider: name it with --token-url.")
        raise Refused(sentence)
    return said


def _lines(
    contract: "Contract", server: "Server", outcome: "Probed", found: "tuple[Told, ...]"
) -> Iterator[str]:
    from crm_contracts.reports.columns import wrapped
    from crm_contracts.reports.evidence import visible

    differs = [one for one in found if one.breaking]
    sentence = _("{contract} at {host}: {asked} operations asked, {differs} differ, {unknown} unknown.")
    yield from wrapped(
        sentence.format(
            contract=contract.name,
            host=urlsplit(server.origin).netloc,
            asked=len(outcome.asked),
            differs=len(differs),
            unknown=len(outcome.unknown),
        ),
        COLUMNS,
    )
    for one in (*differs, *(one for one in found if not one.breaking)):
        yield from _change(one)
    for text in outcome.unknown:
        yield from wrapped(visible(_("unknown: {text}").format(text=text)), COLUMNS)
    if not outcome.lifetime_asked:
        sentence = _("The life of tokens was not asked: CRM_CLIENT_ID and CRM_CLIENT_SECRET are not set.")
        yield from wrapped(sentence, COLUMNS)
    if outcome.skipped:
        names = ", ".join(outcome.skipped[:8]) + (", …" if len(outcome.skipped) > 8 else "")
        yield from wrapped(
            _("not asked, for lack of an id or a parameter: {names}").format(names=names), COLUMNS
        )


def _change(one: "Told") -> Iterator[str]:
    from crm_contracts.reports.columns import wrapped
    from crm_contracts.reports.evidence import visible

    text = visible(one.text)
    sure = ", ".join(str(hit) for hit in one.hits if hit.sure)
    perhaps = ", ".join(str(hit) for hit in one.hits if not hit.sure)
    if not one.breaking:
        yield from wrapped(_("{text} (harms nobody)").format(text=text), COLUMNS)
        return
    if sure:
        text += ". " + _("Hit: {names}").format(names=sure)
    if perhaps:
        text += ". " + _("Perhaps hit (which fields it reads is not known): {names}").format(names=perhaps)
    first, *others = wrapped(text, COLUMNS - 2)
    yield first
    yield from (f"  {line}" for line in others)
