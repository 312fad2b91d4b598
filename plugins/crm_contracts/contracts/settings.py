"""`operations:` of contract.yaml: which settings hold for an operation; the more particular key wins."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from crm_contracts.contracts.overlay import OperationFile

_GLOB = re.compile(r"/\*\*(?=/)|\*\*|\*")
_GLOBS = {"/**": r"(?:/[^/]+)*", "**": r".*", "*": r"[^/]*"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What one key of `operations` says, and of which operations; `weight` is how particular the key is."""

    key: str
    weight: tuple[int, int, int]
    says: OperationFile

    def concerns(self, operation_id: str, method: str, path: str) -> bool:
        """Whether the key means this operation."""
        return self.key == operation_id or re.fullmatch(_pattern(self.key), f"{method} {path}") is not None


def settings_of(operations: Mapping[str, str | OperationFile] | None) -> tuple[Setting, ...]:
    """Return what `operations` says, the least particular key first."""
    said = {
        key: OperationFile(at=value) if isinstance(value, str) else value
        for key, value in (operations or {}).items()
    }
    return tuple(
        sorted(
            (Setting(key=key, weight=_weight(key), says=value) for key, value in said.items()),
            key=lambda setting: setting.weight,
        )
    )


def combined(settings: Iterable[Setting], operation_id: str, method: str, path: str) -> OperationFile:
    """Return what holds for one operation, setting by setting.

    >>> general, special = OperationFile(effect="read", action="search"), OperationFile(effect="write")
    >>> found = settings_of({"addQuery": special, "POST /**/query*": general})
    >>> both = combined(found, "addQuery", "POST", "/orders/queryAdd")
    >>> both.effect, both.action
    ('write', 'search')
    """
    says: dict[str, object] = {}
    for setting in settings:
        if setting.concerns(operation_id, method, path):
            said = {field.name: getattr(setting.says, field.name) for field in fields(setting.says)}
            says |= {name: value for name, value in said.items() if value is not None}
    return OperationFile(**says)  # type: ignore[arg-type]


def _weight(key: str) -> tuple[int, int, int]:
    method, blank, path = key.partition(" ")
    if not blank:
        return (2, 0, 0)
    return (1 if "*" not in key else 0, -path.count("**"), len(path.replace("*", "")) + (method != "*"))


def _pattern(key: str) -> str:
    method, blank, path = key.partition(" ")
    if not blank:
        return r"(?!)"
    verb = r"\S+" if method == "*" else re.escape(method.upper())
    parts = _GLOB.split(path)
    globs = [_GLOBS[found] for found in _GLOB.findall(path)]
    return (
        verb + " " + "".join(re.escape(part) + glob for part, glob in zip(parts, [*globs, ""], strict=True))
    )
