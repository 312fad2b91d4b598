"""From a document to values, by pydantic; what it finds wrong becomes problems of the file, all at once.

Strict: text is not read as a number, nor a number as text. A list becomes a tuple or a set where the type says so, but
what a validator of ours makes must already be of the type's own kind (a tuple, not a list). Field names are what users write, so a type says
`Field(alias="for")` where Python's own words are in the way.
"""

import json
from collections.abc import Hashable, Iterator
from functools import cache
from typing import Any, TypeVar, cast

from crm_contracts.documents.document import Document, Place
from crm_contracts.model.problem import Problems

T = TypeVar("T")


def validate(document: Document, type_: type[T], *, at: Place = ()) -> T:
    """Read a document, or the part of it that stands `at` a place, as a type.

    `type_` is anything that pydantic reads: a dataclass with `__pydantic_config__`, a model, a union. Raises Problems
    with every error, its position, the alternatives and the nearest of them.

    >>> from crm_contracts.documents import parse
    >>> validate(parse(b"[1, 2]", file="a.yaml"), tuple[int, ...])
    (1, 2)
    """
    from pydantic import ValidationError

    adapter = _adapter(cast("Hashable", type_))
    try:
        read: T = adapter.validate_json(json.dumps(document.get(at)), strict=True)
    except ValidationError as failed:
        raise Problems(list(_problems(document, at, adapter, failed))) from None
    return read


@cache
def _adapter(type_: Hashable) -> Any:
    from pydantic import TypeAdapter

    adapter: Any = TypeAdapter
    return adapter(type_)


def _problems(document: Document, at: Place, adapter: Any, failed: Any) -> Iterator[Any]:
    from crm_contracts.documents.complaint import complaints
    from crm_contracts.documents.shape import Shape

    shape = Shape.of(adapter)
    found = complaints(shape, document.get(at), failed.errors(include_url=False, include_input=False))
    told = [complaint.problem(document, at) for complaint in found]
    yield from sorted(told, key=lambda problem: (problem.position.line, problem.position.column))
