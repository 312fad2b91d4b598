"""From a raw request target to the operation, its path parameters and the version that it lies in."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, unquote_plus

from crm_contracts.model.contract import Contract, Operation, Version

_PARAMETER = re.compile(r"\{([^{}]+)\}")
_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a target means: the operation (None: the contract has none), and the parts of the target.

    `path` lies below `base_path` and is as it was sent; `query` and the path parameters are decoded.
    """

    operation: Operation | None
    path_params: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    path: str
    base_path: str
    version: Version | None = None


@dataclass(slots=True)
class _Node:
    """One place in the tree of path segments; constant segments win over patterns, patterns over bare parameters."""

    constants: "dict[str, _Node]" = field(default_factory=dict)
    patterns: "list[tuple[re.Pattern[str], tuple[str, ...], _Node]]" = field(default_factory=list)
    parameter: "_Node | None" = None
    operations: dict[str, tuple[Operation, tuple[str, ...]]] = field(default_factory=dict)


class Router:
    """Finds the operation of a request target, base path included; a few microseconds a call.

    >>> from pathlib import Path
    >>> from crm_contracts.model.contract import Effect
    >>> get = Operation(id="getOrder", method="GET", path="/orders/{id}", effect=Effect.READ)
    >>> router = Router(Contract(name="a", folder=Path("."), base_path="/crm", operations={"getOrder": get}))
    >>> match = router.find("GET", "/crm/orders/O%201?full=1")
    >>> match.operation.id, match.path_params, match.query
    ('getOrder', {'id': 'O 1'}, (('full', '1'),))
    """

    def __init__(self, contract: Contract) -> None:
        own = [operation for operation in contract.operations.values() if operation.base_path is None]
        outside = [operation for operation in contract.operations.values() if operation.base_path is not None]
        tree = _tree(own)
        bases = {version.base_path.rstrip("/"): version for version in contract.versions}
        self._trees: list[tuple[str, _Node, Version | None]] = [
            (base, _tree([op for op in outside if op.base_path == base]), None)
            for base in dict.fromkeys(operation.base_path or "" for operation in outside)
        ]
        self._trees += [
            (base, tree, bases.get(base)) for base in {**bases, contract.base_path.rstrip("/"): None}
        ]
        # The longest base first: /crm/v2 is no path below /crm.
        self._trees.sort(key=lambda entry: len(entry[0]), reverse=True)

    def find(self, method: str, target: str) -> Match:
        """Return what a target means for a method; never raises."""
        path, query = _parts(target)
        best: Match | None = None
        for base, tree, version in self._trees:
            if path.startswith(base) and (len(path) == len(base) or path[len(base)] == "/"):
                found, values = _find(tree, path[len(base) :], method)
                lacks = version is not None and found is not None and found.id in version.lacks
                match = Match(
                    operation=None if lacks else found,
                    path_params=values,
                    query=query,
                    path=path[len(base) :],
                    base_path=base,
                    version=version,
                )
                if match.operation is not None:
                    return match
                best = best or match
        return best or Match(operation=None, path_params=_NOTHING, query=query, path=path, base_path="")

    def methods(self, target: str) -> tuple[str, ...]:
        """The methods that the contract has for a target, in its order; none where the path itself is unknown."""
        path, _query = _parts(target)
        found: dict[str, None] = {}
        for base, tree, _version in self._trees:
            if path.startswith(base):
                for node, _values in _nodes(tree, path[len(base) :].split("/")[1:]):
                    found.update(dict.fromkeys(node.operations))
        return tuple(found)


def _parts(target: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    if not target.startswith("/"):
        target = _AUTHORITY.sub("", target, count=1)
    path, mark, query = target.partition("?")
    return path, query_of(query) if mark else ()


def query_of(text: str) -> tuple[tuple[str, str], ...]:
    """Return the parameters of a query string in their order, decoded as forms are.

    >>> query_of("a=1&a=%E4%B8%AD&b")
    (('a', '1'), ('a', '中'), ('b', ''))
    """
    text = text.partition("#")[0]
    pairs = [part.partition("=") for part in text.split("&") if part]
    if "%" not in text and "+" not in text:
        return tuple((name, value) for name, _, value in pairs)
    return tuple((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)


def _tree(operations: Iterable[Operation]) -> _Node:
    root = _Node()
    for operation in operations:
        node, names = root, []
        for segment in operation.path.split("/")[1:]:
            node, found = _branch(node, segment)
            names += found
        node.operations.setdefault(operation.method.upper(), (operation, tuple(names)))
    return root


def _branch(node: _Node, segment: str) -> tuple[_Node, list[str]]:
    names = _PARAMETER.findall(segment)
    if not names:
        return node.constants.setdefault(segment, _Node()), []
    if segment == f"{{{names[0]}}}":
        node.parameter = node.parameter or _Node()
        return node.parameter, names
    pattern = _pattern(segment)
    for known, _names, child in node.patterns:
        if known.pattern == pattern:
            return child, names
    child = _Node()
    node.patterns.append((re.compile(pattern), tuple(names), child))
    return child, names


def _pattern(segment: str) -> str:
    constants = _PARAMETER.split(segment)[::2]
    return "(.+?)".join(re.escape(part) for part in constants) + r"\Z"


def _find(root: _Node, path: str, method: str) -> tuple[Operation | None, Mapping[str, str]]:
    for node, values in _nodes(root, path.split("/")[1:]):
        if entry := node.operations.get(method):
            operation, names = entry
            return operation, dict(zip(names, map(unquote, values), strict=True)) if names else _NOTHING
    return None, _NOTHING


def _nodes(node: _Node, segments: list[str]) -> list[tuple[_Node, tuple[str, ...]]]:
    """Every place of the tree that a path can mean, the most constant first."""
    places: list[tuple[_Node, tuple[str, ...]]] = [(node, ())]
    for segment in segments:
        if (
            len(places) == 1
            and (child := places[0][0].constants.get(segment))
            and places[0][0].parameter is None
        ):
            places = [(child, places[0][1])]
            continue
        places = [reached for place in places for reached in _step(*place, segment)]
    return places


def _step(node: _Node, values: tuple[str, ...], segment: str) -> list[tuple[_Node, tuple[str, ...]]]:
    reached: list[tuple[_Node, tuple[str, ...]]] = []
    if child := node.constants.get(segment):
        reached.append((child, values))
    for pattern, _names, child in node.patterns:
        if match := pattern.match(segment):
            reached.append((child, (*values, *match.groups())))
    if node.parameter is not None and segment:
        reached.append((node.parameter, (*values, segment)))
    return reached
