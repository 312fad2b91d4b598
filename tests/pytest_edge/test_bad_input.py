"""Files that cannot be read: one failed item each, never a traceback; everything else runs."""

from pathlib import Path

import pytest

from tests.project.shop import write, write_consumer

RUN = ("--crm-contracts", "--crm-engine", "embedded")

BROKEN = {
    "unknown-key": (
        "scenario: unknown-key\ntitle: T\ncolour: red\nduring: [{call: reads}]\nfaults: [{fault: down}]\n",
        3,
    ),
    "twice": ("scenario: twice\ntitle: T\ntitle: U\nduring: [{call: reads}]\nfaults: [{fault: down}]\n", 3),
    "unit": ("scenario: unit\ntitle: T\nduring: [{call: reads, for: 3 weeks}]\nfaults: [{fault: down}]\n", 3),
    "fault": ("scenario: fault\ntitle: T\nduring: [{call: reads}]\nfaults: [{fault: latancy}]\n", 4),
    "check": (
        "scenario: check\ntitle: T\nduring: [{call: reads}]\nfaults: [{fault: down}]\nexpect: [{check: tries}]\n",
        5,
    ),
    "consumer": (
        "scenario: consumer\ntitle: T\nconsumers: [soundd]\nduring: [{call: reads}]\nfaults: [{fault: down}]\n",
        3,
    ),
    "call": ("scenario: call\ntitle: T\nduring: [{call: find_ordr}]\nfaults: [{fault: down}]\n", 3),
    "operation": (
        (
            "scenario: operation\ntitle: T\nduring: [{call: reads}]\n"
            "faults: [{fault: status, code: 500, operations: [getOrdr]}]\n"
        ),
        4,
    ),
    "bomb": ("a: &a [x, x]\nb: &b [*a, *a]\nscenario: bomb\n", 2),
    "nobody": ("scenario: nobody\ntitle: T\nduring: [{call: writes}]\nfaults: [{fault: down}]\n", 1),
}
"""By name: the text, and the line that is told."""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_every_scenario_that_cannot_be_read_is_one_failed_item(
    shop: Path, pytester: pytest.Pytester, workers: tuple[str, ...]
):
    """Each names file:line:column; the readable ones run; exit 1."""
    for name, (text, _line) in BROKEN.items():
        write(shop, f"scenarios/bad/{name}.yaml", text)
    (shop / "scenarios/bad/binary.yaml").write_bytes(bytes(range(256)))
    (shop / "scenarios/bad/huge.yaml").write_text("# " + "x" * 78 + "\n" + ("a" * 99 + "\n") * 100_000)
    result = pytester.runpytest_inprocess(*RUN, "scenarios/bad", "scenarios/away.yaml::sound", *workers)
    result.assert_outcomes(passed=1, failed=len(BROKEN) + 2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    text = result.stdout.str()
    for name, (_text, line) in BROKEN.items():
        assert f"scenarios/bad/{name}.yaml::readable" in text
        assert f"scenarios/bad/{name}.yaml:{line}:" in text
    assert "scenarios/bad/binary.yaml:1:1:" in text
    assert "scenarios/bad/huge.yaml:1:1:" in text
    assert "Traceback" not in text


def test_all_errors_of_a_file_are_told_at_once(shop: Path, pytester: pytest.Pytester):
    """With the line, a caret, what is allowed, and what was probably meant."""
    write(
        shop,
        "scenarios/typos.yaml",
        "scenario: typos\ntitle: T\nduring: [{call: reads, tmes: 2}]\nfaults: [{fault: latancy}]\n",
    )
    result = pytester.runpytest_inprocess(*RUN, "scenarios/typos.yaml")
    result.stdout.fnmatch_lines(
        [
            "scenarios/typos.yaml:3:*",
            "    during: *",
            "    *^",
            "scenarios/typos.yaml:4:*",
            "*latency*",
        ]
    )


def test_a_contract_that_cannot_be_read_is_told_once(shop: Path, pytester: pytest.Pytester):
    """Its consumers say in a line that it is the reason."""
    write(shop, "contracts/tiny-crm/contract.yaml", "contract: tiny-crm\nauth: {kind: nobody}\n")
    result = pytester.runpytest_inprocess(*RUN)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "*contract.yaml::readable*",
            "contracts/tiny-crm/contract.yaml:2:*",
            "contracts/tiny-crm/consumers/brittle.yaml:1:1: Its contract cannot be read: *contract.yaml.",
        ]
    )
    assert sum(line.startswith("contracts/tiny-crm/contract.yaml:2:") for line in result.outlines) == 1


@pytest.mark.parametrize(
    "document",
    [
        "openapi: 3.1.0\npaths: []\n",
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {/a: {get: {$ref: './gone.yaml'}}}\n",
    ],
    ids=["broken OpenAPI", "missing $ref"],
)
def test_a_broken_document_is_one_failed_item(shop: Path, pytester: pytest.Pytester, document: str):
    """The other contract's consumers run."""
    write(shop, "contracts/other-crm/openapi.yaml", document)
    result = pytester.runpytest_inprocess(*RUN, "contracts")
    result.stdout.fnmatch_lines(
        ["*contracts/other-crm/openapi.yaml::*", "contracts/other-crm/openapi.yaml:*:*: *"]
    )
    assert result.parseoutcomes()["passed"] == 3
    assert "Traceback" not in result.stdout.str()


def test_an_operation_that_the_contract_lacks(shop: Path, pytester: pytest.Pytester):
    """The consumer's file fails; the other consumer runs."""
    path = shop / "contracts/tiny-crm/consumers/brittle.yaml"
    path.write_text(path.read_text().replace("getOrder", "getOrdre"))
    result = pytester.runpytest_inprocess(*RUN, "contracts")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*consumers/brittle.yaml:*getOrdre*", "*Did you mean 'getOrder'?"])


def test_two_consumers_of_one_name(shop: Path, pytester: pytest.Pytester):
    """The second is told where the first stands."""
    write_consumer(shop, "zwei")
    path = shop / "contracts/tiny-crm/consumers/zwei.yaml"
    path.write_text(path.read_text().replace("consumer: zwei", "consumer: sound"))
    result = pytester.runpytest_inprocess(*RUN, "contracts/tiny-crm/consumers/zwei.yaml")
    result.assert_outcomes(failed=1)


def test_a_path_that_does_not_exist_is_a_usage_error(shop: Path, pytester: pytest.Pytester):
    """As with any other path; also for a shipped scenario that does not exist."""
    assert pytester.runpytest_inprocess(*RUN, "scenarios/nowhere.yaml").ret == pytest.ExitCode.USAGE_ERROR
    assert pytester.runpytest_inprocess(*RUN, "builtin/nowhere.yaml").ret == pytest.ExitCode.USAGE_ERROR
