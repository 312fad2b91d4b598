"""The edge to pytest: options, ini keys and markers. It imports the standard library and pytest only.

Everything else is imported when `--crm-contracts` is given; a user who types only `pytest` pays nothing.
"""

import pytest

MARKER = "crm: a run of crm-contracts; its scenario's tags are markers too: crm_ci, crm_drill, crm_auth..."


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register what can be asked on the command line and in the ini file."""
    group = parser.getgroup("crm-contracts", "does the program that calls a CRM survive it? (crm-contracts)")
    group.addoption(
        "--crm-contracts",
        action="store_true",
        help="collect contracts, consumers and scenarios (ini: crm_paths, crm_scenarios) and judge them",
    )
    group.addoption(
        "--crm-engine",
        choices=("toxiproxy", "embedded"),
        help="what breaks TCP (default: toxiproxy where it is installed)",
    )
    group.addoption(
        "--crm-toxiproxy", metavar="URL", help="attach to a Toxiproxy that runs: http://127.0.0.1:8474"
    )
    group.addoption(
        "--crm-seed",
        type=int,
        default=0,
        metavar="N",
        help="decides every random choice of ours (default: 0)",
    )
    group.addoption(
        "--crm-report",
        metavar="DIR",
        help="write verdicts.json, journal.jsonl and report.md into this folder",
    )
    group.addoption(
        "--crm-lang", metavar="LANG", help="the language of sentences: en or zh_CN (default: LANG)"
    )
    parser.addini(
        "crm_paths",
        "where contracts, consumers and scenarios lie (default: contracts scenarios); added to testpaths",
        type="paths",
    )
    parser.addini(
        "crm_scenarios",
        "which scenarios are run: folders, and `builtin` or `builtin:TAG` for the shipped ones "
        "(default: scenarios where there is such a folder, else builtin:ci)",
        type="args",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; with --crm-contracts, everything else."""
    config.addinivalue_line("markers", MARKER)
    if not config.getoption("crm_contracts") or config.option.help:
        return
    from crm_contracts.pytest_items import activate

    activate(config)
