"""What is not as the contract says, while it is being looked for, and the places of bodies that it stands at."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from crm_contracts.contracts.bodies import base_of, kind_of
from crm_contracts.contracts.schemas import Direction, Schemas
from crm_contracts.documents import Document, Place
from crm_contracts.model.contract import Media
from crm_contracts.model.json import JSON, Schema
from crm_contracts.model.language import _
from crm_contracts.model.verdict import Layer
from crm_contracts.pacts.promised import part_at
from crm_contracts.pacts.rules import Step

_ASIDE = frozenset(
    {"examples", "example", "$defs", "description", "title", "default", "readOnly", "writeOnly"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One thing at one place of the pact file; `contract` is what the contract says instead."""

    layer: Layer
    rule: str
    where: str
    message: str
    place: Place
    contract: str


def steps_of_pointer(pointer: str | None, document: Document, at: Place) -> tuple[Step, ...]:
    """The steps of a JSON pointer into the value that stands at a place of a document."""
    steps: list[Step] = []
    for part in (pointer or "").split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        inside = document.get((*at, *steps))
        steps.append(int(name) if isinstance(inside, list) and name.isdigit() else name)
    return tuple(steps)


def schema_of(media: Mapping[str, Media], content_type: str) -> Schema | None:
    """The schema of a body by what its Content-Type says; of the only JSON one where it says nothing."""
    named = {base_of(name): one for name, one in media.items()}
    if (found := named.get(base_of(content_type))) is not None:
        return found.schema
    kind = kind_of(content_type)
    alike = [one for name, one in named.items() if kind_of(name) == kind or name.endswith("/*")]
    return alike[0].schema if len(alike) == 1 else None


def schema_text(
    schemas: Schemas, schema: Schema | None, direction: Direction, steps: tuple[Step, ...]
) -> str:
    """What a schema says of the value at a place, as text; empty where nobody describes it."""
    part = part_at(schemas.whole(schema, direction), steps) if schema is not None else None
    return _as_text(part) if isinstance(part, dict) and part else ""


def _as_text(part: Mapping[str, JSON]) -> str:
    members = part.get("properties")
    if isinstance(members, dict):
        # Of an object its members' names are what helps.
        return _("properties: {names}").format(names=", ".join(members))
    told = {word: value for word, value in part.items() if word not in _ASIDE}
    return json.dumps(told, ensure_ascii=False)
