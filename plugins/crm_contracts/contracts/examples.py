"""Values that a schema takes, made from its own examples and constraints; the same seed makes the same value."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, Final

from crm_contracts.contracts.example_texts import text
from crm_contracts.contracts.schemas import Direction, Schemas, compiled
from crm_contracts.model.contract import Contract, Media
from crm_contracts.model.json import JSON, Schema

_DEEPEST: Final = 12
_FULL_UNTIL: Final = 6
_TRIES: Final = 24
_OBJECT: Final = {"properties", "required", "additionalProperties", "minProperties", "patternProperties"}
_ARRAY: Final = {"items", "prefixItems", "minItems", "maxItems", "uniqueItems"}
_NUMBER: Final = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
_LEAST: Final = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}
_MOST: Final = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}


def example_of(contract: Contract, schema: Schema, seed: int, *, direction: Direction = "response") -> JSON:
    """Return a value that a schema of the contract takes; examples first, the same for the same seed.

    Where no try fits (a schema that contradicts itself), the nearest try is returned.

    >>> from pathlib import Path
    >>> contract = Contract(name="a", folder=Path("."))
    >>> example_of(contract, {"type": "object", "required": ["n"], "properties": {"n": {"minimum": 3}}}, 1)
    {'n': 3}
    """
    return made(_schemas(contract), schema, seed, direction)


def example_for(contract: Contract, media: Media, seed: int, *, direction: Direction = "response") -> JSON:
    """Return a value for a media type: one of its own examples that its schema takes, else one made from the schema."""
    schemas = _schemas(contract)
    if media.schema is None:
        return media.examples[seed % len(media.examples)] if media.examples else None
    validator = schemas.validator(media.schema, direction)
    fitting = [example for example in media.examples if validator.is_valid(example)]
    return fitting[seed % len(fitting)] if fitting else made(schemas, media.schema, seed, direction)


def made(schemas: Schemas, schema: Schema, seed: int, direction: Direction) -> JSON:
    """Return a value that a schema takes."""
    whole = schemas.whole(schema, direction)
    validator = compiled(whole)
    first: JSON = None
    for number, mode in enumerate(_modes()):
        value = _Maker(whole, mode, Random(f"{seed}/{number}")).value(whole, 0)
        if validator.is_valid(value):
            return value
        first = first if number else value
    return first


@dataclass(frozen=True, slots=True)
class _Mode:
    """How a value is made: from examples or not, with all properties or the required ones, first branches or any.

    `apart`: where `oneOf` has branches that take the same values, a member of the wrong type keeps the others away.
    """

    examples: bool
    full: bool
    first: bool
    apart: bool = False


def _modes() -> Iterator[_Mode]:
    yield _Mode(examples=True, full=True, first=True)
    yield _Mode(examples=False, full=True, first=True)
    yield _Mode(examples=True, full=False, first=True)
    yield _Mode(examples=False, full=False, first=True)
    for number in range(_TRIES):
        yield _Mode(examples=number % 2 == 0, full=number % 4 < 2, first=False)
    for number in range(4):
        yield _Mode(examples=False, full=number % 2 == 0, first=number < 2, apart=True)


@lru_cache(maxsize=32)
def _schemas_of(held: "_Held") -> Schemas:
    return Schemas(held.documents)


class _Held:
    """Documents as a key of a cache: equal if they are the same ones."""

    def __init__(self, documents: Mapping[str, JSON]) -> None:
        self.documents = documents

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.documents is self.documents

    def __hash__(self) -> int:
        return id(self.documents)


def _schemas(contract: Contract) -> Schemas:
    return _schemas_of(_Held(contract.documents))


class _Maker:
    def __init__(self, whole: Mapping[str, JSON], mode: _Mode, random: Random) -> None:
        defs = whole.get("$defs")
        self.defs: Mapping[str, JSON] = defs if isinstance(defs, dict) else {}
        self.mode = mode
        self.random = random
        self.open: list[str] = []

    def value(self, schema: JSON, depth: int) -> JSON:
        if not isinstance(schema, dict):
            return "example"
        names = [str(schema["$ref"])] if "$ref" in schema else []
        self.open += names
        made = self.of(self.flat(schema, 0), depth)
        del self.open[len(self.open) - len(names) :]
        return made

    def of(self, schema: dict[str, Any], depth: int) -> JSON:
        ready, known = self.ready(schema)
        if ready:
            return known
        kind = self.kind(schema, depth)
        if kind == "object":
            return self.object(schema, depth)
        if kind == "array":
            return self.array(schema, depth)
        return _SCALARS.get(kind, _nothing)(schema, self.random)

    def ready(self, schema: Mapping[str, Any]) -> tuple[bool, JSON]:
        """A value that the schema itself names, if it does."""
        if "const" in schema:
            return True, schema["const"]
        examples, options = schema.get("examples"), schema.get("enum")
        if self.mode.examples and isinstance(examples, list) and examples:
            return True, self.pick(examples)
        if self.mode.examples and "default" in schema and not _OBJECT & schema.keys():
            return True, schema["default"]
        if isinstance(options, list):
            return True, self.pick([one for one in options if one is not None] or [None])
        return False, None

    def pick(self, values: list[Any]) -> Any:
        return values[0] if self.mode.first else self.random.choice(values)

    def kind(self, schema: Mapping[str, Any], depth: int) -> str:
        said = schema.get("type")
        kinds = [said] if isinstance(said, str) else list(said or ())
        if "null" in kinds and depth > _FULL_UNTIL:
            return "null"
        if kinds:
            return str(self.pick([kind for kind in kinds if kind != "null"] or ["null"]))
        return next((name for name, words in _BY_WORDS if words & schema.keys()), "string")

    def object(self, schema: Mapping[str, Any], depth: int) -> JSON:
        properties = schema.get("properties", {})
        required = schema.get("required", [])
        wanted = dict.fromkeys(name for name in required if isinstance(name, str))
        if self.mode.full and depth < _FULL_UNTIL:
            wanted |= dict.fromkeys(name for name, part in properties.items() if self.finite(part))
        rest = schema.get("additionalProperties")
        value = {
            name: self.value(properties.get(name, rest), depth + 1) for name in wanted if depth < _DEEPEST
        }
        return value | self.more(schema, value, depth)

    def more(self, schema: Mapping[str, Any], value: Mapping[str, JSON], depth: int) -> dict[str, JSON]:
        """Members of any name, as many as are needed, or one to show what they are."""
        rest = schema.get("additionalProperties")
        least = schema.get("minProperties", 0)
        shown = isinstance(rest, dict) and not value and self.mode.full and depth < _FULL_UNTIL
        names = [name for name in schema.get("properties", {}) if name not in value]
        names += [f"key{number}" for number in range(1, 1 + max(least, 1)) if rest is not False]
        missing = names[: max(least - len(value), 1 if shown else 0)]
        return {name: self.value(schema.get("properties", {}).get(name, rest), depth + 1) for name in missing}

    def finite(self, schema: JSON) -> bool:
        return not (isinstance(schema, dict) and self.open.count(str(schema.get("$ref"))) > 0)

    def array(self, schema: Mapping[str, Any], depth: int) -> JSON:
        first = schema.get("prefixItems", [])
        items = schema.get("items", True)
        least, most = schema.get("minItems", 0), schema.get("maxItems", len(first) + 1)
        wanted = 1 if self.mode.full and depth < _FULL_UNTIL and self.finite(items) else 0
        count = min(max(least, len(first), wanted), max(most, least))
        values: list[JSON] = []
        for index in range(count if depth < _DEEPEST else 0):
            values.append(self.item(first[index] if index < len(first) else items, values, schema, depth))
        return values

    def item(self, schema: JSON, others: list[JSON], around: Mapping[str, Any], depth: int) -> JSON:
        value = self.value(schema, depth + 1)
        if around.get("uniqueItems") is True and value in others:
            values = self.flat(schema, 0).get("enum", []) if isinstance(schema, dict) else []
            numbered = [f"{value}{len(others)}"] if isinstance(value, str) else []
            number = (
                [value + len(others)]
                if isinstance(value, (int, float)) and not isinstance(value, bool)
                else []
            )
            return next((one for one in (*values, *numbered, *number) if one not in others), value)
        return value

    def flat(self, schema: Mapping[str, JSON], depth: int) -> dict[str, Any]:
        """A schema with its reference, its `allOf` and one branch of its unions put into it."""
        words: dict[str, Any] = {key: value for key, value in schema.items() if key not in _LINKS}
        if depth > _DEEPEST:
            return words
        parts: list[JSON] = []
        if "$ref" in schema:
            parts.append(self.defs.get(str(schema["$ref"]).removeprefix("#/$defs/")))
        parts += schema["allOf"] if isinstance(schema.get("allOf"), list) else []  # type: ignore[arg-type]
        for union in ("oneOf", "anyOf"):
            branches = schema.get(union)
            if isinstance(branches, list) and branches:
                chosen = self.pick([one for one in branches if one != {"type": "null"}] or branches)
                parts.append(chosen)
                if self.mode.apart and union == "oneOf":
                    parts += [self.away(chosen, other, depth) for other in branches if other is not chosen]
        for part in parts:
            if isinstance(part, dict):
                words = _both(words, self.flat(part, depth + 1))
        return words

    def away(self, chosen: JSON, other: JSON, depth: int) -> JSON:
        """A schema for one member that the other branch does not take and the chosen one says nothing of."""
        mine, others = (self.flat(one, depth + 1) if isinstance(one, dict) else {} for one in (chosen, other))
        known = mine.get("properties", {})
        for name, part in others.get("properties", {}).items():
            kinds = self.flat(part, depth + 1).get("type", []) if isinstance(part, dict) else []
            if kinds and name not in known:
                wrong = 0 if "string" in kinds else "other"
                return {"properties": {name: {"const": wrong}}, "required": [name]}
        return {}


_LINKS: Final = {"$ref", "allOf", "oneOf", "anyOf", "$defs", "not", "if", "then", "else"}
_BY_WORDS: Final = (
    ("object", _OBJECT),
    ("array", _ARRAY),
    ("string", {"pattern", "format", "minLength", "maxLength"}),
    ("integer", _NUMBER),
)


def _both(one: dict[str, Any], two: Mapping[str, Any]) -> dict[str, Any]:
    """The words of two schemas that hold at the same time."""
    words = dict(one)
    for key, value in two.items():
        if key not in words:
            words[key] = value
        elif key == "properties":
            words[key] = words[key] | {
                name: {"allOf": [words[key][name], part]}
                if name in words[key] and part != words[key][name]
                else part
                for name, part in value.items()
            }
        elif key == "required":
            words[key] = [*words[key], *value]
        elif key == "enum":
            words[key] = [option for option in words[key] if option in value] or value
        elif key == "type":
            words[key] = _types(words[key], value)
        elif key in _LEAST:
            words[key] = max(words[key], value)
        elif key in _MOST:
            words[key] = min(words[key], value)
    return words


def _types(one: Any, two: Any) -> Any:
    mine, others = ([kinds] if isinstance(kinds, str) else list(kinds) for kinds in (one, two))
    both = [kind for kind in mine if kind in others or (kind == "integer" and "number" in others)]
    return both or others


def _number(schema: Mapping[str, Any], random: Random) -> JSON:
    del random
    step = schema.get("multipleOf", 0)
    low, high = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema:
        low = schema["exclusiveMinimum"] + (step or 0.5)
    if "exclusiveMaximum" in schema:
        high = schema["exclusiveMaximum"] - (step or 0.5)
    value: Any = low if low is not None else min(1, high) if high is not None else 1
    if low is not None and high is not None and low > high:
        value = (schema.get("exclusiveMinimum", low) + schema.get("exclusiveMaximum", high)) / 2
    chosen: JSON = -(-value // step) * step if step else value
    return chosen


def _integer(schema: Mapping[str, Any], random: Random) -> JSON:
    whole = {key: value for key, value in schema.items() if key in _NUMBER}
    for bound, step in (("exclusiveMinimum", 1), ("exclusiveMaximum", -1)):
        if bound in whole:
            inner = "minimum" if step > 0 else "maximum"
            whole[inner] = int(whole.pop(bound)) + step
    value = _number(whole, random)
    return -int(-value // 1) if isinstance(value, float) else value


def _nothing(schema: Mapping[str, Any], random: Random) -> JSON:
    del schema, random
    return None


_SCALARS: Final[Mapping[str, Callable[[Mapping[str, Any], Random], JSON]]] = {
    "string": text,
    "integer": _integer,
    "number": _number,
    "boolean": lambda _schema, _random: True,
}
