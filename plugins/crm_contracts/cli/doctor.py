"""`crm-contracts doctor`: what is installed, which engine is used and why, what to do about what is missing."""

import argparse
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from crm_contracts.model.language import _
from crm_contracts.toxiproxy_binary import Failure, Found, cache_dir, find, install, install_from, look
from crm_contracts.toxiproxy_fetch import RELEASES, VERSION

EXTRAS = {
    "payloads": ("hypothesis", "schemathesis"),
    "pact": ("pact-python",),
    "tls": ("cryptography", "trustme"),
    "drill": ("jinja2", "plotly", "rich"),
}
SPEEDS = ("pytest-xdist",)
"""What nobody needs and many want."""
COLUMNS = 80
TEXT = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument(
        "--install", action="store_true", help=_("get the real Toxiproxy into your cache, without root")
    )
    parser.add_argument(
        "--from",
        dest="origin",
        metavar="FILE|URL",
        help=_("with --install: take this server; its checksum must be that of the release, or --sha256"),
    )
    parser.add_argument(
        "--sha256", default="", metavar="HEX", help=_("with --from: the checksum of that server")
    )


def run(options: argparse.Namespace) -> int:
    """Print it; exit 0, as everything goes on without what is missing. With --install: exit 1 where it failed."""
    if options.install:
        return _install(options.origin, options.sha256)
    if options.origin or options.sha256:
        from crm_contracts.cli.refusal import Refused

        raise Refused(_("--from and --sha256 go with --install."))
    for line in (*_python(), *_packages(), *_engine(), *_project(Path.cwd())):
        print(line)
    return 0


def _install(origin: str | None, sha256: str) -> int:
    result = install_from(cache_dir(), origin, sha256) if origin else install(cache_dir(), _say)
    if isinstance(result, Found):
        _say(_("Toxiproxy {version}: {path}").format(version=result.version, path=result.path))
        return 0
    if isinstance(result, Failure):
        print(result.reason, file=sys.stderr)
    sentence = _(
        "Toxiproxy was not installed. Without one, everything goes on with the embedded engine. By hand: {how}"
    )
    print(sentence.format(how=f"{RELEASES}/v{VERSION}; {_again()}"), file=sys.stderr)
    return 1


def _say(line: str) -> None:
    print(line, flush=True)


def _again() -> str:
    from crm_contracts.cli import program

    return program("doctor", "--install", "--from", "FILE")


def _python() -> Iterator[str]:
    yield _row(_("Python"), f"{sys.version.split()[0]} ({sys.executable})")


def _packages() -> Iterator[str]:
    for name in ("pytest-crm-contracts", "pytest", "pytest-xdist", "toxiproxy-python", "jsonschema-rs"):
        yield _row(name, _version(name) or _lacking(name))
    for extra, packages in EXTRAS.items():
        missing = [package for package in packages if _version(package) is None]
        said = ", ".join(f"{package} {_version(package)}" for package in packages if package not in missing)
        if missing:
            install = f"{Path(sys.executable).as_posix()} -m pip install 'pytest-crm-contracts[{extra}]'"
            lacks = _("lacks {packages}; get it: {command}")
            said = lacks.format(packages=", ".join(missing), command=install)
        yield _row(f"[{extra}]", said)


def _lacking(package: str) -> str:
    if package not in SPEEDS:
        return _("not installed")
    install = f"{Path(sys.executable).as_posix()} -m pip install {package}"
    return _("not installed; runs go one after another without it; get it: {command}").format(command=install)


def _engine() -> Iterator[str]:
    chosen = find()
    for place in look():
        if isinstance(place, Failure):
            yield _row(
                "toxiproxy-server",
                _("{where} cannot be used: {why}").format(where=place.attempt, why=place.reason),
            )
        else:
            mark = _(" <- this one is used") if chosen and place.path == chosen.path else ""
            yield _row("toxiproxy-server", f"{place.version} ({place.source}: {place.path}){mark}")
    yield _row(_("engine"), _why(chosen))


def _why(chosen: Found | None) -> str:
    if chosen is None:
        sentence = _("embedded, because no toxiproxy-server is installed. To have the real one: {how}")
        return sentence.format(how=_how())
    if not chosen.is_preferred:
        sentence = _(
            "Toxiproxy {version}; our conformance suite is held against {ours}. To have that one: {how}"
        )
        return sentence.format(version=chosen.version, ours=VERSION, how=_how())
    return _("Toxiproxy {version}, because it is installed").format(version=chosen.version)


def _how() -> str:
    from crm_contracts.cli import program

    return _("`{command}` gets it without root").format(command=program("doctor", "--install"))


def _project(here: Path) -> Iterator[str]:
    from crm_contracts.project import discovery
    from crm_contracts.project.layout import layout_here

    layout = layout_here(here)
    yield _row(_("project"), str(layout.root))
    counts = (
        (_("contracts"), discovery.contract_files(layout)),
        (_("consumers"), discovery.consumer_files(layout)),
        (_("scenarios"), discovery.scenario_files(layout)),
    )
    for name, files in counts:
        yield _row(name, str(sum(1 for _file in files)))


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _row(label: str, text: str) -> str:
    from crm_contracts.reports.columns import padded, wrapped

    first, *others = wrapped(text, COLUMNS, indent=" " * (TEXT + 2)) or [""]
    return "\n".join((f"{padded(label, TEXT)}  {first.lstrip()}", *others))
