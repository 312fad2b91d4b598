"""A contract as it was at a git revision: `REF:path`. Git is asked, nothing of the checkout is touched."""

import io
import subprocess
import tarfile
import tempfile
from dataclasses import replace
from pathlib import Path

from crm_contracts.contracts import load_contract
from crm_contracts.model.contract import Contract
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problem, Problems

_WITHIN = 60.0


class Nowhere(Exception):  # noqa: N818 - it is the user's word, not an error of ours
    """A revision, or a path in it, that is not there; the text says which."""


def revision(word: str, here: Path) -> Contract:
    """Return the contract that `REF:path` means, the path as seen from a folder.

    Raises Nowhere where there is no such revision, path or repository, Problems where the contract cannot be read.
    """
    ref, _colon, path = word.partition(":")
    if not ref or ref.startswith("-"):
        raise Nowhere(
            _("{word!r} is no revision; write REF:path, as in main:contracts/acme-crm.").format(word=word)
        )
    top = _git(here, "rev-parse", "--show-toplevel", otherwise=_("No git repository is here."))
    prefix = _git(here, "rev-parse", "--show-prefix")
    missing = _("There is no revision {ref!r}.").format(ref=ref)
    _git(here, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", otherwise=missing)
    place = _inside(prefix, path)
    absent = _("The revision {ref!r} has no {path}.").format(ref=ref, path=path or ".")
    kind = _git(here, "cat-file", "-t", f"{ref}:{place}", otherwise=absent)
    folder = place if kind == "tree" else place.rpartition("/")[0]
    return _loaded(Path(top), ref, folder, place, word)


def _loaded(top: Path, ref: str, folder: str, place: str, word: str) -> Contract:
    """Load it from a copy; the copy's folder has the contract's name, and is gone before this returns."""
    archive = _bytes(top, "archive", "--format=tar", f"{ref}:{folder}" if folder else ref)
    with tempfile.TemporaryDirectory(prefix="crm-contracts-") as temporary:
        home = Path(temporary) / (folder.rpartition("/")[2] or top.name)
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(home, filter="data")
        target = home if place == folder else home / place.rpartition("/")[2]
        try:
            contract = load_contract(target)
        except Problems as found:
            raise Problems([_renamed(problem, home, word) for problem in found.problems]) from None
        # Operations are built from documents that are in memory; nothing is read later.
        return contract


def _renamed(problem: Problem, home: Path, word: str) -> Problem:
    file = problem.position.file.replace(str(home), word)
    return replace(problem, position=replace(problem.position, file=file))


def _inside(prefix: str, path: str) -> str:
    """A path of the repository, from its root."""
    parts: list[str] = []
    for part in f"{prefix}{path}".split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def _git(here: Path, *words: str, otherwise: str = "") -> str:
    try:
        return _bytes(here, *words).decode("utf-8", "replace").strip()
    except Nowhere:
        if otherwise:
            raise Nowhere(otherwise) from None
        raise


def _bytes(here: Path, *words: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", *words],
            cwd=here,
            capture_output=True,
            check=False,
            timeout=_WITHIN,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise Nowhere(_("git is not installed.")) from None
    except subprocess.TimeoutExpired:
        raise Nowhere(_("git did not answer.")) from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Nowhere(lines[0] if lines else _("git failed."))
    return done.stdout
