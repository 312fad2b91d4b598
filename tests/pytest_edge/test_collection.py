"""What is collected, how it is called, and how it is chosen."""

import shutil
import sys
from pathlib import Path

import pytest

from crm_contracts.project.layout import shipped_scenarios
from tests.project.shop import write, write_consumer, write_settings

ALL = [
    "contracts/tiny-crm/contract.yaml::lint",
    "contracts/tiny-crm/consumers/brittle.yaml::baseline",
    "contracts/tiny-crm/consumers/sound.yaml::baseline",
    "scenarios/away.yaml::brittle",
    "scenarios/away.yaml::sound",
    "scenarios/deep/half-answers.yaml::brittle",
    "scenarios/deep/half-answers.yaml::sound",
]


def collected(pytester: pytest.Pytester, *words: str) -> list[str]:
    result = pytester.runpytest_inprocess("--crm-contracts", "--collect-only", "-q", *words)
    return [line for line in result.outlines if "::" in line]


def test_everything_is_collected_without_a_path(shop: Path, pytester: pytest.Pytester):
    """Lint first, then each consumer's baseline, then one item per scenario and consumer."""
    assert collected(pytester) == ALL


def test_nothing_is_collected_without_the_flag(shop: Path, pytester: pytest.Pytester):
    """The plugin is inert, and pytest says that there is nothing to run."""
    result = pytester.runpytest_inprocess("--collect-only", "-q")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_our_paths_are_added_to_testpaths(shop: Path, pytester: pytest.Pytester):
    """A project that names testpaths gets its tests and our items."""
    write(shop, "tests/test_own.py", "def test_own(): pass")
    write_settings(shop, "testpaths = tests")
    assert collected(pytester) == ["tests/test_own.py::test_own", *ALL]


def test_a_path_on_the_command_line_is_all_that_is_collected(shop: Path, pytester: pytest.Pytester):
    """Nothing is added to what somebody asks for."""
    assert collected(pytester, "scenarios/deep") == ALL[5:]


def test_one_item_is_chosen_by_its_id(shop: Path, pytester: pytest.Pytester):
    """The consumer is found although its folder was not named."""
    assert collected(pytester, "scenarios/away.yaml::sound") == ["scenarios/away.yaml::sound"]


@pytest.mark.parametrize(
    "words, expected",
    [
        (["-k", "half-answers and sound"], [ALL[6]]),
        (["-k", "tiny-crm and baseline"], ALL[1:3]),
        (["-k", "http-layer"], ALL[3:5]),
        (["-m", "crm_ci"], ALL[3:5]),
        (["-m", "crm_http_layer"], ALL[3:5]),
        (["-m", "crm_drill and not crm_ci"], ALL[5:]),
        (["-m", "crm"], ALL),
    ],
)
def test_items_are_chosen_by_keyword_and_marker(
    shop: Path, pytester: pytest.Pytester, words: list[str], expected: list[str]
):
    """Tags are markers and keywords, under --strict-markers too."""
    assert collected(pytester, *words) == expected


def test_crm_paths_lie_where_the_ini_file_says(shop: Path, pytester: pytest.Pytester):
    """Both keys are read from the ini file."""
    (shop / "quality").mkdir()
    (shop / "contracts").rename(shop / "quality" / "crms")
    (shop / "scenarios").rename(shop / "quality" / "cases")
    write_settings(shop, "crm_paths = quality/crms", "crm_scenarios = quality/cases/deep")
    write(shop, "quality/crms/tiny-crm/consumers/brittle.yaml", _deeper(shop, "brittle"))
    write(shop, "quality/crms/tiny-crm/consumers/sound.yaml", _deeper(shop, "sound"))
    assert collected(pytester) == [
        "quality/crms/tiny-crm/contract.yaml::lint",
        "quality/crms/tiny-crm/consumers/brittle.yaml::baseline",
        "quality/crms/tiny-crm/consumers/sound.yaml::baseline",
        "quality/cases/deep/half-answers.yaml::brittle",
        "quality/cases/deep/half-answers.yaml::sound",
    ]


def test_a_project_without_scenarios_gets_the_shipped_ones(shop: Path, pytester: pytest.Pytester):
    """They are shown as builtin/..., those tagged ci, where they fit."""
    (shop / "scenarios").rename(shop / "elsewhere")
    ids = collected(pytester, "-k", "sound")
    assert "builtin/http/unavailable.yaml::sound" in ids
    assert "builtin/writes/write-answer-lost.yaml::sound" not in ids, "the caller writes nothing"
    assert [name for name in ids if not name.startswith(("builtin/", "contracts/"))] == []


