"""What `crm-contracts new` writes: the files of a start, and what its author does next."""

import argparse
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crm_contracts.cli import program
from crm_contracts.cli.refusal import Refused, unknown
from crm_contracts.model.language import _
from crm_contracts.project import Layout
from crm_contracts.project.layout import DEFAULT_SCENARIOS, shipped_contracts
from crm_contracts.reports.columns import wrapped
from crm_contracts.reports.replay import Replay, pytest_program

if TYPE_CHECKING:
    from crm_contracts.contracts.template import ContractStart

SCHEMA = "scenario.schema.json"
COLUMNS = 80
_OF_A_CONTRACT = ("contract.yaml", "data.yaml", "openapi.yaml", "variants", "documents")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Files that are to be written, and lines that are told afterwards."""

    files: Mapping[Path, str | bytes]
    notes: tuple[str, ...] = ()


def contract(layout: Layout, options: argparse.Namespace) -> Start:
    """A contract of a name, from an OpenAPI document or from nothing; raises ValueError, Refused, Problems."""
    from crm_contracts.contracts.template import ContractStart, checked_name

    name = checked_name(options.name)
    folder = layout.paths[0] / name
    start, copied = ContractStart(name=name), dict[str, bytes]()
    if options.origin in shipped_contracts() and not Path(options.origin).exists():
        return _copy(name, folder, shipped_contracts()[options.origin])
    if options.origin is not None:
        start, copied = _from_document(name, Path(options.origin))
    written: dict[str, str | bytes] = {**copied, **start.files()}
    files = {folder / file: content for file, content in written.items()}
    return Start(files=files, notes=tuple(_after_contract(name, folder)))


def _copy(name: str, folder: Path, shipped: Path) -> Start:
    """A shipped contract under another name, with its comments; its callers are none of it."""
    files = [path.relative_to(shipped) for path in sorted(shipped.rglob("*.yaml"))]
    content: dict[Path, str | bytes] = {
        folder / file: (shipped / file).read_bytes() for file in files if file.parts[0] in _OF_A_CONTRACT
    }
    overlay = (shipped / "contract.yaml").read_text(encoding="utf-8")
    content[folder / "contract.yaml"] = re.sub(
        r"^contract: \S+", f"contract: {name}", overlay, count=1, flags=re.MULTILINE
    )
    return Start(files=content, notes=tuple(_after_contract(name, folder)))


def _from_document(name: str, document: Path) -> "tuple[ContractStart, dict[str, bytes]]":
    """The start beside a document, and the document itself with every file that it refers to."""
    from crm_contracts.contracts import load_contract
    from crm_contracts.contracts.sources import gather
    from crm_contracts.contracts.template import ContractStart, records_for

    if not document.is_file():
        sentence = _("There is no file {path}. Shipped contracts can be copied by name: {names}.")
        raise Refused(sentence.format(path=document, names=", ".join(shipped_contracts())))
    read = load_contract(document)
    # Its own name stays, for other files may refer to it; two names are taken already.
    own = document.name if document.name not in {"contract.yaml", "data.yaml"} else "openapi.yaml"
    files = {file: (document.parent / file).read_bytes() for file in gather(document).files}
    content = {own if file == document.name else file: data for file, data in files.items()}
    return ContractStart(name=name, document=own, records=records_for(read)), content


def _after_contract(name: str, folder: Path) -> Iterator[str]:
    yield _("Look for mistakes, look at it alive, and say who calls it:")
    yield f"  {program('lint', _seen(folder))}"
    yield f"  {program('serve', '--contract', name)}"
    yield f"  {program('new', 'consumer', 'my-caller', '--contract', name)}"


def consumer(layout: Layout, options: argparse.Namespace) -> Start:
    """A consumer of a name, with a program that runs; raises ValueError, Refused, Problems."""
    from crm_contracts.cli.contract_words import contract_named
    from crm_contracts.consumers.template import ConsumerStart, checked_name

    if options.origin is not None:
        raise Refused(
            _("--from copies documents and scenarios; a consumer is written for its contract: --contract")
        )
    name = checked_name(options.name)
    contract = contract_named(layout, options.contract, shipped=False)
    home = _own_folder(layout, contract.folder) / "consumers"
    start = ConsumerStart.of(name, contract, options.driver)
    files = {home / file: content for file, content in start.files().items()}
    return Start(files=files, notes=tuple(_after_consumer(layout, home / f"{options.name}.yaml", start.call)))


def _own_folder(layout: Layout, folder: Path) -> Path:
    home = folder if folder.is_dir() else folder.parent
    if not any(home.is_relative_to(place.resolve()) for place in layout.paths):
        sentence = _("This contract does not lie in {folder}. Take it there first: {command}")
        command = program("new", "contract", "NAME", "--from", "openapi.yaml")
        raise Refused(sentence.format(folder=_seen(layout.paths[0]), command=command))
    return home


def _after_consumer(layout: Layout, file: Path, call: str) -> Iterator[str]:
    here = Path.cwd()
    replay = Replay(root=layout.root, here=here, program=pytest_program(here))
    yield _("Make its call once, break something meanwhile, then judge it:")
    yield f"  {program('try', f'{file.stem}.{call}')}"
    yield f"  {program('try', f'{file.stem}.{call}', '--fault', 'status', '--code', '503')}"
    yield f"  {replay.command(_seen(file))}"
    told = _("It calls the CRM by itself so far: put your own program in the place that the file shows.")
    yield from wrapped(told, COLUMNS)


def scenario(layout: Layout, options: argparse.Namespace) -> Start:
    """A scenario of a name, new or copied; raises ValueError, Refused."""
    from crm_contracts.scenarios import new_scenario, schema_text

    home = own_scenarios(layout)
    path = home / f"{options.name}.yaml"
    if not path.resolve().is_relative_to(home.resolve()):
        sentence = _("{name!r} lies outside of {folder}.")
        raise ValueError(sentence.format(name=options.name, folder=_seen(home)))
    schema = Path(os.path.relpath(home / SCHEMA, path.parent)).as_posix()
    text = new_scenario(path.stem, schema=schema)
    if options.origin is not None:
        text = _copied(layout, options.origin, path.stem, schema)
    files: dict[Path, str | bytes] = {path: text}
    if not (home / SCHEMA).exists():
        files[home / SCHEMA] = schema_text()
    return Start(files=files, notes=tuple(_after_scenario(layout, path)))


def own_scenarios(layout: Layout) -> Path:
    """Where own scenarios lie: the first folder of `crm_scenarios` that is not ours, else `scenarios`."""
    own = (source.folder for source in layout.sources if not source.builtin and not source.folder.is_file())
    return next(own, layout.root / "scenarios")


def _copied(layout: Layout, origin: str, name: str, schema: str) -> str:
    """A scenario under another name, with its comments."""
    from crm_contracts.cli.shelf import Shelf
    from crm_contracts.project import Project

    file = Path(origin)
    if not (file.suffix in {".yaml", ".yml"} and file.is_file()):
        file = Shelf.of(Project(layout=layout)).find(origin).path
    text = file.read_text(encoding="utf-8")
    text, count = re.subn(
        r"^scenario:[^\n#]*?(?=\s*(#|$))", f"scenario: {name}", text, count=1, flags=re.MULTILINE
    )
    if not count:
        raise unknown(_("{path} is no scenario.").format(path=_seen(file)), origin, ())
    return re.sub(r"^(# yaml-language-server: \$schema=)\S+", rf"\g<1>{schema}", text, count=1)


def _after_scenario(layout: Layout, path: Path) -> Iterator[str]:
    here = Path.cwd()
    replay = Replay(root=layout.root, here=here, program=pytest_program(here))
    yield _("Run it, and look for mistakes:")
    yield f"  {replay.command(_seen(path))}"
    yield f"  {program('lint', _seen(path))}"
    if layout.source_of(path) is None:
        told = _(
            "From now on only the scenarios of this folder are run. To keep the shipped ones, write into pytest's ini:"
        )
        yield from wrapped(told, COLUMNS)
        yield f"  crm_scenarios = {DEFAULT_SCENARIOS} scenarios"


def _seen(path: Path) -> str:
    return Path(os.path.relpath(path)).as_posix()
