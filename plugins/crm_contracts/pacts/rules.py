"""Matchers of a body: which rule says how much of an example is meant.

https://github.com/pact-foundation/pact-specification: a rule holds for its place and for all below it that has none.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from crm_contracts.model.json import JSON

Step = str | int

_STEP = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<index>\d+|\*)\]|\[['\"](?P<quoted>[^'\"]*)['\"]\]")
_ANY: Final = "*"
_VALUE: Final = frozenset({"equality", "regex"})
"""Rules under which the example's own value matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The matchers of one body, and the places whose examples a generator replaces.

    >>> rules = Rules.of({"$.body.orders": {"match": "type", "min": 1}}, {})
    >>> rules.kind(("orders", 0, "id")), rules.kind(("total",))
    ('type', None)
    """

    matchers: Mapping[tuple[Step, ...], tuple[Mapping[str, JSON], ...]] = field(default_factory=dict)
    generated: frozenset[tuple[Step, ...]] = frozenset()

    @classmethod
    def of(cls, said: JSON, generators: JSON) -> "Rules":
        """The rules for a body of `matchingRules`: flat as in V2, or by category as in V3 and V4."""
        return cls(matchers=dict(_matchers(said)), generated=frozenset(_places(generators)))

    def kind(self, place: tuple[Step, ...]) -> str | None:
        """The matcher that holds at a place; None: its value is meant as it stands."""
        found = self.at(place)
        if not found:
            return None
        return str(found[0].get("match", "regex" if "regex" in found[0] else "type"))

    def at(self, place: tuple[Step, ...]) -> tuple[Mapping[str, JSON], ...]:
        """The rules that hold at a place: its own, else those of the nearest place around it that has some."""
        for length in range(len(place), -1, -1):
            for steps, rules in self.matchers.items():
                if _same(steps, place[:length]) and (length == len(place) or _cascades(rules)):
                    return rules
        return ()

    def any_value(self, place: tuple[Step, ...]) -> bool:
        """Whether an example stands for other values of its type, too."""
        if any(_same(steps, place) for steps in self.generated):
            return True
        kind = self.kind(place)
        return kind is not None and kind not in _VALUE

    def expression(self, place: tuple[Step, ...]) -> str | None:
        """The regular expression that the value must match, where a rule says one."""
        found = (rule.get("regex") for rule in self.at(place) if rule.get("match", "regex") == "regex")
        return next((text for text in found if isinstance(text, str)), None)


def _cascades(rules: tuple[Mapping[str, JSON], ...]) -> bool:
    # A rule without a word for it is V2's: `min`, `max` and `regex` alone.
    return any(rule.get("match", "regex" if "regex" in rule else "type") == "type" for rule in rules)


def _matchers(said: JSON) -> Iterator[tuple[tuple[Step, ...], tuple[Mapping[str, JSON], ...]]]:
    if not isinstance(said, dict):
        return
    flat = {key.removeprefix("$.body"): rule for key, rule in said.items() if re.match(r"\$\.body\b", key)}
    by_category = said.get("body")
    placed: dict[str, Any] = {f"${key}": rule for key, rule in flat.items()}
    placed |= by_category if isinstance(by_category, dict) else {}
    for path, rule in placed.items():
        if not isinstance(rule, dict):
            continue
        rules = rule.get("matchers", [rule])
        if isinstance(rules, list):
            yield steps_of(path), tuple(one for one in rules if isinstance(one, dict))


def _places(generators: JSON) -> Iterator[tuple[Step, ...]]:
    said = generators.get("body") if isinstance(generators, dict) else None
    yield from (steps_of(path) for path in said) if isinstance(said, dict) else ()


def steps_of(path: str) -> tuple[Step, ...]:
    """The steps of a path of a rule.

    >>> steps_of("$.orders[*]['unit price'][0]")
    ('orders', '*', 'unit price', 0)
    """
    return tuple(map(_step, _STEP.finditer(path)))


def _step(found: "re.Match[str]") -> Step:
    index = found["index"]
    if index is not None:
        return int(index) if index.isdigit() else _ANY
    return found["name"] if found["name"] is not None else found["quoted"]


def _same(steps: tuple[Step, ...], place: tuple[Step, ...]) -> bool:
    return len(steps) == len(place) and all(one in {_ANY, two} for one, two in zip(steps, place, strict=True))
