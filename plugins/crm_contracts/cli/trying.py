"""`crm-contracts try CONSUMER.CALL`: one call, with a fault if you like; its outcome, its value, and each attempt."""

import argparse
import gc
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from crm_contracts.model.language import _

if TYPE_CHECKING:
    from crm_contracts.faults import AnyFault
    from crm_contracts.model.consumer import CallSpec, Consumer
    from crm_contracts.model.json import JSON
    from crm_contracts.model.run import Run

TAKES_OTHERS = True
AFTERWARDS = 0.5
"""Seconds that a write has to arrive after a call whose consumer declares no queue; nobody waits longer here."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument("call", metavar="CONSUMER.CALL", help=_("`crm-contracts list calls` shows them"))
    parser.add_argument(
        "--fault",
        metavar="NAME",
        help=_("what goes wrong meanwhile; its settings follow as --key value: --fault status --code 503"),
    )
    parser.add_argument("--args", metavar="JSON", help=_("arguments in the place of the consumer's own"))
    parser.add_argument(
        "--engine", choices=("toxiproxy", "embedded"), help=_("default: toxiproxy where it is installed")
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help=_("decides every random choice (default: 0)")
    )


def run(options: argparse.Namespace) -> int:
    """Make the call; exit 0 for an outcome that serves or tells its user, 1 for a crash, a hang or no way to the lab."""
    # Imports are most of what this command does, and looking for garbage among them takes a fifth of the time.
    gc.disable()
    try:
        return _tried(options)
    finally:
        gc.enable()


def _tried(options: argparse.Namespace) -> int:
    from crm_contracts.host.spawning import spawn

    if not _has_file(options.call):
        # A name that may mean nothing is looked up before anything is started.
        _planned(options, None)
    spawned = spawn()
    # Now that the lab is on its way, what is needed to speak with it.
    from crm_contracts.cli.engine import settings
    from crm_contracts.host import LabClient
    from crm_contracts.model.language import choose_language

    try:
        fault = _fault(options)
        chosen = settings(_with_engine(options, fault))
    except BaseException:
        spawned.end()
        raise
    lab = LabClient(chosen, language=choose_language(options.crm_lang), spawned=spawned)
    try:
        planned = _planned(options, fault)
        under_way = lab.submit(planned)
        # Meanwhile, what is needed to tell of it.
        from crm_contracts.cli.outcome import lines, well

        journal = lab.wait(under_way)
        print("\n".join(lines(planned, journal)), flush=True)
    finally:
        lab.close()
    return 0 if well(planned, journal) else 1


def _has_file(call: str) -> bool:
    """Whether a consumer's file has the name in `CONSUMER.CALL`; nothing is read."""
    from crm_contracts.project import discovery
    from crm_contracts.project.layout import layout_here

    files = discovery.consumer_files(layout_here(Path.cwd()))
    return any(path.stem == call.rpartition(".")[0] for path in files)


def _with_engine(options: argparse.Namespace, fault: "AnyFault | None") -> argparse.Namespace:
    """Where nothing breaks TCP, nobody waits for a program that could."""
    from crm_contracts.model.fault import Toxic

    if options.engine is None and not isinstance(fault, Toxic):
        options.engine = "embedded"
    return options


def _fault(options: argparse.Namespace) -> "AnyFault | None":
    from crm_contracts.cli.refusal import Refused

    if options.fault is not None:
        from crm_contracts.cli.fault_words import fault_of

        return fault_of(options.fault, options.others, before="--fault")
    if options.others:
        sentence = _("{words}: settings belong to a fault; name it: --fault status --code 503")
        raise Refused(sentence.format(words=" ".join(options.others)))
    return None


def _planned(options: argparse.Namespace, fault: "AnyFault | None") -> "Run":
    from crm_contracts.cli.callers import call_named
    from crm_contracts.cli.refusal import Refused
    from crm_contracts.contracts import load_contract
    from crm_contracts.model.run import Run
    from crm_contracts.model.scenario import Scenario, Step
    from crm_contracts.project.layout import layout_here

    consumer, spec = call_named(layout_here(Path.cwd()), options.call)
    if options.args is not None:
        spec = _with_args(consumer, spec, options.args)
    scenario = Scenario(
        name="try",
        file="try",
        path=consumer.file,
        title=options.call,
        during=(Step(call=spec.name),),
        faults=(fault,) if fault else (),
    )
    contract, caller = load_contract(consumer.contract), _impatient(consumer, spec)
    if fault is None:
        return Run(scenario=scenario, consumer=caller, contract=contract, seed=options.seed)
    from crm_contracts.scenarios import bind

    bound = bind(scenario, caller, contract, options.seed)
    if isinstance(bound, str):
        raise Refused(_("{call}: {reason}.").format(call=options.call, reason=bound))
    return bound


def _impatient(consumer: "Consumer", spec: "CallSpec") -> "Consumer":
    """The consumer with this call alone, and its promise of delivery cut where it has no queue to deliver from."""
    from crm_contracts.model.consumer import Outcome

    promises = consumer.promises
    if Outcome.QUEUED not in consumer.declares:
        promises = replace(promises, delivers_within=min(promises.delivers_within or 0.0, AFTERWARDS))
    return replace(consumer, promises=promises, calls={spec.name: spec})


def _with_args(consumer: "Consumer", spec: "CallSpec", text: str) -> "CallSpec":
    from crm_contracts.cli.refusal import Refused
    from crm_contracts.model.consumer import HttpDriver

    given = _mapping(text)
    if not isinstance(consumer.driver, HttpDriver):
        return replace(spec, args={**spec.args, **given})
    if spec.request is None or not isinstance(spec.request.json, dict):
        sentence = _("{call} is a request without a JSON body, so --args has nothing to replace.")
        raise Refused(sentence.format(call=spec.name))
    return replace(spec, request=replace(spec.request, json={**spec.request.json, **given}))


def _mapping(text: str) -> "dict[str, JSON]":
    from crm_contracts.cli.refusal import Refused
    from crm_contracts.documents import parse
    from crm_contracts.model.problem import Problems

    try:
        value = parse(text.encode(), file="--args", json=True).value
    except Problems as wrong:
        raise Problems(wrong.problems) from None
    if not isinstance(value, dict):
        raise Refused(
            _("--args wants a JSON object: {example}").format(example='--args \'{"order_id": "O-1001"}\'')
        )
    return value
