"""The settings of a fault or a check, with what may stand there, from the types that files are read with."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from crm_contracts.catalogue.docstring import translated
from crm_contracts.catalogue.entry import Setting
from crm_contracts.model.language import _
from crm_contracts.model.span import Span

NAMES = ("fault", "check")


def settings_of(kind: type) -> tuple[Setting, ...]:
    """The keys that a fault or a check may have beside its own name; own ones first, then those that it shares.

    >>> from crm_contracts.faults.latency import Latency
    >>> [(setting.name, setting.default) for setting in settings_of(Latency)][:2]
    [('latency', None), ('jitter', '0 ms')]
    """
    from pydantic import TypeAdapter

    schema: dict[str, Any] = TypeAdapter(kind).json_schema()
    found = tuple(_settings(kind, schema))
    return (*(one for one in found if not one.shared), *(one for one in found if one.shared))


def _settings(kind: type, schema: Mapping[str, Any]) -> Iterator[Setting]:
    own = vars(kind).get("__annotations__", {})
    defaults = {field.name.rstrip("_"): field.default for field in fields(kind)}
    required = schema.get("required", ())
    for name, shape in schema.get("properties", {}).items():
        if name in NAMES:
            continue
        yield Setting(
            name=name,
            kind=_kind(shape, schema.get("$defs", {})),
            meaning=translated(shape.get("description", "")),
            default=None if name in required else _default(defaults.get(name), shape),
            shared=name not in own and f"{name}_" not in own,
        )


def _default(default: object, shape: Mapping[str, Any]) -> str:
    if isinstance(default, Span):
        return str(default)
    value = shape.get("default")
    if value is None or value in ([], {}):
        return _("none")
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return json.dumps(value) if isinstance(value, bool) else f"{value:g}" if _is_number(value) else str(value)


def _kind(shape: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """What may stand there, in words."""
    shape = _resolved(shape, known)
    if "anyOf" in shape:
        parts = (_kind(part, known) for part in shape["anyOf"] if part.get("type") != "null")
        return _(" or ").join(dict.fromkeys(parts))
    if "enum" in shape:
        return " | ".join(map(str, shape["enum"]))
    if "deadline" in shape.get("pattern", ""):
        return _("duration (200ms, 2s, 1h, or 2 * deadline)")
    if shape.get("type") == "array":
        return _("list of {kind}").format(kind=_kind(shape.get("items", {}), known))
    return _scalar(shape)


def _scalar(shape: Mapping[str, Any]) -> str:
    words = {
        "integer": _("whole number"),
        "number": _("number"),
        "boolean": _("true or false"),
        "string": _("text"),
        "object": _("mapping"),
    }
    word = words.get(shape.get("type", ""), _("any value"))
    if examples := shape.get("examples"):
        return f"{word} ({', '.join(map(str, examples))})"
    return f"{word}{_range(shape)}"


def _range(shape: Mapping[str, Any]) -> str:
    least, most = shape.get("minimum"), shape.get("maximum")
    over = shape.get("exclusiveMinimum")
    if over is not None and most is not None:
        return _(", more than {least} to {most}").format(least=f"{over:g}", most=f"{most:g}")
    if least is not None and most is not None:
        return _(", {least} to {most}").format(least=f"{least:.15g}", most=f"{most:.15g}")
    return _(", {least} or more").format(least=f"{least:.15g}") if least is not None else ""


def _resolved(shape: Mapping[str, Any], known: Mapping[str, Any]) -> Mapping[str, Any]:
    name = shape.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = known.get(name, {}) if name else shape
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
