"""The search of one item: valid answers that a caller does not bear, or mutations that it takes for sound."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any

from crm_contracts.cases.asking import Asking
from crm_contracts.cases.drawing import Drawing, Enough, hypothesis_here
from crm_contracts.cases.found import Found, Searched
from crm_contracts.cases.marks import marks_of
from crm_contracts.cases.profile import PayloadProfile
from crm_contracts.model.case import Seen, Served
from crm_contracts.model.consumer import Outcome
from crm_contracts.model.contract import Operation
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import Schema
from crm_contracts.model.language import _
from crm_contracts.model.verdict import NotRun
from crm_contracts.run.case_judge import Blame, Yardstick, judge_mutated, judge_valid

if TYPE_CHECKING:
    from crm_contracts.payloads.mutations import Mutation

OUTCOMES, DEADLINE, TRUTHFUL = "outcomes", "deadline", "truthful"


@dataclass(frozen=True, slots=True)
class Search:
    """Searches with one profile; `drawing` draws and shrinks."""

    asking: Asking
    drawing: Drawing
    profile: PayloadProfile

    def run(self) -> Searched:
        """Do the cases of the item; raises ExtraMissing, LabGone, or ConsumerFailed where the caller does not start."""
        hypothesis_here()
        first, own = self.asking.own()
        if first.trouble:
            return Searched(doubts=(("lab", first.trouble),), cases=1)
        return self._valid(own) if self.asking.plan.kind == "payloads" else self._malformed(first, own)

    # Valid but surprising answers.

    def _valid(self, own: Answer | None) -> Searched:
        from crm_contracts.payloads import valid

        run, operation = self.asking.plan.planned.run, self.asking.plan.operation
        deadline = run.consumer.promises.deadline
        strategy = valid.responses(run.contract, operation)
        answers = self.drawing.drawn(strategy, self.profile.examples)
        seen = self.asking.seen(answers)
        blames = [judge_valid(one, deadline) for one in seen]
        wrong = next((blame for blame in blames if blame is not None), None)
        kept = None
        if wrong is None and self.drawing.knows_something:
            kept = self.drawing.smallest(
                strategy, self._fails(lambda s, _a: judge_valid(s, deadline) is not None), 1, only_kept=True
            )
            wrong = judge_valid(self.asking.seen([kept])[0], deadline) if kept is not None else None
        if wrong is None:
            return self._without_failure((OUTCOMES, DEADLINE), seen)
        smallest = kept or self._smallest_valid(strategy, wrong, answers, deadline)
        return self._found_valid(smallest, wrong, own, blames)

    def _smallest_valid(
        self, strategy: Any, wrong: Blame, answers: Sequence[Answer], deadline: float | None
    ) -> Answer:
        first = next(a for a in answers if judge_valid(self.asking.seen([a])[0], deadline) is wrong)
        if not self.profile.shrinking:
            return first
        kind = _kind(self.asking.seen([first])[0])
        same = self._fails(lambda seen, _a: _kind(seen) == kind and judge_valid(seen, deadline) is wrong)
        found = self.drawing.smallest(strategy, same, self.profile.examples)
        return found if isinstance(found, Answer) else first

    def _found_valid(
        self, smallest: Answer, wrong: Blame, own: Answer | None, blames: Sequence[Blame | None]
    ) -> Searched:
        deadline = self.asking.plan.planned.run.consumer.promises.deadline

        def fail(tries: Sequence[Answer]) -> list[bool]:
            return [judge_valid(one, deadline) is not None for one in self.asking.seen(tries)]

        marks = marks_of(smallest, own, fail) if self.profile.shrinking else ()
        check = DEADLINE if wrong is Blame.LATE else OUTCOMES
        found = Found(
            check=check,
            blame=wrong,
            served=smallest,
            seen=self.asking.seen([smallest])[0],
            own=own,
            marks=marks,
            failed=max(1, sum(blame is not None for blame in blames)),
            asked=len(blames),
        )
        passed = tuple(name for name in (OUTCOMES, DEADLINE) if name != check)
        return Searched(found=(found,), passed=passed, cases=self.asking.cases)

    # Mutated answers.

    def _malformed(self, first: Seen, own: Answer | None) -> Searched:
        plan = self.asking.plan
        if own is None or first.call.outcome not in {Outcome.OK, Outcome.QUEUED, Outcome.DEGRADED}:
            sentence = _(
                "{call} is {outcome} with the CRM's own answer of {operation}: nothing can be compared"
            )
            reason = sentence.format(call=plan.call, outcome=first.call.outcome, operation=plan.operation.id)
            return Searched(doubts=((OUTCOMES, reason),), cases=1)
        yardstick = self.asking.yardstick(own)
        fit = [(one, one.places(own.body)) for one in self._mutations(own)]
        planned = {one.name: self._places(one, count) for one, count in fit if count}
        self.asking.seen([one.apply(own, place) for one, _n in fit for place in planned.get(one.name, ())])
        results = [self._mutation(one, planned[one.name], own, yardstick) for one, count in fit if count]
        found = tuple(
            self._smallest_first([one for one in results if isinstance(one, Found)], own, yardstick)
        )
        unmet = tuple(one for one in results if isinstance(one, NotRun))
        nowhere = _("there is no place for it in this answer")
        if results and len(unmet) == len(results):
            return Searched(doubts=((OUTCOMES, unmet[0].reason),), cases=self.asking.cases)
        failed = {one.check for one in found}
        return Searched(
            found=found,
            passed=tuple(check for check in (OUTCOMES, TRUTHFUL) if check not in failed),
            not_run=(*unmet, *(NotRun(check=one.name, reason=nowhere) for one, count in fit if not count)),
            cases=self.asking.cases,
        )

    def _mutations(self, own: Answer) -> "Sequence[Mutation]":
        """Every mutation; those of the schema as they fit the one of this answer."""
        from crm_contracts.payloads.mutated import broken_by
        from crm_contracts.payloads.mutations import MUTATIONS
        from crm_contracts.payloads.mutations.bound import bound

        schema = schema_of(self.asking.plan.operation, own.status)
        if schema is None:
            return MUTATIONS
        broken = broken_by(self.asking.plan.planned.run.contract, schema)
        return tuple(bound(one, broken) for one in MUTATIONS)

    def _mutation(
        self, mutation: "Mutation", places: Sequence[int], own: Answer, yardstick: Yardstick
    ) -> Found | NotRun | None:
        """What became of one mutation: a failure, nothing where it was borne, or why it was never met."""
        served = [mutation.apply(own, place) for place in places]
        seen = self.asking.seen(served)
        blames = [_blame(mutation, *pair, yardstick) for pair in zip(seen, served, strict=True)]
        if not any(blames):
            return None if any(one.met for one in seen) else NotRun(check=mutation.name, reason=_unmet(seen))
        first = next(place for place, blame in enumerate(blames) if blame)
        wrong = blames[first]
        assert wrong is not None
        return Found(
            check=TRUTHFUL if wrong in {Blame.TAKEN, Blame.DIFFERS} else OUTCOMES,
            blame=wrong,
            served=served[first],
            seen=seen[first],
            own=own,
            mutation=mutation.name,
            place=places[first],
            failed=sum(blame is not None for blame in blames),
            asked=len(blames),
        )

    def _smallest_first(self, found: Sequence[Found], own: Answer, yardstick: Yardstick) -> Iterator[Found]:
        """The same failures; the first of each check, which is told in full, at its smallest place."""
        told: set[str] = set()
        for one in found:
            yield one if one.check in told else self._at_smallest(one, own, yardstick)
            told.add(one.check)

    def _at_smallest(self, found: Found, own: Answer, yardstick: Yardstick) -> Found:
        from hypothesis import strategies

        mutation = next(one for one in self._mutations(own) if one.name == found.mutation)
        if found.place == 0 or not self.profile.shrinking:
            return found
        fails = self._fails(lambda seen, served: _blame(mutation, seen, served, yardstick) is found.blame)
        key = f"{self.drawing.key}::{mutation.name}"
        drawing = replace(self.drawing, key=key)
        places = strategies.integers(0, found.place)
        place = drawing.smallest(places, lambda place: fails(mutation.apply(own, place)), 20)
        if place is None:
            return found
        smallest = mutation.apply(own, place)
        return replace(found, served=smallest, seen=self.asking.seen([smallest])[0], place=place)

    def _places(self, mutation: "Mutation", count: int) -> tuple[int, ...]:
        """So many places, drawn by the seed; all of them where there are few."""
        dice = Random(f"{self.drawing.seed}/{self.drawing.key}/{mutation.name}")
        return tuple(sorted(dice.sample(range(count), min(count, self.profile.places))))

    # Both.

    def _fails(self, is_wrong: Callable[[Seen, Any], bool]) -> Callable[[Any], bool]:
        """Whether an answer fails; so many beyond the known ones are asked, then it is enough."""
        left = [self.profile.shrinking]

        def fails(served: Served) -> bool:
            if not self.asking.knows(served):
                left[0] -= 1
                if left[0] < 0:
                    raise Enough
            (seen,) = self.asking.seen([served])
            return is_wrong(seen, served)

        return fails

    def _without_failure(self, checks: Sequence[str], seen: Sequence[Seen]) -> Searched:
        if any(one.met for one in seen):
            return Searched(passed=tuple(checks), cases=self.asking.cases)
        return Searched(doubts=((checks[0], _unmet(seen)),), cases=self.asking.cases)


def schema_of(operation: Operation, status: int) -> Schema | None:
    """The schema of an answer of this status, where the contract has one."""
    names = (str(status), f"{status // 100}XX", "default")
    told = next((operation.responses[name] for name in names if name in operation.responses), None)
    return next((media.schema for media in told.media.values()), None) if told is not None else None


def _blame(mutation: "Mutation", seen: Seen, served: Served, yardstick: Yardstick) -> Blame | None:
    return judge_mutated(
        seen,
        served,
        must_refuse=mutation.refusal == "must_refuse",
        yardstick=yardstick,
        comparable=mutation.comparable,
    )


def _kind(seen: Seen) -> tuple[str, str]:
    """What kind of failure a case is, so that one is not shrunk into another."""
    failure = seen.call.result.failure
    return seen.call.outcome.value, failure.type if failure else ""


def _unmet(seen: Sequence[Seen]) -> str:
    trouble = next(_troubles(seen), "")
    return trouble or _("the caller never asked for the answer, not even a fresh one")


def _troubles(seen: Sequence[Seen]) -> Iterator[str]:
    return (one.trouble for one in seen if one.trouble)
