"""Parameters of a request: from OpenAPI's styles of text to typed values, and whether the schema takes them.

https://spec.openapis.org/oas/v3.1.1#style-values. Text has no types, so every reading that the schema's types allow is
tried, and one that fits is enough.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import unquote_plus

from crm_contracts.contracts.readings import member_of, part_of, resolved, scalars, types_of
from crm_contracts.contracts.schemas import Schemas
from crm_contracts.contracts.strict_json import StrictJsonError, strict_json
from crm_contracts.contracts.violations import Part, first_fault
from crm_contracts.model.contract import Parameter
from crm_contracts.model.exchange import Request, Violation
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _

_SEPARATORS: Final = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
_PARTS: Final[Mapping[str, Part]] = {"query": "query", "path": "path", "header": "head", "cookie": "head"}
_MOST_READINGS = 64


class ParameterCheck:
    """One parameter of an operation, ready to be looked at in many requests."""

    __slots__ = ("array", "exploded", "key", "object", "parameter", "types", "validator", "whole")

    def __init__(self, parameter: Parameter, schemas: Schemas) -> None:
        self.parameter = parameter
        self.key = parameter.name.lower() if parameter.where == "header" else parameter.name
        self.whole = schemas.whole(parameter.schema, "request")
        self.types = types_of(self.whole, self.whole)
        self.array = "array" in self.types
        self.object = "object" in self.types
        self.exploded = parameter.where == "query" and (
            parameter.style == "deepObject"
            or (self.object and parameter.style == "form" and parameter.explode)
        )
        said = resolved(self.whole, self.whole) if self.whole.keys() == {"$ref", "$defs"} else self.whole
        anything = not said or said == {"type": "string"}
        self.validator = None if anything else schemas.validator(parameter.schema, "request")

    def check(self, texts: Sequence[str]) -> tuple[str, str] | None:
        """Return the keyword and a sentence about what is wrong with the values that were sent, or None."""
        if self.validator is None:
            return None
        first: JSON = None
        for number, value in enumerate(islice(self.readings(texts), _MOST_READINGS)):
            if self.validator.is_valid(value):
                return None
            first = first if number else value
        return first_fault(self.validator, first)

    def readings(self, texts: Sequence[str]) -> Iterator[JSON]:
        """Every value that the texts can mean by the schema's types, the most particular first."""
        style = self.parameter.style
        if style == "content":
            yield from _json(texts[-1])
            return
        if self.array:
            yield from self.arrays(self.items(texts))
        if self.object:
            yield self.members(dict(_pairs(self.items(texts), exploded=self.parameter.explode)))
        if not (self.array or self.object) or self.types - {"array", "object"}:
            yield from scalars(_unstyled(self.parameter, texts[-1]), self.types)

    def items(self, texts: Sequence[str]) -> list[str]:
        """The single items of an array, or of an object written as one."""
        parameter = self.parameter
        if parameter.where == "query" and parameter.style == "form" and parameter.explode:
            return list(texts)
        text = _unstyled(parameter, texts[-1])
        separator = _SEPARATORS.get(parameter.style, ",")
        if parameter.style in {"label", "matrix"} and parameter.explode:
            separator = "." if parameter.style == "label" else ";"
        parts = [part.strip() if parameter.where == "header" else part for part in text.split(separator)]
        return (
            [part.removeprefix(f"{parameter.name}=") for part in parts]
            if parameter.style == "matrix"
            else parts
        )

    def arrays(self, items: list[str]) -> Iterator[JSON]:
        types = types_of(part_of(self.whole, self.whole, "items"), self.whole)
        yield [next(scalars(item, types)) for item in items]
        if len(types) != 1:
            yield list(items)

    def members(self, pairs: Mapping[str, str]) -> JSON:
        """An object whose members are read by the types of its properties."""
        properties = part_of(self.whole, self.whole, "properties")
        rest = part_of(self.whole, self.whole, "additionalProperties")
        return {
            name: next(scalars(text, types_of(member_of(properties, name, rest), self.whole)))
            for name, text in pairs.items()
        }

    def names(self) -> frozenset[str]:
        """The names in the query that the parameter owns, where it is an object in members of their own."""
        properties = part_of(self.whole, self.whole, "properties")
        return frozenset(properties) if isinstance(properties, dict) else frozenset()


