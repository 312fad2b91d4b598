"""Schemas of a contract made whole: every reference inside, one dialect (2020-12), seen from a request or a response.

A schema of the contract is a reference to its place in a document; nothing is resolved before it is needed, so that a
broken corner of a large document concerns nobody who does not use it.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from jsonschema_rs import Draft202012Validator, ValidationError

from crm_contracts.contracts.dialect import LISTS, MAPS, PLAIN, SINGLES, modern
from crm_contracts.contracts.references import Nothing, absolute, address, follow, lookup, remote, steps
from crm_contracts.model.json import JSON, Schema

Direction = Literal["request", "response"]

_NOBODY: Final[frozenset[str]] = frozenset()
_SIDES: Final[tuple[Direction, ...]] = ("request", "response")
_MOST_REPAIRS = 50
_DEEPEST_ALL_OF = 8


class Schemas:
    """The schemas of one contract's documents.

    >>> documents = {"a.yaml": {"openapi": "3.0.3", "Id": {"type": "string", "nullable": True}}}
    >>> Schemas(documents).validator({"$ref": "a.yaml#/Id"}, "request").is_valid(None)
    True
    """

    def __init__(self, documents: Mapping[str, JSON]) -> None:
        self.documents = documents
        self._old = {name: _is_old(document) for name, document in documents.items()}
        self._by_default = next((old for old in self._old.values() if old is not None), False)
        self._translations = {side: _Translation(self, side) for side in _SIDES}
        self._validators: dict[tuple[str, Direction], Draft202012Validator] = {}

    def whole(self, schema: Schema, direction: Direction) -> dict[str, JSON]:
        """Return a schema with all that it refers to in its `$defs`, in draft 2020-12.

        In a request, `required` does not name read-only properties; in a response, not write-only ones.
        """
        return self._translations[direction].of(schema)

    def validator(self, schema: Schema, direction: Direction) -> Draft202012Validator:
        """Return the compiled validator, formats on; keywords that no validator can read are left out (lint tells them)."""
        key = (_reference(schema), direction)
        if not key[0]:
            return compiled(self.whole(schema, direction))
        if key not in self._validators:
            self._validators[key] = compiled(self.whole(schema, direction))
        return self._validators[key]

    def old(self, base: str) -> bool:
        """Whether a document speaks OpenAPI 3.0's dialect; one that does not say speaks the first document's."""
        said = self._old.get(base)
        return self._by_default if said is None else said


def compiled(schema: dict[str, JSON]) -> Draft202012Validator:
    """Compile a whole schema; what the meta-schema refuses (a pattern that is none) is left out of it.

    >>> compiled({"type": "string", "pattern": "("}).is_valid("x")
    True
    """
    for _attempt in range(_MOST_REPAIRS):
        try:
            return Draft202012Validator(schema, validate_formats=True)
        except ValidationError as error:
            schema = _without(schema, list(error.instance_path))
    return Draft202012Validator({})


def _without(schema: dict[str, JSON], path: list[str | int]) -> dict[str, JSON]:
    """A copy without the value at a path; of a list the whole list goes, for `required: [1]` is as useless as none."""
    while path and isinstance(path[-1], int):
        path = path[:-1]
    if not path:
        return {}
    step = str(path[0])
    if len(path) == 1:
        return {key: value for key, value in schema.items() if key != step}
    return schema | {step: _without_in(schema.get(step), path[1:])}


def _without_in(value: JSON, path: list[str | int]) -> JSON:
    if isinstance(value, list) and isinstance(path[0], int):
        return [_without_in(part, path[1:]) if index == path[0] else part for index, part in enumerate(value)]
    return _without(value, path) if isinstance(value, dict) else True


def _is_old(document: JSON) -> bool | None:
    version = document.get("openapi") if isinstance(document, dict) else None
    return None if version is None else str(version).startswith("3.0")


def _reference(schema: Schema) -> str:
    reference = schema.get("$ref") if len(schema) == 1 else None
    return reference if isinstance(reference, str) else ""


class _Translation:
    """All schemas of one direction, each put into 2020-12 once; what they refer to is named in `$defs`.

    `hidden` are the properties that this direction does not require. References are put on a list, not followed at
    once: real documents have chains of them longer than Python's stack.
    """

    def __init__(self, schemas: "Schemas", direction: Direction) -> None:
        self.schemas = schemas
        self.flag = "readOnly" if direction == "request" else "writeOnly"
        self.names: dict[tuple[str, frozenset[str]], str] = {}
        self.taken: set[str] = set()
        self.waiting: list[tuple[str, frozenset[str], str]] = []
        self.defs: dict[str, JSON] = {}
        self.needs: dict[str, tuple[str, ...]] = {}
        self.uses: dict[str, None] = {}

    def of(self, schema: Schema) -> dict[str, JSON]:
        root, needed = self.with_uses(dict(schema), "", _NOBODY)
        self.settle()
        whole: dict[str, JSON] = root if isinstance(root, dict) else {}
        reached: dict[str, None] = {}
        queue = list(needed)
        while queue:
            name = queue.pop()
            if name not in reached:
                reached[name] = None
                queue += self.needs[name]
        return whole | {"$defs": {name: self.defs[name] for name in reached}} if reached else whole

    def settle(self) -> None:
        while self.waiting:
            target, hidden, name = self.waiting.pop()
            found = lookup(self.schemas.documents, target)
            node = True if isinstance(found, Nothing) else found
            self.defs[name], self.needs[name] = self.with_uses(node, address(target), hidden)

    def with_uses(self, node: JSON, base: str, hidden: frozenset[str]) -> tuple[JSON, tuple[str, ...]]:
        self.uses = {}
        return self.part(node, base, hidden), tuple(self.uses)

    def part(self, node: JSON, base: str, hidden: frozenset[str]) -> JSON:
        if not isinstance(node, dict):
            return node if isinstance(node, bool) else True
        words = modern(node)
        reference = words.pop("$ref", None)
        if not isinstance(reference, str):
            return self.plain(words, base, hidden)
        here: dict[str, JSON] = {} if self.schemas.old(base) else self.plain(words, base, hidden)
        return here | self.referred(reference, base, hidden)

    def referred(self, reference: str, base: str, hidden: frozenset[str]) -> dict[str, JSON]:
        if remote(reference):
            return {}
        target = absolute(reference, base)
        name = self.names.get((target, hidden))
        if name is None:
            name = self.names[target, hidden] = self.name(target)
            self.waiting.append((target, hidden, name))
        self.uses[name] = None
        return {"$ref": f"#/$defs/{name}"}

    def name(self, target: str) -> str:
        last = next(reversed(steps(target)), "root")
        plain = "".join(char if char.isalnum() or char in "._-" else "_" for char in last)
        name = plain if plain not in self.taken else f"{plain}-{len(self.taken)}"
        self.taken.add(name)
        return name

    def plain(self, words: Mapping[str, JSON], base: str, hidden: frozenset[str]) -> dict[str, JSON]:
        hidden |= self.hidden(words, base, depth=0)
        whole: dict[str, JSON] = {}
        for word, value in words.items():
            if word in MAPS and isinstance(value, dict):
                whole[word] = {name: self.part(part, base, _NOBODY) for name, part in value.items()}
            elif word in LISTS and isinstance(value, list):
                inner = _NOBODY if word == "prefixItems" else hidden
                whole[word] = [self.part(part, base, inner) for part in value]
            elif word in SINGLES:
                whole[word] = self.part(value, base, _NOBODY)
            elif word == "required" and isinstance(value, list):
                whole[word] = [name for name in value if name not in hidden]
            elif word in PLAIN:
                whole[word] = value
            elif word == "discriminator" and isinstance(value, dict):
                whole[f"x-{word}"] = self.discriminator(value, words, base, hidden)
        return whole

    def discriminator(
        self, told: Mapping[str, JSON], words: Mapping[str, JSON], base: str, hidden: frozenset[str]
    ) -> JSON:
        """Which value of its property names which branch; no validator reads it, but whoever makes values does."""
        branches = [part for word in ("oneOf", "anyOf") if isinstance(part := words.get(word), list)]
        references = [part.get("$ref") for branch in branches for part in branch if isinstance(part, dict)]
        known = [reference for reference in references if isinstance(reference, str)]
        mapping = told.get("mapping")
        named: dict[str, JSON] = dict(mapping) if isinstance(mapping, dict) else {}
        meant = {
            value: one
            if isinstance(one, str) and ("#" in one or "/" in one)
            else f"#/components/schemas/{one}"
            for value, one in named.items()
        }
        unnamed = [one for one in known if one not in meant.values()]
        meant |= {next(reversed(steps(one)), one): one for one in unnamed}
        targets = {
            value: self.referred(one, base, hidden).get("$ref")
            for value, one in meant.items()
            if one in known
        }
        return {"propertyName": told.get("propertyName"), "mapping": targets}

    def hidden(self, words: Mapping[str, JSON], base: str, depth: int) -> frozenset[str]:
        properties = words.get("properties")
        found = set(self.flagged(properties, base)) if isinstance(properties, dict) else set()
        branches = words.get("allOf")
        for branch in branches if isinstance(branches, list) and depth < _DEEPEST_ALL_OF else ():
            whole, where = follow(self.schemas.documents, branch, base)
            if isinstance(whole, dict):
                found |= self.hidden(whole, where, depth + 1)
        return frozenset(found)

    def flagged(self, properties: Mapping[str, JSON], base: str) -> Iterator[str]:
        for name, part in properties.items():
            if isinstance(part, dict):
                whole = follow(self.schemas.documents, part, base)[0] if "$ref" in part else part
                if part.get(self.flag) is True or (isinstance(whole, dict) and whole.get(self.flag) is True):
                    yield name
