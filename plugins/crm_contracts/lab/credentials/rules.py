"""Token rules while they are on: which tokens they take, and what they say of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random

from crm_contracts.model.contract import AuthPolicy, Operation
from crm_contracts.model.fault import Selector, TokenRule, TokenTerms
from crm_contracts.model.promises import Promises


@dataclass(slots=True, kw_only=True, eq=False)
class InForce:
    """A token rule that was switched on, with its terms; it stays behind the tokens that it took until the run ends.

    `first`, `every_nth` and `probability` of its selector choose tokens in the order in which it meets them;
    `operations` and `effect` choose where these tokens are refused.
    """

    rule: TokenRule
    terms: TokenTerms
    since: float
    dice: Random
    selector: Selector = field(default_factory=Selector)
    on: bool = True
    met: int = 0
    taken: int = 0
    touched: int = 0

    @property
    def restricted(self) -> bool:
        """Whether its tokens are refused at some operations only."""
        return bool(self.selector.operations) or self.selector.effect is not None

    def takes(self) -> bool:
        """Meet the next token and tell whether the rule takes it."""
        wanted = self.selector
        self.met += 1
        if wanted.every_nth and self.met % wanted.every_nth:
            return False
        if wanted.probability is not None and self.dice.random() >= wanted.probability:
            return False
        if wanted.first is not None and self.taken >= wanted.first:
            return False
        self.taken += 1
        return True

    def covers(self, operation: Operation | None) -> bool:
        """Whether its tokens are refused at this operation."""
        if operation is None:
            return not self.restricted
        wanted = self.selector
        if wanted.effect is not None and operation.effect is not wanted.effect:
            return False
        return not wanted.operations or any(_is(operation, pattern) for pattern in wanted.operations)


class Rules:
    """The token rules of one run; of several that are on, the latest that takes a token decides."""

    def __init__(self, policy: AuthPolicy, *, seed: int, run: str) -> None:
        self._policy = policy
        self._key = f"{seed}/{run}"
        self._all: list[InForce] = []

    def switch_on(self, rule: TokenRule, promises: Promises, now: float) -> InForce:
        """Put a rule in force and return it with its terms."""
        terms = rule.terms(self._policy, promises)
        dice = Random(f"rule/{len(self._all)}/{self._key}")
        force = InForce(rule=rule, terms=terms, since=now, dice=dice, selector=rule.selector())
        self._all.append(force)
        return force

    def switch_off(self, rule: TokenRule) -> None:
        """Let a rule take no more tokens."""
        for force in self._of(rule):
            force.on = False

    def taking(self) -> InForce | None:
        """The rule that takes the token which is being issued, if any."""
        return next((force for force in self._on() if force.terms.grants == "given" and force.takes()), None)

    def refusing(self) -> InForce | None:
        """The rule by which the token endpoint gives nothing out to this request, if any."""
        return next((f for f in self._on() if f.terms.grants != "given" and f.takes()), None)

    def descoping(self, operation: Operation | None) -> InForce | None:
        """The rule by which every token lacks the scope of this operation now, if any."""
        return next((f for f in self._on(scope=True) if f.covers(operation) and f.takes()), None)

    def pause(self) -> float:
        """How long each answer of the token endpoint takes now, in seconds."""
        return max((force.terms.pause for force in self._on()), default=0.0)

    def touched(self, rule: TokenRule) -> int:
        """How many answers a rule has changed: tokens issued under its terms, and refusals because of it."""
        return sum(force.touched for force in self._of(rule))

    def _on(self, *, scope: bool = False) -> Iterator[InForce]:
        """The rules that are on, the latest first: about tokens, or about scopes."""
        return (f for f in reversed(self._all) if f.on and (f.terms.answer == "missing_scope") == scope)

    def _of(self, rule: TokenRule) -> Iterator[InForce]:
        return (force for force in self._all if force.rule is rule)


def _is(operation: Operation, pattern: str) -> bool:
    return fnmatchcase(operation.id, pattern) or fnmatchcase(f"{operation.method} {operation.path}", pattern)
