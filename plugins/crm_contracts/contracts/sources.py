"""All files of a contract: contract.yaml, its OpenAPI documents, and every file that they refer to, each read once.

Nothing outside of the contract's folder is read, nothing is fetched. What a file says is not understood here yet; only
that it can be read, that it is built as OpenAPI, and that each `$ref` leads somewhere.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from crm_contracts.contracts.references import (
    NOTHING,
    Nothing,
    absolute,
    address,
    lookup,
    pointer,
    remote,
    steps,
)
from crm_contracts.contracts.references_in import localised, references_in
from crm_contracts.contracts.structure import faults
from crm_contracts.documents import Document, Place, read
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import Position, Problem, Problems, nearest

OVERLAY: Final = "contract.yaml"
SUFFIXES: Final = (".yaml", ".yml", ".json")

Stamp = tuple[str, int, int]
"""A file's path, the time of its last change and its size: when they are the same, so is the file."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The files of one contract; `roots` are the addresses of its OpenAPI documents in their order.

    `whole_folder` is False for a document that stands for itself: what lies beside it is not its business.
    """

    folder: Path
    name: str
    overlay: Document | None
    roots: tuple[str, ...]
    files: Mapping[str, Document]
    stamps: tuple[Stamp, ...]
    whole_folder: bool = True

    @property
    def place(self) -> Path:
        """Where the same contract is loaded from again: its folder, or the document that stands for itself."""
        return self.folder if self.whole_folder else self.folder / self.roots[0]

    @property
    def values(self) -> dict[str, JSON]:
        """What the documents say, by address."""
        return {name: document.value for name, document in self.files.items()}


def gather(path: Path) -> Sources:
    """Read all files of the contract at a folder, a contract.yaml or an OpenAPI document; raises Problems."""
    if path.is_dir():
        return _Gathering(path, path.name).folder()
    if path.name == OVERLAY:
        return _Gathering(path.parent, path.resolve().parent.name).folder()
    if path.is_file():
        return _Gathering(path.parent, path.stem).bare(path.name)
    raise Problems([_nowhere(path)])


def stamp(path: Path) -> Stamp:
    """Return what tells whether a file has changed; a file that is not there has a stamp, too."""
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), found.st_mtime_ns, found.st_size


def read_stamped(path: Path) -> Document:
    """Read a file, or return what was read from it while it has not changed since."""
    return _read(*stamp(path), os.getcwd())


@lru_cache(maxsize=256)
def _read(path: str, _changed: int, _size: int, _here: str) -> Document:
    return read(Path(path))


class _Gathering:
    def __init__(self, folder: Path, name: str) -> None:
        self.given = folder
        self.folder_path = folder.resolve()
        self.name = name or self.folder_path.name
        self.problems: list[Problem] = []
        self.files: dict[str, Document] = {}
        self.unreadable: set[str] = set()
        self.local: dict[str, str] = {}

    def folder(self) -> Sources:
        overlay = self.overlay()
        self.local = _local(overlay)
        roots = self.named(overlay) if overlay is not None else None
        if roots is None:
            roots = self.present()
        if overlay is None and not roots and not self.problems:
            raise Problems([_nothing_in(self.given)])
        return self.sources(overlay, roots)

    def bare(self, name: str) -> Sources:
        self.take(name)
        return replace(self.sources(None, [name]), whole_folder=False)

    def sources(self, overlay: Document | None, roots: Sequence[str]) -> Sources:
        for root in roots:
            if root in self.files:
                self.structure(self.files[root])
        self.references()
        if self.problems:
            raise Problems(self.problems)
        known = [self.given / OVERLAY, *(self.given / name for name in self.files)]
        return Sources(
            folder=self.folder_path,
            name=self.name,
            overlay=overlay,
            roots=tuple(roots),
            files=self.files,
            stamps=tuple(stamp(path) for path in known),
        )

    def overlay(self) -> Document | None:
        path = self.given / OVERLAY
        if not path.is_file():
            return None
        try:
            return read_stamped(path)
        except Problems as found:
            self.problems += found.problems
            raise Problems(self.problems) from None

    def present(self) -> list[str]:
        names = sorted(path.name for path in self.given.iterdir() if path.suffix.lower() in SUFFIXES)
        roots = [name for name in names if name.startswith("openapi")]
        for name in roots:
            self.take(name)
        return roots

    def named(self, overlay: Document) -> list[str] | None:
        said = overlay.get(("documents",))
        if not isinstance(said, list):
            return None
        names = {index: name for index, name in enumerate(said) if isinstance(name, str)}
        for index, name in names.items():
            place: Place = ("documents", index)
            if self.reachable(overlay, place, os.path.normpath(name)):
                self.take(os.path.normpath(name))
        return [os.path.normpath(name) for name in names.values()]

    def take(self, name: str) -> None:
        try:
            document = read_stamped(self.given / name)
            self.files[name] = localised(document, name, self.local) if self.local else document
        except Problems as found:
            self.problems += found.problems
            self.unreadable.add(name)

    def reachable(self, document: Document, place: Place, name: str) -> bool:
        path = (self.folder_path / name).resolve()
        if not path.is_relative_to(self.folder_path):
            message = _("{name} lies outside of the contract's folder and is not read.").format(name=name)
            self.problems.append(document.problem(place, message, remedy=_("Copy it into the folder.")))
            return False
        if not path.is_file():
            self.problems.append(self.missing(document, place, name))
            return False
        return True

    def missing(self, document: Document, place: Place, name: str) -> Problem:
        beside = path.parent if (path := self.folder_path / name).parent.is_dir() else self.folder_path
        found = [
            entry.relative_to(self.folder_path).as_posix() for entry in beside.iterdir() if entry.is_file()
        ]
        message = _("There is no file {name}.").format(name=name)
        return document.problem(place, message, suggestion=nearest(name, found))

    def structure(self, document: Document) -> None:
        fatal = (fault for fault in faults(document.value) if fault.fatal)
        self.problems += [document.problem(fault.path, fault.message, key=fault.key) for fault in fatal]

    def references(self) -> None:
        waiting = list(self.files)
        told: list[tuple[str, Place, str]] = []
        while waiting:
            base = waiting.pop()
            for place, reference in references_in(self.files[base].value):
                told.append((base, place, reference))
                name = address(absolute(reference, base))
                if not remote(reference) and name not in self.files and name not in self.unreadable:
                    self.unreadable.add(name)
                    if self.reachable(self.files[base], place, name):
                        self.take(name)
                        waiting += [name] if name in self.files else []
        away: dict[tuple[str, str], list[tuple[Place, str]]] = {}
        for base, place, reference in told:
            if remote(reference):
                away.setdefault((base, address(reference)), []).append((place, reference))
            else:
                self.reference(base, place, reference)
        self.problems += [self.away(base, found) for (base, _document), found in away.items()]

    def away(self, base: str, found: list[tuple[Place, str]]) -> Problem:
        """One problem for all references to one remote document: a file can have hundreds of them."""
        place, reference = found[0]
        message = _("The remote reference {reference} is not followed.").format(reference=reference)
        if len(found) > 1:
            message += " " + _("{count} more lead to that document.").format(count=len(found) - 1)
        prefix = f"{address(reference).rpartition('/')[0]}/"
        remedy = _(
            "Save it in the contract's folder and write into contract.yaml: references: {{{prefix!r}: .}}"
        )
        return self.files[base].problem(place, message, remedy=remedy.format(prefix=prefix))

    def reference(self, base: str, place: Place, reference: str) -> None:
        target = absolute(reference, base)
        if address(target) not in self.files:
            return
        elif isinstance(lookup(self._values, target), Nothing):
            message = _("The reference {reference} leads nowhere.").format(reference=reference)
            meant = _meant(self._values, target)
            self.problems.append(self.files[base].problem(place, message, suggestion=meant))
        elif _circles(self._values, target):
            message = _("The reference {reference} leads in a circle.").format(reference=reference)
            self.problems.append(self.files[base].problem(place, message))

    @property
    def _values(self) -> dict[str, JSON]:
        return {name: document.value for name, document in self.files.items()}


def _local(overlay: Document | None) -> dict[str, str]:
    said = overlay.get(("references",)) if overlay is not None else None
    known = said.items() if isinstance(said, dict) else ()
    return {prefix: folder for prefix, folder in known if isinstance(folder, str)}


def _circles(documents: Mapping[str, JSON], target: str) -> bool:
    start = target
    seen: set[str] = set()
    while target not in seen:
        seen.add(target)
        node = lookup(documents, target)
        following = node.get("$ref") if isinstance(node, dict) else None
        if not isinstance(following, str) or remote(following):
            return False
        target = absolute(following, address(target))
    return target == start


def _meant(documents: Mapping[str, JSON], target: str) -> str | None:
    *parents, last = steps(target) or [""]
    around = lookup(documents, address(target) + pointer(*parents)) if parents else NOTHING
    if not isinstance(around, dict):
        return None
    word = nearest(last, around)
    return None if word is None else pointer(*parents, word)


def _nowhere(path: Path) -> Problem:
    around = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    message = _("There is no contract {path}.").format(path=path)
    return Problem(position=Position(file=str(path)), message=message, suggestion=nearest(path.name, around))


def _nothing_in(folder: Path) -> Problem:
    return Problem(
        position=Position(file=str(folder)),
        message=_("No contract lies in this folder: it has neither {overlay} nor openapi.yaml.").format(
            overlay=OVERLAY
        ),
        remedy=_(
            "Put the OpenAPI document there as openapi.yaml or openapi.json, or write a {overlay}."
        ).format(overlay=OVERLAY),
    )
