"""`crm-contracts pin CONSUMER.CALL OPERATION ...`: an answer that a caller did not bear, as a scenario that stays."""

import argparse
import base64
import binascii
import json
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from crm_contracts.model.json import JSON
from crm_contracts.model.language import _

FOLDER = "pinned"
ENDS = ("keep", "close", "reset", "hang")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument("call", metavar="CONSUMER.CALL", help=_("the call that was made"))
    parser.add_argument("operation", metavar="OPERATION", help=_("the operation that was answered so"))
    parser.add_argument("--status", type=int, default=200, metavar="N", help=_("its status (default: 200)"))
    parser.add_argument(
        "--header",
        action="append",
        default=[],
        metavar="NAME:VALUE",
        help=_("a header; without a value it is left out"),
    )
    body = parser.add_mutually_exclusive_group()
    body.add_argument("--body", metavar="TEXT", help=_("the body as text"))
    body.add_argument("--body-base64", metavar="BASE64", help=_("the body as bytes"))
    body.add_argument("--body-zlib", metavar="BASE64", help=_("the body as bytes, compressed"))
    body.add_argument("--wire-base64", metavar="BASE64", help=_("the whole answer as bytes on the wire"))
    parser.add_argument("--end", choices=ENDS, default="keep", help=_("what becomes of the connection"))
    parser.add_argument("--malformed", action="store_true", help=_("it is no sound success"))
    parser.add_argument(
        "--refuse", action="store_true", help=_("the caller is to refuse it, or to answer from elsewhere")
    )
    parser.add_argument("--name", metavar="NAME", help=_("the scenario's name (default: made from the rest)"))


def run(options: argparse.Namespace) -> int:
    """Write the scenario and say how it is run; a file that is there already is not changed (exit 4)."""
    from crm_contracts.cli import program
    from crm_contracts.cli.callers import call_named
    from crm_contracts.cli.new import shown, write
    from crm_contracts.cli.refusal import Refused, unknown
    from crm_contracts.cli.start import own_scenarios
    from crm_contracts.project.layout import layout_here
    from crm_contracts.reports.replay import Replay, pytest_program
    from crm_contracts.scenarios.form import NAME

    layout, here = layout_here(Path.cwd()), Path.cwd()
    consumer, spec = call_named(layout, options.call)
    if options.operation not in spec.does:
        sentence = _("{call} does not do {name!r}.")
        raise unknown(
            sentence.format(call=options.call, name=options.operation), options.operation, spec.does
        )
    name = options.name or _name(consumer.name, spec.name, options)
    if not NAME.fullmatch(name):
        sentence = _("{name!r} is no name for a scenario; write small letters and digits with - between them")
        raise Refused(sentence.format(name=name))
    path = own_scenarios(layout) / FOLDER / f"{name}.yaml"
    write([(path, "\n".join(_lines(name, consumer.name, spec.name, options)) + "\n")])
    _checked(path)
    print(_("{path} is written. Run it:").format(path=shown(path)))
    print(f"  {Replay(root=layout.root, here=here, program=pytest_program(here)).command(shown(path))}")
    print(_("Look at it once more:"))
    print(f"  {program('lint', shown(path))}")
    return 0


def _checked(path: Path) -> None:
    """Read it as it will be read; what cannot be read is not left lying about."""
    from crm_contracts.model.problem import Problems
    from crm_contracts.scenarios import load_scenario

    try:
        load_scenario(path, shown=path.name)
    except Problems:
        path.unlink()
        raise


def _name(consumer: str, call: str, options: argparse.Namespace) -> str:
    import re

    words = re.sub(r"[^a-z0-9]+", "-", f"{consumer}-{call}".lower()).strip("-")
    bodies = (options.body, options.body_base64, options.body_zlib, options.wire_base64)
    given = (options.operation, options.status, options.header, *bodies)
    return f"{words}-{sha256(repr(given).encode()).hexdigest()[:6]}"


def _lines(name: str, consumer: str, call: str, options: argparse.Namespace) -> Iterator[str]:
    title = _("{operation} answers {call} as it once did, and {consumer} did not bear it")
    yield f"scenario: {name}"
    yield f"title: {_quoted(title.format(operation=options.operation, call=call, consumer=consumer))}"
    yield f"why: {_quoted(_('Found by a payload case; written down by `crm-contracts pin`'))}"
    yield "tags: [pinned]"
    yield f"consumers: [{consumer}]"
    yield f"during: [{{call: {call}}}]"
    yield "faults:"
    yield "  - fault: answer"
    yield f"    operations: [{options.operation}]"
    yield from (f"    {line}" for line in _answer(options))
    if options.refuse:
        yield "expect:"
        yield "  - {check: outcomes, during: [degraded, queued, refused]}"


def _answer(options: argparse.Namespace) -> Iterator[str]:
    if options.wire_base64 is None:
        yield f"status: {options.status}"
    if options.header:
        yield "headers:"
        pairs = (header.partition(":") for header in options.header)
        yield from (
            f"  {_quoted(name.strip().lower())}: {_quoted(value.strip())}" for name, _colon, value in pairs
        )
    if options.wire_base64 is not None:
        yield f"wire_base64: {_quoted(options.wire_base64)}"
    elif options.body_base64 is not None:
        yield from _body(_decoded(options.body_base64))
    elif options.body_zlib is not None:
        yield from _body(_inflated(options.body_zlib))
    elif options.body is not None:
        yield from _body(options.body.encode())
    if options.end != "keep":
        yield f"end: {options.end}"
    if options.malformed:
        yield "malformed: true"


def _decoded(text: str) -> bytes:
    from crm_contracts.cli.refusal import Refused

    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise Refused(_("no base64: {why}").format(why=wrong)) from None


def _inflated(text: str) -> bytes:
    from crm_contracts.cli.refusal import Refused

    try:
        return zlib.decompress(_decoded(text))
    except zlib.error as wrong:
        raise Refused(_("--body-zlib: {why}").format(why=wrong)) from None


def _body(body: bytes) -> Iterator[str]:
    """The body as a value where that says the same, else as text, else as bytes."""
    from crm_contracts.contracts import StrictJsonError, strict_json

    try:
        value = strict_json(body)
    except StrictJsonError:
        value = None
    if value is not None and _is_the_same_in_yaml(value):
        yield "json:"
        yield from (f"  {line}" for line in json.dumps(value, indent=2, ensure_ascii=False).splitlines())
        return
    try:
        yield f"body: {_quoted(body.decode())}"
    except UnicodeDecodeError:
        yield f"body_base64: {_quoted(base64.b64encode(body).decode())}"


def _is_the_same_in_yaml(value: JSON) -> bool:
    """Whether YAML reads a JSON text as JSON does: of numbers as 1e5, and of some letters, it has its own opinion."""
    from crm_contracts.documents import parse
    from crm_contracts.model.problem import Problems

    text = json.dumps(value, indent=2, ensure_ascii=False)
    try:
        read = parse(f"json:\n  {text.replace(chr(10), chr(10) + '  ')}\n".encode(), file="a.yaml").value
    except Problems:
        return False
    return isinstance(read, dict) and json.dumps(read["json"]) == json.dumps(value)


def _quoted(text: str) -> str:
    return (
        json.dumps(text, ensure_ascii=True)
        if not text.isprintable()
        else json.dumps(text, ensure_ascii=False)
    )