def test_a_shipped_scenario_is_chosen_by_its_id(shop: Path, pytester: pytest.Pytester):
    """So that a replay command works, with its tag chosen or not."""
    wanted = "builtin/http/unavailable.yaml::sound"
    (shop / "scenarios").rename(shop / "elsewhere")
    assert collected(pytester, wanted) == [wanted]


def test_shipped_and_own_scenarios_together(shop: Path, pytester: pytest.Pytester):
    """`crm_scenarios` may name both."""
    write_settings(shop, "crm_scenarios = builtin:ci scenarios/")
    ids = collected(pytester, "-k", "sound")
    assert {"builtin/http/unavailable.yaml::sound", "scenarios/away.yaml::sound"} <= set(ids)


def test_a_builtin_word_without_a_tag_is_a_usage_error(shop: Path, pytester: pytest.Pytester):
    """One line, exit 4."""
    write_settings(shop, "crm_scenarios = builtin:")
    result = pytester.runpytest_inprocess("--crm-contracts")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*'builtin:' lacks a tag*"])


def test_a_consumer_without_the_call_is_not_asked(shop: Path, pytester: pytest.Pytester):
    """`consumers` narrows, and a scenario that fits nobody by itself is no item of theirs."""
    write_consumer(shop, "broken")
    write(
        shop,
        "scenarios/only.yaml",
        "scenario: only\ntitle: For one\nconsumers: [sound]\nduring: [{call: find_order}]\nfaults: [{fault: down}]\n",
    )
    assert collected(pytester, "scenarios/only.yaml") == ["scenarios/only.yaml::sound"]


def test_positions_are_the_scenarios(shop: Path, pytester: pytest.Pytester):
    """Editors and JUnit are led to the line of the file, counted from 0 for pytest."""
    items, _recorder = pytester.inline_genitems("--crm-contracts", "scenarios/away.yaml")
    assert [item.reportinfo()[:2] for item in items] == [(shop / "scenarios/away.yaml", 1)] * 2


def test_fixtures_of_the_project_surround_our_items(shop: Path, pytester: pytest.Pytester):
    """Items are functions to pytest: its plan shows them, and autouse fixtures run."""
    pytester.makeconftest("import pytest\n@pytest.fixture(autouse=True)\ndef own(): yield")
    result = pytester.runpytest_inprocess("--crm-contracts", "--setup-plan", "scenarios/away.yaml::sound")
    result.stdout.fnmatch_lines(["*SETUP    F own", "*scenarios/away.yaml::sound (fixtures used: own)"])


def _deeper(shop: Path, name: str) -> str:
    text = (shop / f"quality/crms/tiny-crm/consumers/{name}.yaml").read_text()
    return text.replace("../../..", "../../../..")


@pytest.mark.parametrize("environment", [".venv", "env"])
def test_shipped_scenarios_are_found_inside_an_environment_of_the_project(
    shop: Path, pytester: pytest.Pytester, environment: str
):
    """pytest leaves virtual environments out; of the one that we are installed into it sees the shipped scenarios alone."""
    inside = shop / environment / "lib" / "shipped"
    shutil.copytree(shipped_scenarios(), inside)
    (shop / environment / "pyvenv.cfg").write_text("home = nowhere\n")
    (shop / environment / "lib" / "test_of_somebody_else.py").write_text("def test_it(): pass\n")
    shutil.rmtree(shop / "scenarios")
    (shop / "installed.py").write_text(
        f"import pathlib, crm_contracts.project.layout as l\nl.shipped_scenarios = lambda: pathlib.Path({str(inside)!r})\n"
    )
    command = (sys.executable, "-m", "pytest", "-p", "installed", "--crm-contracts", "--collect-only", "-q")
    found = pytester.run(*command).outlines
    assert "builtin/http/unavailable.yaml::sound" in found
    assert not [line for line in found if "somebody_else" in line]


@pytest.mark.parametrize("word", ["builtin", "builtin:ci"])
def test_words_of_the_ini_file_are_no_paths(shop: Path, pytester: pytest.Pytester, word: str):
    """Who gives them on the command line is told where they belong, in a way that can be pasted."""
    result = pytester.runpytest_inprocess("--crm-contracts", word)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    said = f'{word} is no path: *pytest\'s ini, or for once so: -o "crm_scenarios={word}".*'
    result.stderr.fnmatch_lines([f"*{said}"])
    assert collected(pytester, "-o", f"crm_scenarios={word}", "-k", "token-expired and sound") == []
