"""The fixtures for tests that people write by hand, as pytest shows them."""

from pathlib import Path

import pytest

from tests.project.shop import write, write_settings

RUN = ("--crm-engine", "embedded")
ASK = """\
import urllib.request


def ask(endpoint):
    with urllib.request.urlopen(endpoint.base_url + "/orders/O-1") as answer:
        return answer.status


"""


def by_hand(shop: Path, text: str) -> None:
    """Write tests into the shop."""
    write(shop, "test_by_hand.py", ASK + text)


def test_the_fixtures_need_no_flag(shop: Path, pytester: pytest.Pytester):
    """And nothing of ours is imported before the first of them is used."""
    by_hand(
        shop,
        "import sys\n\n"
        "def test_nothing_yet():\n"
        "    ours = {name for name in sys.modules if name.startswith('crm_contracts')}\n"
        "    assert ours == {'crm_contracts', 'crm_contracts.pytest_plugin'}\n\n"
        "def test_asked(crm_endpoint, crm_journal, crm_fault, crm_verdicts, crm_lab):\n"
        "    assert ask(crm_endpoint) == 200\n"
        "    assert crm_lab.engine.startswith('embedded')\n"
        "    crm_verdicts.assert_passed()\n",
    )
    pytester.runpytest_subprocess(*RUN, "test_by_hand.py").assert_outcomes(passed=2)


def test_a_test_that_fails_shows_the_journal_and_its_own_line(shop: Path, pytester: pytest.Pytester):
    """The diagnosis is the message, without a traceback of ours; what the CRM saw stands below."""
    by_hand(
        shop,
        "import pytest\n\n"
        "@pytest.mark.crm(promises={'attempts': 1})\n"
        "def test_twice(crm_endpoint, crm_fault, crm_journal, crm_verdicts):\n"
        "    with crm_fault('status', code=503), crm_journal.call('find'):\n"
        "        for _ in range(2):\n"
        "            with pytest.raises(OSError):\n"
        "                ask(crm_endpoint)\n"
        "    crm_verdicts.assert_passed('attempts')\n",
    )
    result = pytester.runpytest_inprocess(*RUN, "test_by_hand.py")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            ">   *crm_verdicts.assert_passed('attempts')",
            "E  *NotKept: attempts: *",
            "E  *look here first: the caller*",
            "*crm journal*",
            "*fault on: *503*",
            "*GET /orders/O-1  503  [[]status[]]",
        ]
    )
    result.stdout.no_fnmatch_line("*fixtures/verdicts.py*")


def test_a_typo_in_a_test_shows_the_tests_own_line(shop: Path, pytester: pytest.Pytester):
    """And no line of ours, whichever fixture was asked."""
    by_hand(
        shop,
        "def test_fault(crm_fault):\n"
        "    with crm_fault('latancy'): pass\n\n"
        "def test_settings(crm_fault):\n"
        "    with crm_fault('latency', latency=2): pass\n\n"
        "def test_lab(crm_lab):\n"
        "    crm_lab.open(contract='tiny-cmr')\n\n"
        "def test_journal(crm_journal):\n"
        "    crm_journal.call('find', does='getOrdr')\n",
    )
    result = pytester.runpytest_inprocess(*RUN, "test_by_hand.py")
    result.assert_outcomes(failed=4)
    result.stdout.fnmatch_lines([">   *crm_fault('latancy')*", "E  *Did you mean 'latency'*"])
    for ours in ("*fixtures/*.py*", "*__tracebackhide__*", "*documents/*"):
        result.stdout.no_fnmatch_line(ours)


