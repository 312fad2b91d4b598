"""`crm-contracts diagnose`: what is wrong with one request that is at hand, and what it has otherwise than a good one."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from crm_contracts.model.language import _

if TYPE_CHECKING:
    from crm_contracts.diagnosis import Difference, Reading, Subject
    from crm_contracts.model.contract import Contract, Operation
    from crm_contracts.model.verdict import Finding

COLUMNS = 80


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument(
        "file",
        metavar="FILE",
        help=_(
            "a request: raw HTTP, a curl command, a HAR file, or a JSON body alone; - reads the standard input"
        ),
    )
    parser.add_argument(
        "--against", metavar="FILE", help=_("a request that works, in any of these forms: tell what differs")
    )
    parser.add_argument(
        "--contract",
        metavar="NAME",
        help=_(
            "a contract's name, folder or OpenAPI document (default: the one here that knows the request)"
        ),
    )
    parser.add_argument("--operation", metavar="ID", help=_("what it was meant to be, whatever its address"))
    parser.add_argument("--entry", type=int, metavar="N", help=_("of a HAR file, the entry (from 1)"))


def run(options: argparse.Namespace) -> int:
    """Print the diagnosis; exit 0 where nothing is wrong, 1 where something is, 4 for what cannot be read."""
    from crm_contracts.diagnosis import differences, findings, subject_of
    from crm_contracts.diagnosis.secrecy import hide
    from crm_contracts.lab.secrets import Secrets
    from crm_contracts.reports.evidence import visible

    reading = _reading(options.file, options.entry)
    good = _reading(options.against, None) if options.against else None
    contracts = _contracts(options)
    subject = subject_of(reading, contracts, _operation(contracts, options.operation))
    names = [subject.contract.auth.name] if subject.contract else []
    secrets = Secrets()
    for one in filter(None, (reading, good)):
        hide(secrets, one, *names)
    wrong = findings(subject, secrets)
    name = _("standard input") if options.file == "-" else options.file
    told = list(_head(subject, name, secrets.redact_text(reading.target)))
    told += [line for number, one in enumerate(wrong, 1) for line in _finding(number, one)]
    if good is not None:
        told += _compared(options.against, differences(reading, good, secrets))
        told += _also_wrong(options.against, findings(subject_of(good, contracts), secrets))
    print(visible("\n".join((*told, *_conclusion(subject, wrong)))))
    return 1 if wrong else 0


def _reading(name: str, entry: int | None) -> "Reading":
    from crm_contracts.cli.refusal import Refused
    from crm_contracts.diagnosis import Unreadable, given, read

    try:
        return read(given(_bytes(name), entry=entry))
    except Unreadable as unreadable:
        shown = _("standard input") if name == "-" else name
        raise Refused(f"{shown}: {unreadable}") from None


def _bytes(name: str) -> bytes:
    """At most one byte more than is read of any file, so that a huge one costs nothing."""
    from crm_contracts.cli.refusal import Refused
    from crm_contracts.diagnosis.given import MOST

    if name == "-":
        return sys.stdin.buffer.read(MOST + 1)
    try:
        with Path(name).open("rb") as file:
            return file.read(MOST + 1)
    except OSError as error:
        raise Refused(
            _("{file} cannot be read: {reason}.").format(file=name, reason=error.strerror)
        ) from None


def _contracts(options: argparse.Namespace) -> "list[Contract]":
    from crm_contracts.cli.contract_words import contract_named
    from crm_contracts.contracts import load_contract
    from crm_contracts.project import discovery
    from crm_contracts.project.layout import layout_here
    from crm_contracts.project.reading import or_none

    layout = layout_here(Path.cwd())
    if options.contract:
        return [contract_named(layout, options.contract)]
    files = list(discovery.contract_files(layout))
    found = (or_none(lambda path: load_contract(path.parent), path) for path in files)
    return [contract for contract in found if contract is not None]


def _operation(contracts: "list[Contract]", name: str | None) -> "Operation | None":
    from crm_contracts.cli.refusal import Refused, unknown
    from crm_contracts.consumers.binding import operation_of

    if name is None:
        return None
    if len(contracts) != 1:
        raise Refused(_("--operation needs the contract that it belongs to: --contract NAME"))
    found = operation_of(contracts[0], name)
    if found is None:
        sentence = _("The contract {contract!r} has no operation {name!r}.")
        raise unknown(sentence.format(contract=contracts[0].name, name=name), name, contracts[0].operations)
    return found


def _head(subject: "Subject", name: str, target: str) -> Iterator[str]:
    from crm_contracts.reports.columns import cut, wrapped

    reading = subject.reading
    first = f"{name}: {reading.method} {target}".rstrip(" :") if reading.method else name
    yield cut(first, COLUMNS)
    if subject.contract is not None:
        what = subject.operation.id if subject.operation else _("no operation")
        yield "  " + _("{operation} of the contract {contract}").format(
            operation=what, contract=subject.contract.name
        )
    else:
        yield from wrapped(
            _("no contract here knows it: HTTP and JSON are read, nothing else (--contract NAME)"),
            COLUMNS,
            indent="  ",
        )
    for note in reading.notes:
        yield from wrapped(note, COLUMNS, indent="  ")


def _finding(number: int, finding: "Finding") -> Iterator[str]:
    from crm_contracts.reports.columns import wrapped
    from crm_contracts.reports.diagnosis import layer_name, side_name

    yield ""
    yield from _hanging(f"{number}. ", finding.reason)
    if finding.side and finding.layer:
        sides = _("look here first: {side}; layer: {layer}")
        text = sides.format(side=side_name(finding.side), layer=layer_name(finding.layer))
        yield from wrapped(text, COLUMNS, indent="   ")
    yield from (f"     {line}".rstrip() for line in finding.evidence.splitlines())
    yield from wrapped(finding.remedy, COLUMNS, indent="   ")


def _hanging(label: str, text: str) -> Iterator[str]:
    from crm_contracts.reports.columns import wrapped

    indent = " " * len(label)
    first, *others = wrapped(text, COLUMNS, indent=indent) or [indent]
    yield label + first[len(label) :]
    yield from others


def _compared(name: str, found: "tuple[Difference, ...]") -> Iterator[str]:
    yield ""
    if not found:
        yield _("{good} is the same, byte for byte.").format(good=name)
        return
    yield _("What differs from {good}:").format(good=name)
    for usual, label in ((False, ""), (True, _("(differs between any two clients:)"))):
        group = [one for one in found if one.usual is usual]
        if group and label:
            yield f"  {label}"
        yield from (line for one in group for line in _difference(one))


def _difference(one: "Difference") -> Iterator[str]:
    from crm_contracts.reports.columns import width

    line = f"  {one.place}: {one.here}  <- {one.good}"
    if width(line) <= COLUMNS:
        yield line
    else:
        yield f"  {one.place}:"
        yield f"    {one.here}"
        yield f"    <- {one.good}"
    yield from (f"    {line}" for line in one.aside)


def _also_wrong(name: str, found: "tuple[Finding, ...]") -> Iterator[str]:
    from crm_contracts.reports.columns import wrapped

    for finding in found:
        sentence = _("{good} is not sound either: {reason}").format(good=name, reason=finding.reason)
        yield from wrapped(sentence, COLUMNS)


def _conclusion(subject: "Subject", wrong: "tuple[Finding, ...]") -> Iterator[str]:
    from crm_contracts.reports.columns import wrapped
    from crm_contracts.reports.diagnosis import side_name

    yield ""
    if wrong and wrong[0].side:
        sentence = _("Look here first: {side}. A CRM may refuse this request, or break on it.")
        yield from wrapped(sentence.format(side=side_name(wrong[0].side)), COLUMNS)
        return
    sound = _("Nothing is wrong with this request as far as it was read.")
    if subject.contract is not None:
        sound = _("Nothing is wrong with this request: it is strictly valid and matches the contract.")
    sentence = _("Look at the credentials, the network and the CRM next.")
    yield from wrapped(f"{sound} {sentence}", COLUMNS)
