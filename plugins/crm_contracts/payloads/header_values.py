"""Headers of answers as a contract documents them."""

from collections.abc import Callable, Mapping

from hypothesis import strategies as st

from crm_contracts.model.contract import Parameter, Response
from crm_contracts.model.json import JSON, Schema

Headers = tuple[tuple[str, str], ...]
_WRITTEN_BY_US = {"content-type", "content-length", "transfer-encoding", "connection", "date"}


def headers_of(
    told: Response, values: Callable[[Schema], st.SearchStrategy[JSON]]
) -> st.SearchStrategy[Headers]:
    """Strategies of the documented headers: those that are required, and the others now and then."""
    named = {name: header for name, header in told.headers.items() if name.lower() not in _WRITTEN_BY_US}
    if not named:
        return st.just(())
    pairs = [_pair(name, header, values) for name, header in named.items()]
    return st.tuples(*pairs).map(lambda found: tuple(pair for pair in found if pair is not None))


def _pair(
    name: str, header: Parameter, values: Callable[[Schema], st.SearchStrategy[JSON]]
) -> st.SearchStrategy[tuple[str, str] | None]:
    sent = values(header.schema).map(written).filter(carried).map(lambda text: (name.lower(), text))
    return sent if header.required else st.one_of(st.none(), sent)


def written(value: JSON) -> str:
    """A value in OpenAPI's style `simple`.

    >>> written([1, True, "a"]), written({"a": 1})
    ('1,true,a', 'a,1')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(written, value))
    if isinstance(value, Mapping):
        return ",".join(f"{name},{written(part)}" for name, part in value.items())
    return "" if value is None else str(value)


def carried(text: str) -> bool:
    """Whether HTTP can carry a text in a header without damage."""
    return text.isascii() and text.isprintable() and text == text.strip()
