"""The engine for machines without Toxiproxy: its faults, in this process, on this event loop."""

from crm_contracts.lab.engines import address
from crm_contracts.lab.engines.address import Address
from crm_contracts.lab.engines.embedded.proxy import EmbeddedProxy
from crm_contracts.lab.engines.engine import LOOPBACK, EngineError

VERSION = "2.12.0-embedded"


class EmbeddedEngine:
    """Opens proxies that behave as those of Toxiproxy 2.12 do; DIFFERENCES.md tells where they do not.

    `seed` decides everything that is drawn: toxicity, jitter and the sizes of slices.
    """

    name = "embedded"
    version = VERSION
    alive = True

    def __init__(self, *, seed: int = 0, why: str = "") -> None:
        self.why = why
        self.proxies: dict[str, EmbeddedProxy] = {}
        self._seed = seed

    async def open(self, name: str, upstream: Address, listen: Address = LOOPBACK) -> EmbeddedProxy:
        return await self.create(name, listen=address.text(listen), upstream=address.text(upstream))

    async def revive(self) -> None:
        """It lives as long as the process does."""

    async def close(self) -> None:
        for proxy in tuple(self.proxies.values()):
            await proxy.close()

    async def create(self, name: str, *, listen: str, upstream: str, enabled: bool = True) -> EmbeddedProxy:
        """Make a proxy; raises EngineError: 409 where the name is taken, 500 where the address cannot be had."""
        if name in self.proxies:
            raise EngineError("proxy already exists", status=409)
        proxy = EmbeddedProxy(
            name=name, listen=listen, upstream=upstream, seed=self._seed, on_close=self._forget
        )
        self.proxies[name] = proxy
        try:
            if enabled:
                await proxy.up()
        except EngineError:
            self._forget(proxy)
            raise
        return proxy

    def find(self, name: str) -> EmbeddedProxy:
        """The proxy of this name; raises EngineError (404)."""
        if name not in self.proxies:
            raise EngineError("proxy not found", status=404)
        return self.proxies[name]

    def _forget(self, proxy: EmbeddedProxy) -> None:
        if self.proxies.get(proxy.name) is proxy:
            del self.proxies[proxy.name]
