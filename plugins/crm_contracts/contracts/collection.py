"""What an operation does to which collection, read from the shape of its path.

`/contacts` with `/contacts/{id}` is a collection; what follows its name tells the action.
"""

import re
from collections.abc import Iterable, Mapping

from crm_contracts.model.contract import Action

_ITEM = re.compile(r"\{[^{}/]+\}")
_ON_ALL = {"GET": Action.LIST, "POST": Action.CREATE}
_ON_ONE = {
    "GET": Action.GET,
    "PATCH": Action.PATCH,
    "POST": Action.PATCH,
    "PUT": Action.REPLACE,
    "DELETE": Action.DELETE,
}


def collections_in(paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the collections among path templates, by name, each with the paths that it has.

    >>> collections_in(["/crm/contacts", "/crm/contacts/{id}", "/account", "/contacts/{id}/notes"])
    {'contacts': ('/crm/contacts',)}
    """
    known = dict.fromkeys(paths)
    items = {path.rpartition("/")[0] for path in known if _ITEM.fullmatch(path.rpartition("/")[2])}
    found: dict[str, tuple[str, ...]] = {}
    for path in known:
        if path in items and "{" not in path:
            name = path.rpartition("/")[2]
            found[name] = (*found.get(name, ()), path)
    return found


def collection_of(path: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str | None, list[str]]:
    """Return the collection that a path works on, and the segments that follow its name.

    A collection without paths of its own is the last constant segment that names it, wherever that stands.

    >>> collection_of("/crm/contacts/{id}/associations/{type}", {"contacts": ("/crm/contacts",)})
    ('contacts', ['{id}', 'associations', '{type}'])
    """
    for name, places in known.items():
        for place in places:
            if path == place or path.startswith(f"{place}/"):
                return name, path[len(place) :].split("/")[1:]
    segments = path.split("/")[1:]
    for index in reversed(range(len(segments))):
        if known.get(segments[index]) == ():
            return segments[index], segments[index + 1 :]
    return None, []


def action_of(method: str, rest: list[str]) -> Action | None:
    """Return what a method does, by what follows the collection's name in the path; None: nothing that is known.

    >>> action_of("POST", ["batch", "upsert"]), action_of("DELETE", ["{id}"]), action_of("POST", ["merge"])
    (<Action.BATCH_UPSERT: 'batch_upsert'>, <Action.DELETE: 'delete'>, None)
    """
    if not rest:
        return _ON_ALL.get(method)
    items = [bool(_ITEM.fullmatch(segment)) for segment in rest]
    if items == [True]:
        return _ON_ONE.get(method)
    if rest == ["search"] and method in {"GET", "POST"}:
        return Action.SEARCH
    if rest in (["batch", "upsert"], ["upsert"]) and method == "POST":
        return Action.BATCH_UPSERT
    if len(rest) >= 3 and items[0] and rest[1] == "associations" and all(items[2:]):
        return Action.ASSOCIATE
    return None
