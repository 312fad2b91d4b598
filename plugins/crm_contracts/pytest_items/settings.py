"""What was asked on the command line and in the ini file, as our own values."""

import shlex
from pathlib import Path
from typing import Literal

import pytest

from crm_contracts import toxiproxy_binary
from crm_contracts.cases.profile import OFF, PROFILES
from crm_contracts.lab import LabSettings
from crm_contracts.model.language import _
from crm_contracts.project import Layout
from crm_contracts.project.payload_names import KINDS
from crm_contracts.pytest_items.provider_settings import provider_of
from crm_contracts.reports import Replay
from crm_contracts.reports.replay import pytest_program


def layout_of(config: pytest.Config) -> Layout:
    """Where the project keeps its files; a wrong word in the ini file is a usage error (exit 4)."""
    paths: list[Path] = config.getini("crm_paths")
    scenarios: list[str] = config.getini("crm_scenarios")
    try:
        return Layout.of(config.rootpath, [str(path) for path in paths], scenarios)
    except ValueError as wrong:
        raise pytest.UsageError(str(wrong)) from None


def lab_settings(config: pytest.Config) -> LabSettings:
    """Which engine is wanted; one that cannot be had is a usage error (exit 4)."""
    engine: Literal["toxiproxy", "embedded"] | None = config.getoption("crm_engine")
    url: str | None = config.getoption("crm_toxiproxy")
    if engine == "embedded" and url:
        raise pytest.UsageError(_("--crm-engine embedded and --crm-toxiproxy exclude each other."))
    found = None if engine == "embedded" or url else toxiproxy_binary.find()
    if engine == "toxiproxy" and not url and found is None:
        raise pytest.UsageError(
            _("--crm-engine toxiproxy: no toxiproxy-server is installed; `crm-contracts doctor` tells more.")
        )
    seed: int = config.getoption("crm_seed")
    binary = found.path if found else None
    return LabSettings(engine=engine, toxiproxy_url=url, toxiproxy_binary=binary, seed=seed)


def engine_line(settings: LabSettings) -> str:
    """Engine and seed, told before the lab is started."""
    return _("engine: {name}, seed {seed}").format(name=engine_name(settings), seed=settings.seed)


def engine_name(settings: LabSettings) -> str:
    """Which engine the lab will have; the fallback is said clearly."""
    if settings.toxiproxy_url:
        return _("Toxiproxy at {url}").format(url=settings.toxiproxy_url)
    if settings.engine == "embedded":
        return _("embedded (asked for)")
    if settings.toxiproxy_binary:
        return _("Toxiproxy ({path})").format(path=settings.toxiproxy_binary)
    return _("embedded, because no toxiproxy-server is installed (`crm-contracts doctor` tells more)")


def replay_of(config: pytest.Config, root: Path) -> Replay:
    """How a run of this pytest process is done again."""
    here = config.invocation_params.dir
    named = [
        ("--crm-engine", config.getoption("crm_engine")),
        ("--crm-toxiproxy", config.getoption("crm_toxiproxy")),
    ]
    options: tuple[str, ...] = tuple(f"{name} {shlex.quote(value)}" for name, value in named if value)
    provider = provider_of(config)
    if provider is not None:
        options = (*options, *map(shlex.quote, provider.words()))
    inifile = config.getoption("inifilename", None)
    own = (f"-c {shlex.quote(str(inifile))}",) if inifile else ()
    return Replay(
        root=root,
        here=here,
        seed=config.getoption("crm_seed"),
        program=pytest_program(here),
        options=(*options, *own),
    )


def payloads(config: pytest.Config) -> str:
    """The profile of payload cases: as asked, else `ci` where items of theirs are named; a wrong word is a usage error."""
    asked = config.getoption("crm_payloads") or config.getini("crm_payloads")
    if not asked:
        return "ci" if _names_payloads(config) else OFF
    if asked not in (OFF, *PROFILES):
        words = ", ".join((OFF, *PROFILES))
        raise pytest.UsageError(
            _("crm_payloads: {word!r} is none of {words}").format(word=asked, words=words)
        )
    return str(asked)


def _names_payloads(config: pytest.Config) -> bool:
    """Whether the command line means payload items: by their ids or by their markers."""
    markers: str = config.getoption("markexpr", "") or ""
    named = any(word.endswith(tuple(f"::{kind}" for kind in KINDS)) for word in config.args)
    return named or any(f"crm_{word}" in markers for word in ("property", "malformed"))


def report_folder(config: pytest.Config) -> Path | None:
    """The folder that `--crm-report` names, seen from where pytest was called."""
    named: str | None = config.getoption("crm_report")
    return config.invocation_params.dir / named if named else None


def lanes(config: pytest.Config) -> int:
    """How many runs go at once in this pytest process; one in each of xdist's workers, which are lanes already."""
    count: int = config.getoption("crm_lanes")
    if count < 1:
        raise pytest.UsageError(_("--crm-lanes {count}: at least 1.").format(count=count))
    return 1 if hasattr(config, "workerinput") else count
