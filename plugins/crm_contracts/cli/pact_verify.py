"""`crm-contracts pact verify`: a provider is asked what pact files expect of it, by Pact's own verifier."""

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crm_contracts.model.language import _

if TYPE_CHECKING:
    from crm_contracts.live.credentials import Held
    from crm_contracts.model.contract import Contract
    from crm_contracts.model.run import Run
    from crm_contracts.pacts import Pact
    from crm_contracts.pacts.verifying import Verified
    from crm_contracts.serving.states import States

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
        "--provider",
        metavar="URL",
        help=_("a sandbox, which is sent all that the pacts say, writes too (default: the lab's simulator)"),
    )
    parser.add_argument(
        "--states", metavar="URL", help=_("where the sandbox sets up provider states (default: nowhere)")
    )
    parser.add_argument(
        "--token-url",
        metavar="URL",
        help=_(
            "the sandbox's token endpoint (default: CRM_TOKEN_URL on the same host, else the contract's path)"
        ),
    )
    parser.add_argument(
        "--contract",
        metavar="NAME",
        help=_(
            "a contract's name, folder or OpenAPI document (default: the one that the pact lies in or names)"
        ),
    )


def run(options: argparse.Namespace) -> int:
    """Print what came of each interaction; exit 0 where all are as expected, 1 where one is not, 4 for a wrong word."""
    from crm_contracts.cli.pact_files import contract_of, pacts_named
    from crm_contracts.cli.refusal import Refused
    from crm_contracts.project.layout import layout_here

    if options.states and not options.provider:
        raise Refused(_("--states belongs to --provider: the simulator's states are set up here."))
    layout = layout_here(Path.cwd())
    failed = count = 0
    for file, pact in pacts_named(layout, options.files):
        contract = contract_of(layout, file, pact, options.contract)
        with _provider(contract, options) as asked:
            found = _verified(pact, contract, asked)
        print("\n".join(_lines(pact, asked, found)))
        count, failed = (
            count + len(found),
            failed + sum(bool(one.differs) and not one.pending for one in found),
        )
    print(_("Interactions: {count}. Not as expected: {failed}.").format(count=count, failed=failed))
    return 1 if failed else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A provider: its name for people, its origin, the base path of its API, a credential, and who sets up its states."""

    name: str
    origin: str
    base_path: str
    held: "Held"
    states_url: str
    states: "States | None" = None


@contextmanager
def _provider(contract: "Contract", options: argparse.Namespace) -> Iterator[_Asked]:
    if options.provider:
        yield _sandbox(contract, options)
        return
    from urllib.parse import urlsplit

    from crm_contracts.host import LabClient
    from crm_contracts.lab import LabSettings
    from crm_contracts.live import Server
    from crm_contracts.live.credentials import obtain
    from crm_contracts.model.language import choose_language
    from crm_contracts.serving.states import States

    with ExitStack() as stack:
        lab = LabClient(LabSettings(engine="embedded"), language=choose_language(options.crm_lang))
        stack.enter_context(closing(lab))
        opened, endpoint = lab.open(_run(contract))
        states = stack.enter_context(States(contract, lambda name, fields: lab.put(opened, name, fields)))
        server = Server(endpoint.base_url, contract.base_path)
        held = obtain(contract.auth, server, endpoint.token_url, endpoint.environment())
        yield _Asked(
            name=_("the simulator"),
            origin=server.origin,
            base_path=urlsplit(endpoint.base_url).path.rstrip("/"),
            held=held,
            states_url=states.url,
            states=states,
        )


def _sandbox(contract: "Contract", options: argparse.Namespace) -> _Asked:
    from crm_contracts.cli.probe import address, token_address
    from crm_contracts.cli.refusal import Refused
    from crm_contracts.live import Server
    from crm_contracts.live.credentials import Refusal, obtain
    from crm_contracts.live.server import Unreachable

    server = Server(address(options.provider, "--provider"), contract.base_path)
    if options.states:
        address(options.states, "--states")
    try:
        held = obtain(contract.auth, server, token_address(options, server, contract), os.environ)
    except (Refusal, Unreachable) as why:
        raise Refused(_("{provider}: {why}.").format(provider=options.provider, why=why)) from None
    return _Asked(
        name=server.host,
        origin=server.origin,
        base_path=server.base_path,
        held=held,
        states_url=options.states or "",
    )


def _run(contract: "Contract") -> "Run":
    from crm_contracts.cli.serve import anybody
    from crm_contracts.model.run import Run
    from crm_contracts.model.scenario import Scenario

    scenario = Scenario(name="verify", file="verify", path=contract.folder, title=contract.name, during=())
    return Run(scenario=scenario, consumer=anybody(contract), contract=contract)


def _verified(pact: "Pact", contract: "Contract", asked: _Asked) -> "tuple[Verified, ...]":
    from crm_contracts.cli.refusal import Refused
    from crm_contracts.pacts.prepared import write_prepared
    from crm_contracts.pacts.verifying import Unverified, verified

    with tempfile.TemporaryDirectory(prefix="crm-contracts-pact-") as folder:
        file = write_prepared(
            Path(folder),
            pact,
            contract,
            base_path=asked.base_path,
            headers=asked.held.headers,
            query=asked.held.query,
        )
        try:
            return verified(file, provider=pact.provider, url=asked.origin, states=asked.states_url)
        except Unverified as why:
            raise Refused(str(why)) from None


def _lines(pact: "Pact", asked: _Asked, found: "tuple[Verified, ...]") -> Iterator[str]:
    from crm_contracts.reports.columns import cut, wrapped
    from crm_contracts.reports.evidence import visible

    yield f"{pact.document.file}:"
    head = _("{consumer} asks {provider}, verified against {who}")
    names = {"consumer": pact.consumer, "provider": pact.provider, "who": asked.name}
    yield from wrapped(visible(head.format(**names)), COLUMNS)
    secrets = [
        value.rpartition(" ")[2] for value in (*asked.held.headers.values(), *asked.held.query.values())
    ]
    for one in found:
        word = _("as expected") if not one.differs else _("pending") if one.pending else _("NOT AS EXPECTED")
        yield cut(visible(f"  {word}  {one.description}"), COLUMNS)
        for text in one.differs:
            yield from wrapped(visible(_without(text, secrets)), COLUMNS, indent="    ")
    if asked.states is not None and asked.states.unknown:
        unknown = ", ".join(asked.states.unknown)
        sentence = _("States that name no record of the simulator, which has its usual ones: {names}")
        yield from wrapped(sentence.format(names=unknown), COLUMNS)
    if not asked.states_url and any(one.states for one in found):
        yield from wrapped(_("Nobody set up the provider states: --states URL names who does."), COLUMNS)
    yield ""


def _without(text: str, secrets: list[str]) -> str:
    for secret in filter(None, secrets):
        text = text.replace(secret, "...")
    return text