def test_what_cannot_be_had_is_a_sentence(shop: Path, pytester: pytest.Pytester):
    """No traceback of ours, and the other tests run."""
    by_hand(
        shop,
        "import pytest\n\n"
        "@pytest.mark.crm(contract='tiny-cmr')\n"
        "def test_typo(crm_endpoint): pass\n\n"
        "@pytest.mark.crm('tiny-crm')\n"
        "def test_unnamed(crm_endpoint): pass\n\n"
        "def test_well(crm_endpoint): assert ask(crm_endpoint) == 200\n",
    )
    result = pytester.runpytest_inprocess(*RUN, "test_by_hand.py")
    result.assert_outcomes(passed=1, errors=2)
    result.stdout.fnmatch_lines(
        ["There is no contract 'tiny-cmr'. Did you mean 'tiny-crm'? Allowed: tiny-crm."]
    )
    result.stdout.no_fnmatch_line("*by_hand.py:*: in *")


def test_an_engine_that_cannot_be_had_is_a_sentence(shop: Path, pytester: pytest.Pytester):
    """As on the command line of --crm-contracts."""
    by_hand(shop, "def test_well(crm_endpoint): pass\n")
    result = pytester.runpytest_inprocess(*RUN, "--crm-toxiproxy", "http://127.0.0.1:9", "test_by_hand.py")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["--crm-engine embedded and --crm-toxiproxy exclude each other."])


def test_a_contract_may_be_a_parameter_or_a_modules_mark(shop: Path, pytester: pytest.Pytester):
    """The closest word counts."""
    write(
        shop,
        "contracts/other-crm/contract.yaml",
        "auth: {kind: none}\noperations: {getOrder: 'GET /orders/{id}'}\n",
    )
    by_hand(
        shop,
        "import pytest\n\n"
        "pytestmark = pytest.mark.crm(contract='tiny-crm')\n\n"
        "@pytest.mark.parametrize('crm_endpoint', ['tiny-crm', 'other-crm'], indirect=True)\n"
        "def test_each(crm_endpoint, _crm_opened, request):\n"
        "    assert _crm_opened.run.contract.name in request.node.name\n\n"
        "@pytest.mark.crm(contract='other-crm')\n"
        "def test_marked(_crm_opened): assert _crm_opened.run.contract.name == 'other-crm'\n\n"
        "def test_default(_crm_opened): assert _crm_opened.run.contract.name == 'tiny-crm'\n",
    )
    pytester.runpytest_inprocess(*RUN, "test_by_hand.py").assert_outcomes(passed=4)


def test_items_and_tests_by_hand_share_one_lab(shop: Path, pytester: pytest.Pytester):
    """One process for both, and none is left afterwards."""
    write_settings(shop, "testpaths = .")
    by_hand(
        shop,
        "def test_well(crm_endpoint, crm_lab, pytestconfig):\n"
        "    from crm_contracts.pytest_items.session import CrmSession\n"
        "    assert crm_lab._keeper is CrmSession.here(pytestconfig).keeper\n"
        "    assert ask(crm_endpoint) == 200\n"
        "    print('guard', crm_lab._keeper.lab()._guard.pid)\n",
    )
    result = pytester.runpytest_subprocess(
        *RUN, "--crm-contracts", "-s", "test_by_hand.py", "scenarios/away.yaml::sound"
    )
    result.assert_outcomes(passed=2)
    (guard,) = (line.split()[-1] for line in result.outlines if "guard" in line)
    assert not Path(f"/proc/{guard}").exists()


def test_a_lab_that_dies_is_told_and_the_next_test_has_a_new_one(shop: Path, pytester: pytest.Pytester):
    """Nobody waits for it."""
    by_hand(
        shop,
        "import psutil\n\n"
        "def test_death(crm_lab, crm_endpoint, crm_journal):\n"
        "    for lab in psutil.Process(crm_lab._keeper.lab()._guard.pid).children():\n"
        "        lab.kill()\n"
        "    crm_journal()\n\n"
        "def test_life(crm_endpoint): assert ask(crm_endpoint) == 200\n",
    )
    result = pytester.runpytest_subprocess(*RUN, "test_by_hand.py")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["E  *LabGone: The lab process ended*"])
