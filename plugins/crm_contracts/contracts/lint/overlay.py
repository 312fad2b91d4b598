"""What is wrong in contract.yaml: names that mean nothing, and settings that contradict each other or the document."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from crm_contracts.contracts.lint.findings import Linted
from crm_contracts.contracts.operations import entries_of
from crm_contracts.contracts.settings import Setting, settings_of
from crm_contracts.model.json import FrozenJSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problem, nearest

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_IN_ERRORS: Final = ("status", "category", "message", "code", "correlation_id", "errors")


def name(linted: Linted) -> Iterator[Problem]:
    """Tell where the contract's name is not its folder's."""
    said = linted.says.contract
    if said is not None and said != linted.sources.name:
        message = _("The contract is called {name!r}, its folder {folder!r}.").format(
            name=said, folder=linted.sources.name
        )
        yield from linted.in_overlay("contract", message=message)


def operations(linted: Linted) -> Iterator[Problem]:
    """Tell which keys of `operations` name nothing, and which settings contradict each other."""
    plan = linted.contract.operations
    known = [(one.id, one.method, one.path) for one in plan.values()]
    ids = [one[0] for one in known]
    for setting in settings_of(linted.says.operations):
        if not any(setting.concerns(*one) for one in known):
            yield from _unknown(linted, setting, ids)
        yield from _settings(linted, setting)


def _unknown(linted: Linted, setting: Setting, ids: list[str]) -> Iterator[Problem]:
    if " " not in setting.key:
        message = _("The contract has no operation {name!r}.").format(name=setting.key)
        remedy = _("An operation that no document has needs its request: `at: POST /path`.")
        meant = nearest(setting.key, ids)
        yield from linted.in_overlay(
            "operations",
            setting.key,
            message=message,
            key=True,
            suggestion=meant,
            remedy="" if meant else remedy,
        )
        return
    paths = [f"{one.method} {one.path}" for one in linted.contract.operations.values()]
    message = _("No operation of the contract is {name!r}.").format(name=setting.key)
    yield from linted.in_overlay(
        "operations", setting.key, message=message, key=True, suggestion=nearest(setting.key, paths)
    )


def _settings(linted: Linted, setting: Setting) -> Iterator[Problem]:
    says, at = setting.says, ("operations", setting.key)
    collections = linted.contract.collections
    if says.collection is not None and says.collection not in collections:
        message = _("There is no collection {name!r}.").format(name=says.collection)
        yield from linted.in_overlay(
            *at,
            "collection",
            message=message,
            allowed=tuple(collections),
            suggestion=nearest(says.collection, collections),
        )
    yield from _of_new(linted, setting)
    if says.body is not None and says.at is None and not _has_no_body(linted, setting):
        message = _("The document describes the body of this operation already.")
        yield from linted.in_overlay(*at, "body", message=message, key=True)
    for index, scope in enumerate(says.scopes or ()):
        if linted.contract.auth.scopes and scope not in linted.contract.auth.scopes:
            allowed = linted.contract.auth.scopes
            message = _("No client may have the scope {name!r}.").format(name=scope)
            yield from linted.in_overlay(
                *at, "scopes", index, message=message, allowed=allowed, suggestion=nearest(scope, allowed)
            )


def _of_new(linted: Linted, setting: Setting) -> Iterator[Problem]:
    """What an operation with `at` takes from another one."""
    if setting.says.at is None:
        return
    if " " in setting.key or "*" in setting.key:
        message = _("An operation that no document has needs a name without blanks and stars.")
        yield from linted.in_overlay("operations", setting.key, message=message, key=True)
    method, _blank, path = setting.says.at.partition(" ")
    plan = getattr(linted.contract.operations, "plan", None)
    others = (
        [entry for entry in entries_of(plan) if entry.id != setting.key or entry.node is not None]
        if plan
        else []
    )
    for other in others:
        if (other.method, other.path) == (method.upper(), path) or other.id == setting.key:
            message = _("{other} is there already.").format(other=f"{other.id} ({other.method} {other.path})")
            yield from linted.in_overlay("operations", setting.key, message=message, key=True)
            return


def _has_no_body(linted: Linted, setting: Setting) -> bool:
    concerned = [
        one for one in linted.contract.operations.values() if setting.concerns(one.id, one.method, one.path)
    ]
    return not any(one.responses for one in concerned)


def collections(linted: Linted) -> Iterator[Problem]:
    """Tell which collections have no operation, and which of their rules name nothing."""
    known = linted.contract.collections
    used = {one.collection for one in linted.contract.operations.values()}
    for name_, says in (linted.says.collections or {}).items():
        at = ("collections", name_)
        if name_ not in used:
            others = [one for one in known if one in used]
            message = _("No operation works on the collection {name!r}.").format(name=name_)
            yield from linted.in_overlay(*at, message=message, key=True, suggestion=nearest(name_, others))
        for field, target in (says.refers or {}).items():
            if target not in known:
                message = _("There is no collection {name!r}.").format(name=target)
                yield from linted.in_overlay(
                    *at,
                    "refers",
                    field,
                    message=message,
                    allowed=tuple(known),
                    suggestion=nearest(target, known),
                )


def versions(linted: Linted) -> Iterator[Problem]:
    """Tell which versions end before they are deprecated, lack what nobody has, or share their path."""
    said = linted.says.versions or {}
    paths: dict[str, str] = {}
    ids = list(linted.contract.operations)
    for name_, one in said.items():
        at = ("versions", name_)
        for index, lacking in enumerate(one.lacks or ()):
            if lacking not in linted.contract.operations:
                message = _("The contract has no operation {name!r}.").format(name=lacking)
                yield from linted.in_overlay(
                    *at, "lacks", index, message=message, suggestion=nearest(lacking, ids)
                )
        if one.deprecated and one.sunset and one.deprecated > one.sunset:
            yield from linted.in_overlay(
                *at, "sunset", message=_("The version ends before it is deprecated.")
            )
        if one.path in paths:
            message = _("Version {other!r} has this path, too.").format(other=paths[one.path])
            yield from linted.in_overlay(*at, "path", message=message)
        paths.setdefault(one.path, name_)
    first = next(iter(said.values()), None)
    if first is not None and linted.says.base_path not in {None, first.path}:
        message = _("The first version's path is what callers are given; base_path says another one.")
        yield from linted.in_overlay("base_path", message=message)


def repeats(linted: Linted) -> Iterator[Problem]:
    """Tell where no operation takes the header that recognises repeats."""
    header = linted.says.idempotency.header if linted.says.idempotency else None
    if header is None or not linted.sources.roots:
        return
    declared = {
        parameter.name.lower(): parameter.name
        for one in linted.contract.operations.values()
        for parameter in one.parameters
        if parameter.where == "header"
    }
    if header.lower() not in declared:
        message = _("No operation of the document takes the header {name!r}.").format(name=header)
        meant = nearest(header, declared.values())
        yield from linted.in_overlay("idempotency", "header", message=message, suggestion=meant)


def limits(linted: Linted) -> Iterator[Problem]:
    """Tell which limits never apply."""
    says = linted.says.limits
    if says is None:
        return
    found = linted.contract.limits
    if says.per is not None and says.requests is None:
        yield from linted.in_overlay(
            "limits", "per", message=_("`per` needs `requests`: how many in that time.")
        )
    if found.requests is not None and found.daily is not None and found.daily < found.requests:
        yield from linted.in_overlay(
            "limits", "daily", message=_("A day allows less than its shortest window.")
        )


def placeholders(linted: Linted) -> Iterator[Problem]:
    """Tell which placeholders in the error envelope are none."""
    envelope = linted.says.errors.envelope if linted.says.errors else None
    for place, word in _words(envelope):
        if word not in _IN_ERRORS:
            message = _("There is no placeholder {name}.").format(name=f"{{{word}}}")
            yield from linted.in_overlay(
                "errors",
                "envelope",
                *place,
                message=message,
                allowed=_IN_ERRORS,
                suggestion=nearest(word, _IN_ERRORS),
            )
    result = linted.says.results.envelope if linted.says.results else None
    if result is not None and "result" not in {word for _place, word in _words(result)}:
        message = _('The envelope of a success must contain "{result}".')
        yield from linted.in_overlay("results", "envelope", message=message)


def _words(
    value: FrozenJSON, place: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield from ((place, word) for word in _PLACEHOLDER.findall(value))
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _words(part, (*place, key))
    elif isinstance(value, (list, tuple)):
        for index, part in enumerate(value):
            yield from _words(part, (*place, index))


RULES = (name, operations, collections, versions, repeats, limits, placeholders)
