"""What an OpenAPI document is made of, as one table; and where a document is built otherwise.

https://spec.openapis.org/oas/v3.1.1 and v3.0.4, both at once: what either version knows is known here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from crm_contracts.documents import Place
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import nearest

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
"""The methods that a path item may have, as it writes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One place at which a document is not built as OpenAPI says; `fatal`: what stands there cannot be understood."""

    path: Place
    message: str
    fatal: bool = False
    key: bool = False
    allowed: tuple[str, ...] = ()
    suggestion: str | None = None


_COMMON = {"description": "text", "externalDocs": "External Documentation", "$ref": "text", "summary": "text"}
_VALUE = {
    "required": "flag",
    "deprecated": "flag",
    "allowEmptyValue": "flag",
    "style": "text",
    "explode": "flag",
    "allowReserved": "flag",
    "schema": "Schema",
    "example": "any",
    "examples": "{Example}",
    "content": "{Media Type}",
    "description": "text",
}
_FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "OpenAPI": {
        "openapi": "text",
        "info": "Info",
        "jsonSchemaDialect": "text",
        "$self": "text",
        "servers": "[Server]",
        "paths": "{Path Item}",
        "webhooks": "{Path Item}",
        "components": "Components",
        "security": "[Security Requirement]",
        "tags": "[Tag]",
        "externalDocs": "External Documentation",
    },
    "Info": {
        "title": "text",
        "summary": "text",
        "description": "text",
        "termsOfService": "text",
        "contact": "Contact",
        "license": "License",
        "version": "text",
    },
    "Contact": {"name": "text", "url": "text", "email": "text"},
    "License": {"name": "text", "identifier": "text", "url": "text"},
    "Server": {"url": "text", "description": "text", "name": "text", "variables": "{Server Variable}"},
    "Server Variable": {"enum": "any", "default": "text", "description": "text"},
    "Components": {
        "schemas": "{Schema}",
        "responses": "{Response}",
        "parameters": "{Parameter}",
        "examples": "{Example}",
        "requestBodies": "{Request Body}",
        "headers": "{Header}",
        "securitySchemes": "{Security Scheme}",
        "links": "{Link}",
        "callbacks": "{Callback}",
        "pathItems": "{Path Item}",
        "mediaTypes": "{Media Type}",
    },
    "Path Item": {
        **dict.fromkeys(METHODS, "Operation"),
        **_COMMON,
        "servers": "[Server]",
        "parameters": "[Parameter]",
        "query": "Operation",
        "additionalOperations": "{Operation}",
    },
    "Operation": {
        **_COMMON,
        "tags": "any",
        "operationId": "text",
        "parameters": "[Parameter]",
        "requestBody": "Request Body",
        "responses": "{Response}",
        "callbacks": "{Callback}",
        "deprecated": "flag",
        "security": "[Security Requirement]",
        "servers": "[Server]",
    },
    "Parameter": {**_VALUE, "name": "text", "in": "text", "$ref": "text", "summary": "text"},
    "Header": {**_VALUE, "$ref": "text", "summary": "text"},
    "Request Body": {**_COMMON, "content": "{Media Type}", "required": "flag"},
    "Media Type": {
        "schema": "Schema",
        "itemSchema": "Schema",
        "example": "any",
        "examples": "{Example}",
        "encoding": "any",
        "prefixEncoding": "any",
        "itemEncoding": "any",
        "description": "text",
        "$ref": "text",
    },
    "Response": {**_COMMON, "headers": "{Header}", "content": "{Media Type}", "links": "{Link}"},
    "Example": {
        **_COMMON,
        "value": "any",
        "externalValue": "text",
        "dataValue": "any",
        "serializedValue": "any",
    },
    "Link": {
        **_COMMON,
        "operationRef": "text",
        "operationId": "text",
        "parameters": "any",
        "requestBody": "any",
        "server": "Server",
    },
    "Tag": {**_COMMON, "name": "text", "parent": "text", "kind": "text"},
    "External Documentation": {"description": "text", "url": "text"},
    "Security Scheme": {
        "type": "text",
        "description": "text",
        "name": "text",
        "in": "text",
        "scheme": "text",
        "bearerFormat": "text",
        "flows": "OAuth Flows",
        "openIdConnectUrl": "text",
        "oauth2MetadataUrl": "text",
        "deprecated": "flag",
        "$ref": "text",
        "summary": "text",
    },
    "OAuth Flows": dict.fromkeys(
        ("implicit", "password", "clientCredentials", "authorizationCode", "deviceAuthorization"),
        "OAuth Flow",
    ),
    "OAuth Flow": {
        "authorizationUrl": "text",
        "tokenUrl": "text",
        "refreshUrl": "text",
        "deviceAuthorizationUrl": "text",
        "scopes": "any",
    },
}
_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "OpenAPI": ("openapi", "info"),
    "Info": ("title", "version"),
    "License": ("name",),
    "Server": ("url",),
    "Server Variable": ("default",),
    "Parameter": ("name", "in"),
    "Request Body": ("content",),
    "Response": ("description",),
    "Tag": ("name",),
    "External Documentation": ("url",),
    "Security Scheme": ("type",),
    "OAuth Flow": ("scopes",),
}
_WORDS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("Parameter", "in"): ("query", "header", "path", "cookie"),
    ("Security Scheme", "type"): ("apiKey", "http", "mutualTLS", "oauth2", "openIdConnect"),
    ("Security Scheme", "in"): ("query", "header", "cookie"),
}
_SCALARS: Final = {"text": str, "flag": bool}
_OPEN: Final = {"Schema", "Callback", "Security Requirement"}
"""Kinds that this table does not go into: schemas have a language of their own."""


def faults(value: JSON) -> Iterator[Fault]:
    """Yield every place at which a document is not built as OpenAPI says.

    >>> [
    ...     fault.message
    ...     for fault in faults({"openapi": "3.1.0", "info": {"title": "A", "version": "1"}, "path": {}})
    ... ]
    ["The OpenAPI Object has no key 'path'."]
    """
    version = value.get("openapi") if isinstance(value, dict) else None
    if isinstance(value, dict) and "swagger" in value:
        message = _("Swagger 2.0 is not read; convert the document to OpenAPI 3.")
        yield Fault(path=("swagger",), message=message, key=True, fatal=True)
    elif not isinstance(value, dict) or version is None:
        yield Fault(path=(), message=_("This is no OpenAPI document: it has no key openapi."), fatal=True)
    elif not str(version).startswith("3."):
        message = _("OpenAPI {version} is not read; 3.0 and 3.1 are.").format(version=version)
        yield Fault(path=("openapi",), message=message, fatal=True)
    else:
        yield from _object((), value, "OpenAPI")


def schemas_of(value: JSON) -> Iterator[Place]:
    """Yield the place of each schema that is not a part of another one."""
    yield from _places((), value, "OpenAPI", "Schema")


def places_of(value: JSON, kind: str) -> Iterator[Place]:
    """Yield the place of each object of a kind (`Media Type`, `Parameter`...) that is no reference."""
    yield from _places((), value, "OpenAPI", kind)


def found_at(value: JSON, path: Place) -> JSON:
    """Return what stands at a place that is known to exist."""
    for step in path:
        value = value[step]  # type: ignore[index]
    return value


def _places(path: Place, value: JSON, kind: str, wanted: str) -> Iterator[Place]:
    if kind == wanted and not (isinstance(value, dict) and "$ref" in value and kind != "Schema"):
        yield path
    if isinstance(value, dict):
        for key, inner in _FIELDS.get(kind, {}).items():
            if key in value:
                yield from _places_within((*path, key), value[key], inner, wanted)


def _places_within(path: Place, value: JSON, kind: str, wanted: str) -> Iterator[Place]:
    name = kind.strip("[]{}")
    if kind.startswith("{") and isinstance(value, dict):
        for key, part in value.items():
            yield from _places((*path, key), part, name, wanted)
    elif kind.startswith("[") and isinstance(value, list):
        for index, part in enumerate(value):
            yield from _places((*path, index), part, name, wanted)
    elif kind == name:
        yield from _places(path, value, kind, wanted)


def _value(path: Place, value: JSON, kind: str) -> Iterator[Fault]:
    name = kind.strip("[]{}")
    if kind == "any":
        return
    if kind in _SCALARS:
        if not isinstance(value, _SCALARS[kind]):
            wanted = _("text") if kind == "text" else _("true or false")
            yield Fault(path=path, message=_("Expected: {wanted}.").format(wanted=wanted))
    elif kind.startswith("["):
        if isinstance(value, list):
            for index, part in enumerate(value):
                yield from _object((*path, index), part, name)
        else:
            yield Fault(
                path=path, message=_("Expected: a list of {kind} Objects.").format(kind=name), fatal=True
            )
    elif kind.startswith("{"):
        yield from _map(path, value, name)
    else:
        yield from _object(path, value, kind)


def _map(path: Place, value: JSON, name: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield Fault(
            path=path, message=_("Expected: a mapping to {kind} Objects.").format(kind=name), fatal=True
        )
        return
    for key, part in value.items():
        if not key.startswith("x-"):
            yield from _object((*path, key), part, name)


def _object(path: Place, value: JSON, kind: str) -> Iterator[Fault]:
    if kind in _OPEN:
        if not isinstance(value, dict) and not (kind == "Schema" and isinstance(value, bool)):
            yield Fault(path=path, message=_("Expected: {kind} Object.").format(kind=kind), fatal=True)
        return
    if not isinstance(value, dict):
        yield Fault(path=path, message=_("Expected: {kind} Object.").format(kind=kind), fatal=True)
        return
    if "$ref" in value and kind != "Path Item":
        return
    for name in _REQUIRED.get(kind, ()):
        if name not in value:
            message = _("The {kind} Object lacks the key {name!r}.").format(kind=kind, name=name)
            yield Fault(path=path, message=message)
    for key, part in value.items():
        yield from _field(path, key, part, kind)


def _field(path: Place, key: str, value: JSON, kind: str) -> Iterator[Fault]:
    fields = _FIELDS[kind]
    if key not in fields:
        if not key.startswith("x-"):
            message = _("The {kind} Object has no key {name!r}.").format(kind=kind, name=key)
            yield Fault(
                path=(*path, key),
                message=message,
                key=True,
                allowed=tuple(fields),
                suggestion=nearest(key, fields),
            )
        return
    yield from _value((*path, key), value, fields[key])
    words = _WORDS.get((kind, key))
    if words and isinstance(value, str) and value not in words:
        message = _("Unknown value {value!r}.").format(value=value)
        yield Fault(path=(*path, key), message=message, allowed=words, suggestion=nearest(value, words))
