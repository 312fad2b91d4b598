"""`crm-contracts serve`: the lab for any program, with a live log of what reaches it, until Ctrl-C."""

import argparse
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from crm_contracts.model.language import _

if TYPE_CHECKING:
    from crm_contracts.model.consumer import Consumer
    from crm_contracts.model.contract import Contract
    from crm_contracts.model.run import Run
    from crm_contracts.project import Layout

LOOPBACK = "127.0.0.1"
DEFAULT_NAME = "lab"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument(
        "--contract",
        metavar="NAME",
        help=_("a contract's name, folder or OpenAPI document (default: the only one here)"),
    )
    parser.add_argument(
        "--consumers",
        metavar="A,B",
        default="",
        help=_("consumers of this project; each gets an address and credentials of its own"),
    )
    parser.add_argument(
        "--port",
        type=int,
        metavar="N",
        help=_("the port of the first address, the others follow it (default: free ones)"),
    )
    parser.add_argument(
        "--name",
        default=DEFAULT_NAME,
        help=_(
            "a name for `crm-contracts fault --serve NAME`, where several labs are served (default: {name})"
        ).format(name=DEFAULT_NAME),
    )
    parser.add_argument(
        "--engine", choices=("toxiproxy", "embedded"), help=_("default: toxiproxy where it is installed")
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help=_("decides every random choice (default: 0)")
    )


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM; then everything is taken down and the exit code is 0."""
    from crm_contracts.cli.engine import settings
    from crm_contracts.cli.refusal import Refused
    from crm_contracts.cli.serving import Serving
    from crm_contracts.host import LabClient
    from crm_contracts.model.language import choose_language
    from crm_contracts.project.layout import layout_here
    from crm_contracts.serving import NameTaken, Rendezvous, Served

    if options.port is not None and not 1 <= options.port <= 65535:
        raise Refused(_("--port {port}: a port is a number from 1 to 65535.").format(port=options.port))
    runs, place = _runs(layout_here(Path.cwd()), options), Rendezvous(options.name)
    try:
        listener = place.claim()
    except NameTaken as taken:
        raise Refused(str(taken)) from None
    try:
        with _interruptible():
            lab = LabClient(settings(options), language=choose_language(options.crm_lang))
            with closing(lab):
                served = [Served(lab, run, _address(run, options.port, n)) for n, run in enumerate(runs)]
                Serving(lab, served, listener, options.name).go_on()
    except KeyboardInterrupt:
        print(_("Ended: nothing listens any more."))
    finally:
        listener.close()
        place.release()
    return 0


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM ends us as Ctrl-C does; a second one of either waits until everything is taken down."""
    usual = signal.getsignal(signal.SIGINT), signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual[0])
        signal.signal(signal.SIGTERM, usual[1])


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _runs(layout: "Layout", options: argparse.Namespace) -> "list[Run]":
    from crm_contracts.cli.callers import consumer_named
    from crm_contracts.cli.contract_words import contract_named
    from crm_contracts.cli.refusal import Refused
    from crm_contracts.contracts import load_contract

    names = [name.strip() for name in options.consumers.split(",") if name.strip()]
    if names and options.contract:
        raise Refused(
            _("--contract and --consumers exclude each other: a consumer names its contract itself.")
        )
    if names:
        consumers = [consumer_named(layout, name) for name in dict.fromkeys(names)]
        return [_run(one, load_contract(one.contract), options.seed) for one in consumers]
    contract = contract_named(layout, options.contract)
    return [_run(anybody(contract), contract, options.seed)]


def anybody(contract: "Contract") -> "Consumer":
    """Whoever is pointed at the lab: a consumer that promises nothing in particular."""
    from crm_contracts.model.consumer import CommandDriver, Consumer

    driver = CommandDriver(command=("true",))
    return Consumer(
        name=contract.name, file=contract.folder, contract=contract.folder, driver=driver, calls={}
    )


def _run(consumer: "Consumer", contract: "Contract", seed: int) -> "Run":
    from crm_contracts.model.run import Run
    from crm_contracts.model.scenario import Scenario

    scenario = Scenario(name="serve", file="serve", path=consumer.file, title=consumer.name, during=())
    return Run(scenario=scenario, consumer=consumer, contract=contract, seed=seed)


def _address(run: "Run", port: int | None, index: int) -> tuple[str, int] | None:
    """The address that was asked for, or the one at which a program that runs already expects its CRM."""
    from crm_contracts.model.consumer import HttpDriver

    if port is not None:
        return LOOPBACK, port + index
    driver = run.consumer.driver
    if not isinstance(driver, HttpDriver) or not driver.listen:
        return None
    host, _colon, number = driver.listen.rpartition(":")
    return host or LOOPBACK, int(number)
