"""Where a `$ref` leads: addresses of documents inside of a contract's folder, and JSON pointers into them.

An absolute reference is `schemas/contact.yaml#/Contact`: the document's path below the folder, and a pointer. Nothing is
ever fetched.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote, unquote

from crm_contracts.contracts.json_scanner import escape
from crm_contracts.model.json import JSON

_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


class Nothing:
    """What stands where a reference leads nowhere; JSON's null is a value."""


NOTHING: Final = Nothing()


def remote(reference: str) -> bool:
    """Tell whether a reference leaves the contract's files.

    >>> remote("https://example.com/a.yaml"), remote("a.yaml#/b"), remote("#/b")
    (True, False, False)
    """
    return _REMOTE.match(reference) is not None


def absolute(reference: str, base: str) -> str:
    """Return a reference that stands in the document `base` as an absolute one.

    >>> absolute("../common.yaml#/Id", "schemas/contact.yaml"), absolute("#/Id", "openapi.yaml")
    ('common.yaml#/Id', 'openapi.yaml#/Id')
    """
    path, _, fragment = reference.partition("#")
    if not path:
        return f"{base}#{fragment}"
    return f"{posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(path)))}#{fragment}"


def address(reference: str) -> str:
    """Return the document of an absolute reference.

    >>> address("openapi.yaml#/components")
    'openapi.yaml'
    """
    return reference.partition("#")[0]


def steps(reference: str) -> list[str]:
    """Return the keys and indices that the pointer of a reference goes through.

    >>> steps("openapi.yaml#/paths/~1orders~1%7Bid%7D/get")
    ['paths', '/orders/{id}', 'get']
    """
    fragment = unquote(reference.partition("#")[2])
    return [step.replace("~1", "/").replace("~0", "~") for step in fragment.split("/")[1:]]


def pointer(*path: str | int) -> str:
    """Return a path as the fragment of a reference.

    >>> pointer("paths", "/orders/{id}", "get")
    '#/paths/~1orders~1%7Bid%7D/get'
    """
    return "#" + "".join(f"/{quote(escape(str(step)), safe='~!$&()*+,;=:@-._')}" for step in path)


def lookup(documents: Mapping[str, JSON], reference: str) -> JSON | Nothing:
    """Return what stands at an absolute reference, or NOTHING."""
    node: JSON | Nothing = documents.get(address(reference), NOTHING)
    fragment = reference.partition("#")[2]
    if fragment and not fragment.startswith("/"):
        return next((part for part in _anchored(node, unquote(fragment))), NOTHING)
    for step in steps(reference):
        node = _child(node, step)
    return node


def follow(documents: Mapping[str, JSON], node: JSON, base: str) -> tuple[JSON, str]:
    """Return what a node means after every `$ref` that it is alone, and the document in which that stands.

    A reference that leads nowhere, away or in a circle means null: the loader has told it already.

    >>> follow({"a": {"x": {"$ref": "#/y"}, "y": 1}}, {"$ref": "#/x"}, "a")
    (1, 'a')
    """
    seen: set[str] = set()
    while isinstance(node, dict) and isinstance(reference := node.get("$ref"), str):
        target = absolute(reference, base)
        if target in seen or remote(reference):
            return None, base
        seen.add(target)
        found = lookup(documents, target)
        node, base = (None if isinstance(found, Nothing) else found), address(target)
    return node, base


def _child(node: JSON | Nothing, step: str) -> JSON | Nothing:
    if isinstance(node, dict):
        return node.get(step, NOTHING)
    if isinstance(node, list) and step.isdecimal() and int(step) < len(node):
        return node[int(step)]
    return NOTHING


def _anchored(node: JSON | Nothing, name: str) -> Iterator[JSON]:
    if isinstance(node, dict):
        if node.get("$anchor") == name or node.get("$dynamicAnchor") == name:
            yield node
        for part in node.values():
            yield from _anchored(part, name)
    elif isinstance(node, list):
        for part in node:
            yield from _anchored(part, name)
