"""Which engine a lab gets."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from crm_contracts.lab.engines.engine import Engine, EngineError
from crm_contracts.model.language import _

if TYPE_CHECKING:
    from crm_contracts.lab.engines.toxiproxy import ToxiproxyEngine

Choice: TypeAlias = Literal["toxiproxy", "embedded"]


async def start_engine(
    choice: Choice | None = None,
    *,
    attach_url: str | None = None,
    seed: int = 0,
    on_spawn: Callable[[int], None] = lambda _pid: None,
    binary: Path | None = None,
) -> Engine:
    """Start an engine, or attach to one: a real Toxiproxy wherever there is one, else the embedded engine.

    `on_spawn` is told the process group of what we start. The engine's `why` tells the reason for the choice. Raises
    EngineError where the engine that was asked for cannot be had; without a choice the embedded one always can.
    """
    if attach_url is not None:
        return await _attach(choice, attach_url)
    if choice == "embedded":
        return _embedded(seed, _("The embedded engine was asked for."))
    if binary is None:
        return _without_binary(choice, seed)
    if choice == "toxiproxy":
        return await _toxiproxy().start(binary, why=_("Toxiproxy was asked for."), on_spawn=on_spawn)
    return await _toxiproxy_if_it_starts(binary, seed, on_spawn)


async def _attach(choice: Choice | None, url: str) -> Engine:
    if choice == "embedded":
        raise EngineError(_("The embedded engine cannot be attached to {url}.").format(url=url))
    return await _toxiproxy().attach(url, why=_("It was named: {url}.").format(url=url))


def _without_binary(choice: Choice | None, seed: int) -> Engine:
    if choice == "toxiproxy":
        raise EngineError(
            _(
                "Toxiproxy was asked for, and no toxiproxy-server is installed: crm-contracts doctor --install gets it."
            )
        )
    return _embedded(seed, _("No toxiproxy-server is installed; crm-contracts doctor --install gets it."))


async def _toxiproxy_if_it_starts(binary: Path, seed: int, on_spawn: Callable[[int], None]) -> Engine:
    why = _("Toxiproxy is installed: {binary}.").format(binary=binary)
    try:
        return await _toxiproxy().start(binary, why=why, on_spawn=on_spawn)
    except EngineError as error:
        return _embedded(seed, _("Toxiproxy is installed but cannot be used: {error}").format(error=error))


def _toxiproxy() -> "type[ToxiproxyEngine]":
    # requests takes 100 ms to import: the embedded engine does without it.
    from crm_contracts.lab.engines.toxiproxy import ToxiproxyEngine

    return ToxiproxyEngine


def _embedded(seed: int, why: str) -> Engine:
    from crm_contracts.lab.engines.embedded import EmbeddedEngine

    return EmbeddedEngine(seed=seed, why=why)
