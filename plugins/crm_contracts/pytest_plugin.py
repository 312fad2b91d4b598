"""The edge to pytest: options, ini keys, markers and fixtures. It imports the standard library and pytest only.

Everything else is imported when `--crm-contracts` is given or a fixture is first used; a user who types only `pytest`
pays nothing.
"""

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pact import Pact

    from crm_contracts.fixtures import CrmFaults, CrmJournal, CrmLab, CrmVerdicts, OpenedRun
    from crm_contracts.model.endpoint import Endpoint

MARKER = (
    "crm(contract=None, variant=None, consumer=None, promises={}): what the crm_* fixtures of a test stand for. Items of "
    "--crm-contracts have it too; their scenarios' tags are markers as well: crm_ci, crm_drill, crm_auth..."
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register what can be asked on the command line and in the ini file."""
    _ = _sentences()
    group = parser.getgroup(
        "crm-contracts", _("does the program that calls a CRM survive it? (crm-contracts)")
    )
    group.addoption(
        "--crm-contracts",
        action="store_true",
        help=_("collect contracts, consumers and scenarios (ini: crm_paths, crm_scenarios) and judge them"),
    )
    group.addoption(
        "--crm-engine",
        choices=("toxiproxy", "embedded"),
        help=_("what breaks TCP (default: toxiproxy where it is installed)"),
    )
    group.addoption(
        "--crm-toxiproxy", metavar="URL", help=_("attach to a Toxiproxy that runs: http://127.0.0.1:8474")
    )
    group.addoption(
        "--crm-seed",
        type=int,
        default=0,
        metavar="N",
        help=_("decides every random choice of ours (default: 0)"),
    )
    group.addoption(
        "--crm-lanes",
        type=int,
        default=1,
        metavar="N",
        help=_("runs at once, told in their order; with xdist each worker is one lane (default: 1)"),
    )
    group.addoption(
        "--crm-report",
        metavar="DIR",
        help=_("write verdicts.json, journal.jsonl and report.md into this folder"),
    )
    group.addoption(
        "--crm-lang", metavar="LANG", help=_("the language of sentences: en or zh_CN (default: LANG)")
    )
    group.addoption(
        "--crm-payloads",
        choices=("off", "ci", "drill"),
        help=_(
            "valid but surprising and malformed answers: few and quick, many, or none (ini: crm_payloads)"
        ),
    )
    group.addoption(
        "--crm-provider",
        metavar="[CONTRACT=]URL",
        help=_("send valid and broken requests, writes too, to this CRM or sandbox (ini: crm_provider)"),
    )
    group.addoption(
        "--crm-allow-host",
        action="append",
        metavar="HOST",
        help=_("a host other than this machine that --crm-provider may send requests to"),
    )
    parser.addini("crm_provider", _("as --crm-provider, for items that are named: -m crm_provider"))
    parser.addini("crm_payloads", _("off, ci or drill (default: ci where Hypothesis is installed)"))
    parser.addini(
        "crm_paths",
        _("where contracts, consumers and scenarios lie (default: contracts scenarios); added to testpaths"),
        type="paths",
    )
    parser.addini(
        "crm_scenarios",
        _(
            "which scenarios are run: folders, and `builtin` or `builtin:TAG` for the shipped ones "
            "(default: scenarios where there is such a folder, else builtin:ci)"
        ),
        type="args",
    )


def _sentences() -> "Callable[[str], str]":
    """The way of these sentences into the user's language; only who asks for help reads them and loads it."""
    if {"-h", "--help"}.isdisjoint(sys.argv):
        return str
    from crm_contracts.model.language import _, asked_for, choose_language

    choose_language(asked_for(sys.argv))
    return _


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; with --crm-contracts, everything else."""
    config.addinivalue_line("markers", MARKER)
    if not config.getoption("crm_contracts") or config.option.help:
        return
    from crm_contracts.pytest_items import activate

    activate(config)


@pytest.fixture(scope="session")
def crm_lab(pytestconfig: pytest.Config) -> "Iterator[CrmLab]":
    """The lab of all tests, a process of its own; `crm_lab.open(contract=...)` gives a test a second CRM."""
    from crm_contracts.pytest_items import by_hand

    yield from by_hand.lab(pytestconfig)


@pytest.fixture
def _crm_opened(crm_lab: "CrmLab", request: pytest.FixtureRequest) -> "Iterator[OpenedRun]":
    from crm_contracts.pytest_items import by_hand

    yield from by_hand.opened(crm_lab, request)


@pytest.fixture
def crm_endpoint(_crm_opened: "OpenedRun") -> "Endpoint":
    """A CRM for this test alone: base_url, token_url, client_id, access_token..., and environment() for a process.

    It is made from the project's only contract, or from the one of @pytest.mark.crm(contract="acme-crm").
    """
    return _crm_opened.endpoint


@pytest.fixture
def crm_fault(_crm_opened: "OpenedRun") -> "CrmFaults":
    """Faults by their names in scenarios, for `with` and `async with` blocks.

    with crm_fault("latency", latency="2s"): ...
    """
    return _crm_opened.fault


@pytest.fixture
def crm_journal(_crm_opened: "OpenedRun") -> "CrmJournal":
    """Gives what was seen so far when it is called, and records calls of your program.

    with crm_journal.call("find_order") as call: ...
    """
    return _crm_opened.journal


@pytest.fixture
def crm_pact(request: pytest.FixtureRequest) -> "Iterator[Pact]":
    """A pact-python `Pact` (V4) between the consumer of @pytest.mark.crm(consumer=...) and the contract's CRM.

    When the test passed, it is written into the folder `pacts` of the contract, where `--crm-contracts` compares it.
    """
    from crm_contracts.pytest_items import by_hand

    yield from by_hand.pact(request)


@pytest.fixture
def crm_verdicts(_crm_opened: "OpenedRun") -> "CrmVerdicts":
    """Judges the test: crm_verdicts.assert_passed(), by every check that applies or by those that are named."""
    return _crm_opened.verdicts
