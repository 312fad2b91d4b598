"""The operations of a contract, each built from its document when it is first asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, cast

from crm_contracts.contracts.collection import action_of, collection_of
from crm_contracts.contracts.node import Node, root
from crm_contracts.contracts.servers import base_path_of
from crm_contracts.contracts.settings import Setting, combined
from crm_contracts.contracts.structure import METHODS
from crm_contracts.model.contract import Action, Body, Effect, Media, Operation, Parameter, Response
from crm_contracts.model.json import JSON

_READING: Final = {"GET", "HEAD", "OPTIONS"}
_STYLES: Final = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}

Where = Literal["path", "query", "header", "cookie"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that the operations of a contract are built from.

    `secures` holds where no document says which operations need a credential; `token_paths` only read.
    """

    documents: Mapping[str, JSON]
    roots: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    base_path: str = ""
    collections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    secures: bool = False
    token_paths: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Where one operation stands: its node, that of its path, and its document; none for one of contract.yaml alone."""

    id: str
    method: str
    path: str
    node: Node | None = None
    around: Node | None = None
    document: Node | None = None


@dataclass(frozen=True)
class Operations(Mapping[str, Operation]):
    """The operations by id; pickling keeps what they are built from, not what was built.

    >>> document = {"openapi": "3.1.0", "paths": {"/orders": {"get": {"operationId": "list"}}}}
    >>> operations = Operations(Plan(documents={"a.yaml": document}, roots=("a.yaml",)))
    >>> operations["list"].path, list(operations)
    ('/orders', ['list'])
    """

    plan: Plan
    _built: dict[str, Operation] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __getitem__(self, operation_id: str) -> Operation:
        built = self._built.get(operation_id)
        if built is None:
            built = _operation(self._entries[operation_id], self.plan, secures=self._secures)
            self._built[operation_id] = built
        return built

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, operation_id: object) -> bool:
        return operation_id in self._entries

    def __reduce__(self) -> tuple[type["Operations"], tuple[Plan]]:
        return type(self), (self.plan,)

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        for entry in entries_of(self.plan):
            # An id that stands twice is the linter's business; both operations are served.
            key = entry.id if entry.id not in found else f"{entry.method} {entry.path}"
            found[key] = entry if key == entry.id else _renamed(entry, key)
        return found

    @cached_property
    def _secures(self) -> bool:
        said = any(
            entry.node is not None and "security" in entry.node.mapping for entry in self._entries.values()
        )
        documents = [root(self.plan.documents, name) for name in self.plan.roots]
        return self.plan.secures and not said and not any("security" in one.mapping for one in documents)


def entries_of(plan: Plan) -> Iterator[Entry]:
    """Yield every operation of the documents, then those of contract.yaml alone."""
    for name in plan.roots:
        document = root(plan.documents, name)
        for path, around in document.at("paths").members():
            for method in METHODS:
                if isinstance(around.mapping.get(method), dict):
                    yield _entry(path, method, around, document)
    for setting in plan.settings:
        if setting.says.at is not None:
            method, _blank, path = setting.says.at.partition(" ")
            yield Entry(id=setting.key, method=method.upper(), path=path)


def _entry(path: str, method: str, around: Node, document: Node) -> Entry:
    node = around.at(method)
    name = node.text("operationId") or f"{method.upper()} {path}"
    return Entry(id=name, method=method.upper(), path=path, node=node, around=around, document=document)


def _renamed(entry: Entry, key: str) -> Entry:
    return Entry(
        id=key,
        method=entry.method,
        path=entry.path,
        node=entry.node,
        around=entry.around,
        document=entry.document,
    )


def _operation(entry: Entry, plan: Plan, *, secures: bool) -> Operation:
    says = combined(plan.settings, entry.id, entry.method, entry.path)
    named, rest = collection_of(entry.path, plan.collections)
    action = action_of(entry.method, rest) if named else None
    if says.action is not None:
        action = None if says.action == "none" else Action(says.action)
    base_path = _base_path(entry, plan)
    token = f"{plan.base_path if base_path is None else base_path}{entry.path}" in plan.token_paths
    reads = entry.method in _READING or token
    document = _documented(entry)
    security = _security(entry)
    return Operation(
        id=entry.id,
        method=entry.method,
        path=entry.path,
        effect=Effect(says.effect) if says.effect else (Effect.READ if reads else Effect.WRITE),
        parameters=document.parameters,
        body=_described(says.body) if says.body is not None else document.body,
        responses=document.responses,
        secured=secures and not token if security is None else security.needed,
        scopes=says.scopes if says.scopes is not None else (security.scopes if security else ()),
        collection=(says.collection or named) if action is not None else None,
        action=action if says.collection or named else None,
        upsert_by=says.upsert_by,
        base_path=base_path,
        deprecated=entry.node.flag("deprecated") if entry.node else False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Documented:
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    responses: Mapping[str, Response] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Security:
    needed: bool
    scopes: tuple[str, ...]


def _documented(entry: Entry) -> _Documented:
    if entry.node is None or entry.around is None:
        return _Documented()
    nodes = [*entry.around.at("parameters").items(), *entry.node.at("parameters").items()]
    parameters = {(p.name, p.where): p for node in nodes if (p := parameter_of(node)) is not None}
    body = entry.node.at("requestBody")
    return _Documented(
        parameters=tuple(parameters.values()),
        body=Body(required=body.flag("required"), media=_media(body)) if body.mapping else None,
        responses={status: _response(status, node) for status, node in entry.node.at("responses").members()},
    )


def parameter_of(node: Node, *, header: str | None = None) -> Parameter | None:
    """Return a parameter (or, by its name, a header of an answer) as it stands in a document; None: it is broken."""
    where = "header" if header else node.text("in")
    name = header or node.text("name")
    if where not in _STYLES or not name:
        return None
    content = next(iter(node.at("content").members()), None)
    style = node.text("style", _STYLES[where]) if content is None else "content"
    schema = node.schema() if content is None else content[1].schema()
    return Parameter(
        name=name,
        where=cast("Where", where),
        required=where == "path" or node.flag("required"),
        schema=schema or {},
        explode=node.flag("explode", default=style == "form"),
        style=style,
    )


def _media(node: Node) -> dict[str, Media]:
    return {
        name: Media(media_type=name, schema=part.schema(), examples=tuple(examples_of(part)))
        for name, part in node.at("content").members()
    }


def examples_of(node: Node) -> Iterator[JSON]:
    """Yield the examples of a media type, a parameter or a header; null is what generators write for none."""
    if node.mapping.get("example") is not None:
        yield node.mapping["example"]
    for _name, example in node.at("examples").members():
        if example.mapping.get("value") is not None:
            yield example.mapping["value"]


def _response(status: str, node: Node) -> Response:
    headers = {name: parameter_of(part, header=name) for name, part in node.at("headers").members()}
    return Response(
        status=status,
        media=_media(node),
        headers={name: header for name, header in headers.items() if header is not None},
    )


def _described(body: Mapping[str, JSON]) -> Body:
    media = Media(media_type="application/json", schema=body)
    return Body(required=True, media={media.media_type: media})


def _base_path(entry: Entry, plan: Plan) -> str | None:
    if entry.node is None or entry.around is None or entry.document is None:
        return None
    said = base_path_of(entry.node)
    said = base_path_of(entry.around) if said is None else said
    if said is None and entry.document.document != plan.roots[0]:
        said = base_path_of(entry.document)
        first = base_path_of(root(plan.documents, plan.roots[0]))
        return None if said in {None, first} else said
    return None if said == plan.base_path else said


def _security(entry: Entry) -> _Security | None:
    for node in (entry.node, entry.document):
        requirements = node.mapping.get("security") if node is not None else None
        if isinstance(requirements, list):
            known = [one for one in requirements if isinstance(one, dict)]
            scopes = next((s for one in known for s in one.values() if isinstance(s, list) and s), [])
            return _Security(needed=bool(known) and all(known), scopes=tuple(map(str, scopes)))
    # OpenAPI: without a word about security nothing is asked for; None lets contract.yaml speak.
    return None
