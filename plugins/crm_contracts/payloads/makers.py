"""A schema compiled into what makes its values: each part once, and not before it is needed."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final

from hypothesis import strategies as st

from crm_contracts.contracts.examples import made
from crm_contracts.contracts.schemas import Direction, Schemas, compiled
from crm_contracts.model.json import JSON
from crm_contracts.payloads.arrays import arrays
from crm_contracts.payloads.making import Make, Making, StuckError
from crm_contracts.payloads.merging import CHECKED, Flat, Union, flat
from crm_contracts.payloads.numbers import integers, numbers
from crm_contracts.payloads.objects import objects
from crm_contracts.payloads.texts import plain, texts

_TRIES: Final = 5
_EXAMPLES: Final = 12
_HIGHEST: Final = 7
_OF_OBJECTS: Final = {
    "properties",
    "required",
    "additionalProperties",
    "minProperties",
    "maxProperties",
    "patternProperties",
}
_BY_WORDS: Final = (
    ("object", _OF_OBJECTS),
    ("array", {"items", "prefixItems", "minItems", "maxItems", "uniqueItems"}),
    ("string", {"pattern", "format", "minLength", "maxLength"}),
    ("number", {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
)
_FLAGS: Final = {"response": "writeOnly", "request": "readOnly"}
_NULL: Final = st.none()
_ANYTHING: Final[st.SearchStrategy[JSON]] = st.one_of(
    plain(0, 20),
    st.integers(-(2**31), 2**31),
    st.booleans(),
    st.none(),
    st.sampled_from((1.5, -0.0)),
    st.sampled_from(("[]", "{}", '["a", null]', '{"a": {"b": []}}')).map(lambda text: _PARSED[text]()),
)
_PARSED: Final[Mapping[str, Callable[[], JSON]]] = {
    "[]": list,
    "{}": dict,
    '["a", null]': lambda: ["a", None],
    '{"a": {"b": []}}': lambda: {"a": {"b": []}},
}


class Makers:
    """The parts of one whole schema (`contracts.schemas.Schemas.whole`)."""

    def __init__(self, definitions: Mapping[str, JSON], direction: Direction) -> None:
        self.definitions = definitions
        self.direction = direction
        self._known: dict[int, tuple[JSON, Make]] = {}
        self._of_names: dict[str, Make] = {}

    def of(self, schema: JSON) -> Make:
        """What makes values of a part."""
        reference = schema.get("$ref") if isinstance(schema, dict) and len(schema) == 1 else None
        if isinstance(reference, str):
            name = reference.removeprefix("#/$defs/")
            if name not in self._of_names:
                self._of_names[name] = _Later(self, self.definitions.get(name, True)).make
            return self._of_names[name]
        if id(schema) not in self._known:
            self._known[id(schema)] = (schema, _Later(self, schema).make)
        return self._known[id(schema)][1]

    def fits(self, schema: JSON) -> Callable[[JSON], bool]:
        """What tells whether a value is valid for a part; compiled on first use."""
        return _Validity(schema, self.definitions).__call__

    def hidden(self, schema: JSON) -> bool:
        """Whether a property is not for this direction."""
        flag = _FLAGS[self.direction]
        for _step in range(_HIGHEST):
            if not isinstance(schema, dict):
                return False
            if schema.get(flag) is True:
                return True
            branches = schema.get("allOf")
            if isinstance(branches, list) and any(map(self.hidden, branches)):
                return True
            schema = self.definitions.get(str(schema.get("$ref", "")).removeprefix("#/$defs/"))
        return False

    def compile(self, schema: JSON) -> Make:
        """Compile a part now."""
        found = flat(schema, self.definitions)
        if found is None:
            return _stuck
        if found.unions:
            make, checked = self.union(found)
        else:
            make, checked = self.plain(found.words), not CHECKED.isdisjoint(found.words)
        return self.checked(make, schema) if checked else make

    def plain(self, words: Mapping[str, Any]) -> Make:
        """What makes values of a schema without branches."""
        if "const" in words or isinstance(words.get("enum"), list):
            return self.listed(words)
        said = words.get("type") or next((kind for kind, own in _BY_WORDS if own & words.keys()), None)
        if said is None:
            return lambda making: making.draw(_ANYTHING)
        kinds = [said] if isinstance(said, str) else list(said)
        if "number" in kinds:
            kinds = [kind for kind in kinds if kind != "integer"]
        makes = [self.kind(kind, words) for kind in kinds if kind != "null"]
        return _one(makes) if "null" not in kinds else _or_null(makes)

    def kind(self, kind: str, words: Mapping[str, Any]) -> Make:
        """What makes values of one type."""
        if kind == "object":
            return objects(words, self)
        if kind == "array":
            return arrays(words, self)
        if kind == "string":
            own = {key: words[key] for key in ("minLength", "maxLength", "pattern", "format") if key in words}
            return texts(own, self.fits({"type": "string", **own}))
        if kind == "boolean":
            return lambda making: making.draw(_BOOLEANS)
        if kind not in {"integer", "number"}:
            return lambda making: making.draw(_ANYTHING)
        strategy = integers(words) if kind == "integer" else numbers(words)
        return (lambda making: making.draw(strategy)) if not strategy.is_empty else _stuck

    def listed(self, words: Mapping[str, Any]) -> Make:
        """What picks one of the values that the schema names."""
        fits = self.fits({key: value for key, value in words.items() if key != "allOf"})
        options = [words["const"]] if "const" in words else words["enum"]
        found = [option for option in options if fits(option)]
        if not found:
            return _stuck
        strategy = st.sampled_from(range(len(found)))
        return lambda making: found[making.draw(strategy)]

    def union(self, found: Flat) -> tuple[Make, bool]:
        """What takes one branch of each union, and whether its values are to be checked."""
        ways: dict[tuple[int, ...], Make] = {}
        strategy = st.tuples(*(st.sampled_from(range(len(union.branches))) for union in found.unions))

        def make(making: Making) -> JSON:
            chosen = shortest() if making.sparing else making.draw(strategy)
            if chosen not in ways:
                parts = [union.branches[index] for union, index in zip(found.unions, chosen, strict=True)]
                ways[chosen] = self.of({"allOf": [dict(found.words), *parts]})
            return ways[chosen](making)

        def shortest() -> tuple[int, ...]:
            return tuple(
                min(range(len(union.branches)), key=lambda index: self.height(union.branches[index]))
                for union in found.unions
            )

        doubt = any(union.only and not self.apart(union) for union in found.unions)
        return make, doubt or not CHECKED.isdisjoint(found.words)

    def apart(self, union: Union) -> bool:
        """Whether no value can be of two branches, because their types or names differ."""
        seen: set[str] = set()
        for branch in union.branches:
            inner = flat(branch, self.definitions)
            said = inner.words.get("type") if inner is not None and not inner.unions else None
            kinds = {said} if isinstance(said, str) else set(said or ())
            kinds |= {"integer"} if "number" in kinds else set()
            if not kinds or kinds & seen:
                return False
            seen |= kinds
        return True

    def height(self, schema: JSON, depth: int = 0) -> int:
        """How many levels the smallest value has, as far as it is worth looking."""
        inner = flat(schema, self.definitions)
        if inner is None or depth >= _HIGHEST:
            return _HIGHEST
        words = inner.words
        below = [min(self.height(branch, depth + 1) for branch in union.branches) for union in inner.unions]
        if words.get("type") in {"null", "boolean", "integer", "number", "string"} or "null" in (
            words.get("type") or ()
        ):
            return 0
        fields = words.get("properties", {})
        needed = [fields[name] for name in words.get("required", ()) if name in fields]
        needed += [words["items"]] if words.get("minItems") and "items" in words else []
        return max((*below, *(1 + self.height(part, depth + 1) for part in needed)), default=0)

    def checked(self, make: Make, schema: JSON) -> Make:
        """The same values, held against the schema; if none of them fits, one made from its examples and constraints."""
        fits = self.fits(schema)

        def sure(making: Making) -> JSON:
            for _attempt in range(_TRIES):
                try:
                    value = make(making)
                except StuckError:
                    continue
                if fits(value):
                    return value
            return self.example(schema, making, fits)

        return sure

    def example(self, schema: JSON, making: Making, fits: Callable[[JSON], bool]) -> JSON:
        """A value by the maker of examples; raises StuckError."""
        seed = making.draw(st.integers(0, _EXAMPLES))
        value = made(self._schemas, schema, seed, self.direction) if isinstance(schema, dict) else None
        if not fits(value):
            raise StuckError
        return value

    @cached_property
    def _schemas(self) -> Schemas:
        return Schemas({"": {"$defs": dict(self.definitions)}})


_BOOLEANS: Final = st.booleans()


class _Later:
    """A part that is compiled when a value of it is first wanted: schemas lead back to themselves."""

    def __init__(self, makers: Makers, schema: JSON) -> None:
        self.makers = makers
        self.schema = schema
        self.compiled: Make | None = None

    def make(self, making: Making) -> JSON:
        if self.compiled is None:
            self.compiled = self.makers.compile(self.schema)
        if making.depth > _DEEPEST_CALL:
            raise StuckError
        making.left -= 1
        making.depth += 1
        try:
            return self.compiled(making)
        finally:
            making.depth -= 1


_DEEPEST_CALL: Final = 40


class _Validity:
    """Whether values are valid for a part of a schema."""

    def __init__(self, schema: JSON, definitions: Mapping[str, JSON]) -> None:
        self.schema = schema
        self.definitions = definitions

    def __call__(self, value: JSON) -> bool:
        return self._valid(value)

    @cached_property
    def _valid(self) -> Callable[[JSON], bool]:
        if not isinstance(self.schema, dict):
            return lambda _value: self.schema is not False
        return compiled({**self.schema, "$defs": dict(self.definitions)}).is_valid


def _stuck(making: Making) -> JSON:  # noqa: ARG001 - whatever was drawn
    raise StuckError


def _one(makes: list[Make]) -> Make:
    if len(makes) == 1:
        return makes[0]
    strategy = st.sampled_from(range(len(makes)))
    return (lambda making: makes[making.draw(strategy)](making)) if makes else _stuck


def _or_null(makes: list[Make]) -> Make:
    if not makes:
        return lambda making: making.draw(_NULL)
    other = _one(makes)
    strategy = st.sampled_from((False, False, False, True))
    return lambda making: None if making.sparing or making.draw(strategy) else other(making)
