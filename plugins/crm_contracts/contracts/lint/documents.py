"""What is wrong in an OpenAPI document: its structure, and what its parts say about each other."""

import re
from collections.abc import Iterator, Mapping

from crm_contracts.contracts.lint.findings import Linted
from crm_contracts.contracts.node import Node
from crm_contracts.contracts.structure import METHODS, faults
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problem, nearest

_PARAMETER = re.compile(r"\{([^{}/]*)\}")
_STATUS = re.compile(r"[1-5](?:[0-9][0-9]|XX)|default")


def structure(linted: Linted) -> Iterator[Problem]:
    """Tell what is not built as OpenAPI says."""
    for _name, document, _node in linted.roots:
        for fault in faults(document.value):
            yield document.problem(
                fault.path, fault.message, key=fault.key, allowed=fault.allowed, suggestion=fault.suggestion
            )


def operation_ids(linted: Linted) -> Iterator[Problem]:
    """Tell which operationIds stand twice."""
    first: dict[str, Node] = {}
    for node, _path, _around in _operations(linted):
        name = node.text("operationId")
        if name in first:
            other = linted.problem(first[name], "operationId", message="").position
            message = _("The operationId {name!r} stands twice; the first is at {place}.").format(
                name=name, place=other
            )
            yield linted.problem(node, "operationId", message=message)
        elif name:
            first[name] = node


def paths(linted: Linted) -> Iterator[Problem]:
    """Tell which paths are none, or mean the same as another one."""
    shapes: dict[str, str] = {}
    for _name, _document, document in linted.roots:
        for path in document.at("paths").mapping:
            shape = _PARAMETER.sub("{}", path)
            if path.startswith("x-"):
                continue
            if not path.startswith("/"):
                message = _("{path!r} is no path; a path begins with a slash.").format(path=path)
                yield linted.problem(document.at("paths"), path, message=message, key=True)
            elif shape in shapes:
                message = _("This path means the same as {other}.").format(other=shapes[shape])
                yield linted.problem(document.at("paths"), path, message=message, key=True)
            shapes.setdefault(shape, path)


def path_parameters(linted: Linted) -> Iterator[Problem]:
    """Tell which parameters of a path are not described, or described and not in the path."""
    for node, path, around in _operations(linted):
        wanted = _PARAMETER.findall(path)
        nodes = [*around.at("parameters").items(), *node.at("parameters").items()]
        known = {one.text("name"): one for one in nodes if one.text("in") == "path"}
        for name in wanted:
            if name not in known:
                message = _("The path parameter {name!r} is not described.").format(name=name)
                yield linted.problem(node, message=message, key=True, suggestion=nearest(name, known))
        for name, one in known.items():
            if name not in wanted:
                message = _("The path {path} has no parameter {name!r}.").format(path=path, name=name)
                yield linted.problem(one, "name", message=message, suggestion=nearest(name, wanted))
            elif one.mapping.get("required") is not True:
                yield linted.problem(one, message=_("A path parameter says `required: true`."))


def parameters(linted: Linted) -> Iterator[Problem]:
    """Tell which parameters say nothing about their values, and which stand twice."""
    for place, node in linted.nodes("Parameter"):
        del place
        if not {"schema", "content"} & node.mapping.keys():
            yield linted.problem(node, message=_("The parameter has neither a schema nor content."))
    for node, _path, _around in _operations(linted):
        seen: set[tuple[str, str]] = set()
        for one in node.at("parameters").items():
            key = (one.text("in"), one.text("name"))
            if key in seen and all(key):
                message = _("The {where} parameter {name!r} stands twice.").format(where=key[0], name=key[1])
                yield linted.problem(node, "parameters", message=message)
            seen.add(key)


def responses(linted: Linted) -> Iterator[Problem]:
    """Tell which keys of `responses` are no status."""
    for node, _path, _around in _operations(linted):
        for status in node.at("responses").mapping:
            if not _STATUS.fullmatch(status) and not status.startswith("x-"):
                message = _("{status!r} is no status; write 200, 2XX or default.").format(status=status)
                yield linted.problem(node.at("responses"), status, message=message, key=True)


def security(linted: Linted) -> Iterator[Problem]:
    """Tell which security schemes are used and not described."""
    for _name, _document, document in linted.roots:
        known = document.at("components").at("securitySchemes").mapping
        nodes = [
            document,
            *(node for node, _path, _around in _operations(linted) if node.document == document.document),
        ]
        for node in nodes:
            said = node.mapping.get("security")
            for index, requirement in enumerate(said if isinstance(said, list) else []):
                yield from _schemes(
                    linted, node, index, requirement if isinstance(requirement, dict) else {}, known
                )


def _schemes(
    linted: Linted, node: Node, index: int, requirement: Mapping[str, object], known: Mapping[str, object]
) -> Iterator[Problem]:
    for name in requirement:
        if name not in known:
            yield linted.problem(
                node,
                "security",
                index,
                name,
                message=_("There is no security scheme {name!r}.").format(name=name),
                key=True,
                allowed=tuple(known),
                suggestion=nearest(name, known),
            )


def _operations(linted: Linted) -> Iterator[tuple[Node, str, Node]]:
    for _name, _document, document in linted.roots:
        for path, around in document.at("paths").members():
            for method in METHODS:
                if isinstance(around.mapping.get(method), dict):
                    yield around.at(method), path, around


RULES = (structure, operation_ids, paths, path_parameters, parameters, responses, security)
