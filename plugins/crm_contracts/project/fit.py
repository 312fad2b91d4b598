"""What is wrong with a file only in the light of all others: a scenario for nobody, a known issue of nothing."""

from collections.abc import Iterable, Iterator

from crm_contracts.model.language import _
from crm_contracts.model.problem import Position, Problem
from crm_contracts.model.scenario import Scenario
from crm_contracts.project.plan import Unfit
from crm_contracts.scenarios import BASELINE, KnownIssue


def fits_nobody(scenario: Scenario, unfit: Iterable[Unfit]) -> Problem:
    """A scenario that no consumer can be asked, with each consumer's reason."""
    reasons = "; ".join(f"{one.consumer.name}: {one.reason}" for one in unfit)
    return Problem(
        position=scenario.position or Position(file=scenario.file),
        message=_("This scenario fits no consumer: {reasons}.").format(reasons=reasons),
    )


def pointless(issues: Iterable[KnownIssue], runs: Iterable[tuple[str, str]], file: str) -> Iterator[Problem]:
    """Known issues of runs that do not exist, so that nothing would ever tell that they are mended.

    `runs` are pairs of a scenario's and a consumer's name.
    """
    known = {*runs}
    consumers = {consumer for _scenario, consumer in known}
    known |= {(BASELINE, consumer) for consumer in consumers}
    for issue in issues:
        if (issue.scenario, issue.consumer) not in known:
            sentence = _("There is no run of {scenario} on {consumer}.")
            yield Problem(
                position=issue.position or Position(file=file),
                message=sentence.format(scenario=issue.scenario, consumer=issue.consumer),
                remedy=_("Mend the names, or take this issue out."),
            )
