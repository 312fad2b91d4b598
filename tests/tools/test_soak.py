"""The soak: what counts as expected, and what is told of the rest."""

from dataclasses import replace

import pytest

from crm_contracts.model.journal import Journal
from crm_contracts.model.verdict import Finding, Verdict
from crm_contracts.project import Expected, Judged, Planned
from crm_contracts.run.judge import RunVerdict
from tests.checks.story import run_of
from tools import checkout, soak
from tools.soak import Tally

JOURNAL = Journal(run="s.yaml::c", started=0.0, rest=1.0)


def judged(
    *,
    failed: tuple[str, ...] = (),
    unknown: tuple[str, ...] = (),
    as_expected: bool = True,
    known: tuple[str, ...] = (),
) -> Judged:
    """A run of scenario `s` on consumer `c` in which these checks failed or stayed in doubt."""
    run = run_of()
    findings = (
        Finding(check="deadline", verdict=Verdict.PASSED),
        *(Finding(check=name, verdict=Verdict.FAILED) for name in failed),
        *(Finding(check=name, verdict=Verdict.UNKNOWN) for name in unknown),
    )
    baseline = Planned(item="c.yaml::baseline", run=run)
    return Judged(
        planned=Planned(item="s.yaml::c", run=run, baseline=baseline),
        verdict=RunVerdict(run=run, journal=JOURNAL, findings=findings),
        expected=Expected(as_expected=as_expected, known=known),
    )


def test_what_is_as_expected_is_only_counted():
    """A pass, or the failure of a known issue."""
    tally = Tally({})
    assert not tally.add(judged())
    assert not tally.add(judged(failed=("outcomes",), known=("outcomes",)))
    assert (tally.expected["s.yaml::c"], tally.differing) == (2, {})
    assert tally.counts() == "2 runs, 0 with another verdict than expected"


@pytest.mark.parametrize(
    "seen, told",
    [
        ({"failed": ("outcomes",)}, "failed outcomes instead of passed"),
        ({"unknown": ("deadline",)}, "unknown deadline instead of passed"),
        ({"known": ("outcomes",)}, "passed instead of failed outcomes"),
        ({"failed": ("a", "b"), "unknown": ("c",)}, "failed a, b; unknown c instead of passed"),
    ],
)
def test_what_differs_is_told(seen: dict[str, tuple[str, ...]], told: str):
    """Both what came and what was expected."""
    assert Tally({}).add(judged(**seen, as_expected=False)) == told


@pytest.mark.parametrize(
    "failed, unknown, told",
    [
        (("a", "b"), (), ""),
        (("a",), (), "failed a instead of failed a, b"),
        (("a", "b", "c"), (), "failed a, b, c instead of failed a, b"),
        (("a", "b"), ("c",), "failed a, b; unknown c instead of failed a, b"),
        ((), (), "passed instead of failed a, b"),
    ],
)
def test_a_caller_of_the_gallery_fails_just_what_is_listed(failed, unknown, told: str):
    """Not less, not more, and nothing in doubt."""
    tally = Tally({"c": {"s": frozenset({"a", "b"})}})
    assert tally.add(judged(failed=failed, unknown=unknown, as_expected=False)) == told


def test_the_table_counts_each_run_and_each_way_to_differ():
    """How often as expected, how often not, and how."""
    tally = Tally({})
    for seen in (judged(), judged(), judged(failed=("outcomes",), as_expected=False)):
        tally.add(seen)
    lines = tally.lines()
    assert lines[1].split() == ["s.yaml::c", "2", "1"]
    assert lines[-1] == "  1 x failed outcomes instead of passed"
    assert tally.counts() == "3 runs, 1 with another verdict than expected"


def test_orders_change_and_baselines_stay_in_front():
    """The same number gives the same order."""
    run = run_of()
    first = Planned(item="first", run=run)
    others = [Planned(item=str(number), run=run, baseline=first) for number in range(20)]
    one, same, other = (soak._shuffled([*others, first], seed) for seed in (1, 1, 2))
    assert one[0] is first
    assert one == same != other
    assert sorted(run.item for run in one) == sorted(run.item for run in other)


def test_the_gallery_is_asked_what_its_table_lists():
    """Scenarios about which the table says nothing are left out for its callers alone."""
    run = run_of()
    baseline = Planned(item="c::baseline", run=run)
    listed = Planned(item="s::c", run=run, baseline=baseline)
    unlisted = replace(listed, run=replace(run, scenario=replace(run.scenario, name="other")))
    stranger = replace(unlisted, run=replace(unlisted.run, consumer=replace(run.consumer, name="example")))
    chosen = checkout.listed([baseline, listed, unlisted, stranger], {"c": {"s": frozenset()}})
    assert [*chosen] == [baseline, listed, stranger]


@pytest.mark.slow
def test_a_short_soak_on_real_parts(capsys: pytest.CaptureFixture[str]):
    """One run, two rounds, one burner: expected verdicts give 0."""
    options = [
        "--times",
        "2",
        "--burners",
        "1",
        "--engine",
        "embedded",
        "-k",
        "token-expired.yaml::sound",
    ]
    code = soak.main(options)
    told = capsys.readouterr().out
    assert code == 0, told
    assert "round 2 of 2: 0 differed" in told
    assert told.endswith("4 runs, 0 with another verdict than expected\n")


@pytest.mark.slow
def test_a_verdict_that_differs_fails_the_soak(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """Exit 1, with the diagnosis and the line that does it again."""
    wrong = {"sound": {"baseline": frozenset(), "token-expired": frozenset({"deadline"})}}
    monkeypatch.setattr(checkout, "gallery_expectations", lambda: wrong)
    options = ["--times", "1", "--burners", "0", "--engine", "embedded", "-k", "token-expired.yaml::sound"]
    assert soak.main(options) == 1
    told = capsys.readouterr().out
    assert "passed instead of failed deadline" in told
    assert '--crm-contracts "scenarios/auth/token-expired.yaml::sound"' in told


def test_nothing_to_repeat_is_no_success(capsys: pytest.CaptureFixture[str]):
    """A word that no run has is told by the exit code."""
    assert soak.main(["-k", "no such run"]) == 1
    assert capsys.readouterr().out.startswith("0 runs")
