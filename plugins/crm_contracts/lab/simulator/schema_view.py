"""A schema as the simulator looks at it: which members an object has, and what a member may be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from crm_contracts.model.json import JSON

_DEEPEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of an object; `schema` has its references followed at the top."""

    schema: dict[str, JSON]
    required: bool = False

    @property
    def nullable(self) -> bool:
        """Whether it may be null."""
        kind = self.schema.get("type")
        if isinstance(kind, list):
            return "null" in kind
        enum = self.schema.get("enum")
        branches = self.schema.get("anyOf") or self.schema.get("oneOf")
        if isinstance(branches, list):
            return {"type": "null"} in branches
        return kind is None and (enum is None or (isinstance(enum, list) and None in enum))

    @property
    def read_only(self) -> bool:
        """Whether the CRM alone writes it."""
        return self.schema.get("readOnly") is True

    @property
    def is_time(self) -> bool:
        """Whether it is a moment."""
        return self.schema.get("format") == "date-time"

    def takes(self, value: JSON) -> bool:
        """Whether a value has a JSON type that it may have; one that says nothing takes any."""
        said = self.schema.get("type")
        kinds = [said] if isinstance(said, str) else said
        return not isinstance(kinds, list) or any(kind in kinds for kind in _kinds(value))


@dataclass(frozen=True, kw_only=True)
class View:
    """One schema with all that it refers to: `root` is the schema, `defs` what its references name.

    >>> View.of({"$ref": "#/$defs/Id", "$defs": {"Id": {"type": "string"}}}).root["type"]
    'string'
    """

    root: dict[str, JSON]
    defs: Mapping[str, JSON] = field(default_factory=dict)

    @classmethod
    def of(cls, whole: dict[str, JSON]) -> "View":
        """Look at a whole schema."""
        defs = whole.get("$defs")
        return cls(root={}, defs=defs if isinstance(defs, dict) else {}).at(whole)

    def at(self, schema: JSON) -> "View":
        """Look at a part of it: references are followed, and `allOf` and the first alternative are taken in."""
        return View(root=self._plain(schema, 0), defs=self.defs)

    @cached_property
    def members(self) -> dict[str, Member]:
        """The members of an object."""
        properties, required = self.root.get("properties"), self.root.get("required")
        if not isinstance(properties, dict):
            return {}
        needed = required if isinstance(required, list) else []
        return {
            name: Member(schema=self._plain(part, 0), required=name in needed)
            for name, part in properties.items()
        }

    @property
    def items(self) -> "View | None":
        """The elements of an array; None where it is none."""
        return self.at(self.root["items"]) if "items" in self.root else None

    @property
    def open(self) -> bool:
        """Whether objects may have members that the schema does not name: it says so, or it names none."""
        more = self.root.get("additionalProperties")
        return bool(more) or (more is None and not self.root.get("properties"))

    def _plain(self, schema: JSON, depth: int) -> dict[str, JSON]:
        if not isinstance(schema, dict) or depth > _DEEPEST:
            return {}
        words = {word: value for word, value in schema.items() if word not in {"$ref", "allOf", "$defs"}}
        for part in self._parts(schema):
            words = _merged(self._plain(part, depth + 1), words)
        if "properties" not in words:
            words = self._with_alternative(words, depth)
        return words

    def _parts(self, schema: Mapping[str, JSON]) -> Iterator[JSON]:
        reference, parts = schema.get("$ref"), schema.get("allOf")
        if isinstance(reference, str):
            yield self.defs.get(reference.removeprefix("#/$defs/"))
        if isinstance(parts, list):
            yield from parts

    def _with_alternative(self, words: dict[str, JSON], depth: int) -> dict[str, JSON]:
        branches = words.get("oneOf") or words.get("anyOf")
        for branch in branches if isinstance(branches, list) else ():
            plain = self._plain(branch, depth + 1)
            if plain.get("type") != "null":
                return _merged(plain, words)
        return words


def _kinds(value: JSON) -> tuple[str, ...]:
    if value is None:
        return ("null",)
    if isinstance(value, bool):
        return ("boolean",)
    if isinstance(value, int | float):
        return ("integer", "number") if float(value).is_integer() else ("number",)
    return ("string",) if isinstance(value, str) else ("array",) if isinstance(value, list) else ("object",)


def _merged(base: dict[str, JSON], over: Mapping[str, JSON]) -> dict[str, JSON]:
    words = {**base, **over}
    mine, theirs = base.get("properties"), over.get("properties")
    if isinstance(mine, dict) and isinstance(theirs, dict):
        words["properties"] = {**mine, **theirs}
    needed, needs = base.get("required"), over.get("required")
    if isinstance(needed, list) and isinstance(needs, list):
        words["required"] = [*needed, *needs]
    return words
