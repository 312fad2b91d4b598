"""Variants of a contract: files of `variants/` laid over contract.yaml as JSON merge patches (RFC 7396)."""

from dataclasses import replace
from pathlib import Path

from crm_contracts.contracts.overlay import ContractFile, VariantFile
from crm_contracts.contracts.sources import OVERLAY, read_stamped
from crm_contracts.documents import Document, validate
from crm_contracts.documents.source import Source
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import Position, Problem, Problems, nearest

_OF_THE_FILE = ("variant", "title")


def variants_in(folder: Path) -> dict[str, Path]:
    """Return the variants that a contract's folder has, by name."""
    found = sorted((folder / "variants").glob("*.y*ml")) if (folder / "variants").is_dir() else []
    return {path.stem: path for path in found}


def overlaid(overlay: Document | None, folder: Path, variant: str | None) -> ContractFile:
    """Return contract.yaml with a variant laid over it; raises Problems."""
    if overlay is not None:
        base = validate(overlay, ContractFile)
    else:
        base, overlay = ContractFile(), Document(value={}, source=Source(file=str(folder / OVERLAY), text=""))
    if variant is None:
        return base
    document = _variant(folder, variant)
    validate(document, VariantFile)
    patch = document.value if isinstance(document.value, dict) else {}
    own = {key: value for key, value in patch.items() if key not in _OF_THE_FILE}
    return validate(replace(overlay, value=merged(overlay.value, own)), ContractFile)


def merged(base: JSON, patch: JSON) -> JSON:
    """Return a value with a merge patch laid over it: maps are merged, null takes a key away, the rest is replaced.

    >>> merged({"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": None}, "d": [2]})
    {'a': {'c': 2}, 'd': [2]}
    """
    if not isinstance(patch, dict):
        return patch
    result = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def _variant(folder: Path, variant: str) -> Document:
    known = variants_in(folder)
    if variant not in known:
        raise Problems(
            [
                Problem(
                    position=Position(file=str(folder / "variants")),
                    message=_("The contract has no variant {name!r}.").format(name=variant),
                    allowed=tuple(known),
                    suggestion=nearest(variant, known),
                )
            ]
        )
    return read_stamped(known[variant])