@dataclass(frozen=True, slots=True)
class ParameterChecks:
    """All parameters of one operation. `strict`: a query parameter that the contract does not have is a violation."""

    path: tuple[ParameterCheck, ...]
    query: Mapping[str, ParameterCheck]
    exploded: tuple[ParameterCheck, ...]
    headers: tuple[ParameterCheck, ...]
    cookies: tuple[ParameterCheck, ...]
    required: tuple[str, ...]
    allowed: frozenset[str]
    strict: bool

    @classmethod
    def of(
        cls, parameters: Sequence[Parameter], schemas: Schemas, *, strict: bool, allowed: frozenset[str]
    ) -> "ParameterChecks":
        """Prepare the checks; `allowed` are names in the query that no operation declares (a key of the CRM)."""
        checks = [ParameterCheck(parameter, schemas) for parameter in parameters]
        query = [check for check in checks if check.parameter.where == "query"]
        exploded = tuple(check for check in query if check.exploded)
        return cls(
            path=tuple(
                check for check in checks if check.parameter.where == "path" and check.validator is not None
            ),
            query={check.key: check for check in query if not check.exploded},
            exploded=exploded,
            headers=tuple(check for check in checks if check.parameter.where == "header"),
            cookies=tuple(check for check in checks if check.parameter.where == "cookie"),
            required=tuple(check.key for check in query if check.parameter.required and not check.exploded),
            allowed=allowed.union(*(check.names() for check in exploded)),
            strict=strict,
        )

    def check(self, request: Request, headers: Mapping[str, str]) -> list[Violation]:
        """Return what is wrong with the parameters of a request; `headers` by lower-case name."""
        found: list[Violation] = []
        for check in self.path:
            text = request.path_params.get(check.key)
            if text is not None:
                _tell(found, check, [text], request)
        if request.query or self.required:
            self._query(request, found)
        for check in self.exploded:
            _exploded(found, check, request)
        for check in self.headers:
            _single(found, check, headers.get(check.key), request)
        if self.cookies:
            jar = _cookies(headers.get("cookie", ""))
            for check in self.cookies:
                _single(found, check, jar.get(check.key), request)
        return found

    def _query(self, request: Request, found: list[Violation]) -> None:
        sent: dict[str, list[str]] = {}
        for name, text in request.query:
            sent.setdefault(name, []).append(text)
        for name, texts in sent.items():
            check = self.query.get(name)
            if check is not None:
                if check.validator is not None:
                    _tell(found, check, texts, request)
            elif self.strict and not self._owned(name):
                found.append(_unknown(name, request))
        found.extend(_missing(self.query[name]) for name in self.required if name not in sent)

    def _owned(self, name: str) -> bool:
        if name in self.allowed or name.removesuffix("[]") in self.query:
            return True
        bracketed = name.partition("[")[0]
        return any(check.key == bracketed or _open(check) for check in self.exploded)


def _tell(found: list[Violation], check: ParameterCheck, texts: Sequence[str], request: Request) -> None:
    fault = check.check(texts)
    if fault is None:
        return
    where = check.parameter.where
    message = _("{where} parameter {name!r}: {fault}").format(
        where=where, name=check.parameter.name, fault=fault[1]
    )
    offset = _in_query(request, check.parameter.name) if where == "query" else None
    found.append(Violation(rule=f"{where}.{fault[0]}", message=message, part=_PARTS[where], offset=offset))


def _single(found: list[Violation], check: ParameterCheck, text: str | None, request: Request) -> None:
    if text is not None:
        _tell(found, check, [text], request)
    elif check.parameter.required:
        found.append(_missing(check))


def _exploded(found: list[Violation], check: ParameterCheck, request: Request) -> None:
    name = check.key
    deep = check.parameter.style == "deepObject"
    own = check.names()
    pairs = {
        (key[len(name) + 1 : -1] if deep else key): text
        for key, text in request.query
        if (key.startswith(f"{name}[") and key.endswith("]") if deep else key in own)
    }
    if not pairs:
        if check.parameter.required:
            found.append(_missing(check))
        return
    value = check.members(pairs)
    if not deep or not any("[" in key for key in pairs):
        fault = first_fault(check.validator, value) if check.validator else None
        if fault is not None:
            message = _("{where} parameter {name!r}: {fault}").format(
                where="query", name=name, fault=fault[1]
            )
            found.append(Violation(rule=f"query.{fault[0]}", message=message, part="query"))


def _missing(check: ParameterCheck) -> Violation:
    where = check.parameter.where
    message = _("The {where} parameter {name!r} is missing.").format(where=where, name=check.parameter.name)
    return Violation(rule=f"{where}.required", message=message, part=_PARTS[where])


def _unknown(name: str, request: Request) -> Violation:
    message = _("The operation has no query parameter {name!r}.").format(name=name)
    return Violation(rule="query.unknown", message=message, part="query", offset=_in_query(request, name))


def _in_query(request: Request, name: str) -> int | None:
    """The byte of the query string at which a parameter's name begins."""
    at = 0
    for pair in request.target.partition("?")[2].split("&"):
        if unquote_plus(pair.partition("=")[0]) == name:
            return at
        at += len(pair.encode("utf-8", "surrogateescape")) + 1
    return None


def _unstyled(parameter: Parameter, text: str) -> str:
    if parameter.style == "label":
        return text.removeprefix(".")
    if parameter.style == "matrix":
        return text.removeprefix(f";{parameter.name}=").removeprefix(";")
    return text


def _pairs(items: list[str], *, exploded: bool) -> Iterator[tuple[str, str]]:
    if exploded:
        yield from ((name, text) for name, _equals, text in (item.partition("=") for item in items))
    else:
        yield from zip(items[::2], items[1::2], strict=False)


def _json(text: str) -> Iterator[JSON]:
    try:
        yield strict_json(text.encode("utf-8", "surrogateescape"))
    except StrictJsonError:
        yield text


def _cookies(header: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return {name: text for name, _equals, text in pairs if name}


def _open(check: ParameterCheck) -> bool:
    return (
        check.parameter.style == "form"
        and part_of(check.whole, check.whole, "additionalProperties") is not False
    )
