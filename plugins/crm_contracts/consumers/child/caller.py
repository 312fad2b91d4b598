"""The caller's object: made by the factory, called by name, on one event loop where it is async."""

from __future__ import annotations

import importlib
import inspect
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class NotMadeError(Exception):
    """The caller's object could not be made; `reason` is a word that the driver has a sentence for."""

    def __init__(self, reason: str, found: Sequence[str] = (), lacking: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.reason, self.found, self.lacking = reason, list(found), list(lacking)


def find(factory: str, path: Sequence[str]) -> Any:
    """Import the caller's module and return its factory (`module:attribute`)."""
    sys.path[:0] = [place for place in path if place not in sys.path]
    module, _colon, name = factory.partition(":")
    try:
        found: Any = importlib.import_module(module)
    except BaseException as error:
        missing = isinstance(error, ModuleNotFoundError) and f"{module}.".startswith(f"{error.name}.")
        raise NotMadeError("module" if missing else "import") from error
    for part in name.split("."):
        if not hasattr(found, part):
            raise NotMadeError("attribute", _public(found), [part])
        found = getattr(found, part)
    return found


class Endpoint(SimpleNamespace):
    """What the factory is given; printing it shows no secret."""

    def __repr__(self) -> str:
        return f"Endpoint(base_url={self.base_url!r})"

    @classmethod
    def of(cls, attributes: dict[str, Any]) -> Endpoint:
        """The endpoint with its tenants as objects."""
        return cls(
            **{**attributes, "tenants": [Tenant(**tenant) for tenant in attributes.get("tenants", ())]}
        )


class Tenant(SimpleNamespace):
    """One customer of the CRM; printing it shows no secret."""

    def __repr__(self) -> str:
        return f"Tenant(name={self.name!r})"


class Caller:
    """The caller's object. Once anything of it is async, one event loop serves it to the end."""

    def __init__(self) -> None:
        self.object: Any = None
        self.is_async = False
        self._loop: Any = None

    @property
    def loop(self) -> Any:
        """The event loop; made when it is first needed."""
        if self._loop is None:
            import asyncio

            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
        return self._loop

    def create(self, factory: Any, endpoint: Endpoint, methods: Sequence[str]) -> None:
        """Make the object; raises NotMadeError, with what the factory raised as its cause."""
        try:
            made = self._make(factory, endpoint)
        except BaseException as error:
            raise NotMadeError("factory") from error
        lacking = [name for name in methods if not callable(getattr(made, name, None))]
        if lacking:
            raise NotMadeError("method", _public(made), lacking)
        self.object = made
        self.is_async = self.is_async or any(_is_async(getattr(made, name)) for name in methods)

    def call(self, name: str, args: dict[str, Any]) -> Any:
        """Call a method; a generator is drained, as its user would. What `waits` must be given to `finished`."""
        value = getattr(self.object, name)(**args)
        return list(value) if inspect.isgenerator(value) else value

    def close(self) -> Any:
        """Let the object tidy up, where it can."""
        close = getattr(self.object, "aclose", None) or getattr(self.object, "close", None)
        return close() if callable(close) else None

    def end(self) -> None:
        """Close the loop, where there was one."""
        if self._loop is not None:
            self._loop.close()

    def _make(self, factory: Any, endpoint: Endpoint) -> Any:
        if "asyncio" in sys.modules:
            _ = (
                self.loop
            )  # Before Python 3.10, a lock or a queue belongs to the loop that is set when it is made.
        try:
            made = _asked(factory, endpoint)
        except RuntimeError as error:
            if "event loop" not in str(error):
                raise
            self.is_async = True
            made = self.loop.run_until_complete(_within(_asked, factory, endpoint))
        if inspect.isawaitable(made):
            self.is_async = True
            made = self.loop.run_until_complete(finished(made))
        return made


def waits(value: Any) -> bool:
    """Whether an event loop must await or drain a value."""
    return inspect.isawaitable(value) or inspect.isasyncgen(value)


async def finished(value: Any) -> Any:
    """What comes of a value in the end."""
    if inspect.isasyncgen(value):
        return [item async for item in value]
    return await value if inspect.isawaitable(value) else value


async def _within(act: Callable[..., Any], *args: Any) -> Any:
    return act(*args)


def _asked(factory: Any, endpoint: Endpoint) -> Any:
    """Ask the factory; one that takes nothing is given nothing, and what cannot be called is the object already."""
    if not callable(factory):
        return factory
    try:
        parameters = list(inspect.signature(factory).parameters.values())
    except (TypeError, ValueError):
        return factory(endpoint)
    named = [one for one in parameters if one.name == "endpoint" and one.kind is not one.POSITIONAL_ONLY]
    if named:
        return factory(endpoint=endpoint)
    return factory(endpoint) if parameters and _is_for_endpoint(parameters[0]) else factory()


def _is_for_endpoint(first: inspect.Parameter) -> bool:
    by_place = first.kind in (first.POSITIONAL_ONLY, first.POSITIONAL_OR_KEYWORD)
    return first.kind is first.VAR_POSITIONAL or (by_place and first.default is first.empty)


def _is_async(method: Any) -> bool:
    return inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method)


def _public(thing: Any) -> list[str]:
    return [name for name in dir(thing) if not name.startswith("_") and callable(getattr(thing, name, None))]
