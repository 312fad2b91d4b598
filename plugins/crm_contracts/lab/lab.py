"""The lab: an engine, an alert sink, and any number of runs side by side on one event loop."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from crm_contracts import port, toxiproxy_binary
from crm_contracts.contracts import Conformance, Router
from crm_contracts.lab.alerts import AlertSink
from crm_contracts.lab.clock import Clock
from crm_contracts.lab.credentials import Credentials
from crm_contracts.lab.detour import Detour
from crm_contracts.lab.engines import Engine, EngineError, Proxy, start_engine
from crm_contracts.lab.forward import Forward
from crm_contracts.lab.gateway import Gateway
from crm_contracts.lab.labrun import LabRun
from crm_contracts.lab.recorder import Recorder
from crm_contracts.lab.secrets import Secrets
from crm_contracts.lab.settings import LabError, LabSettings
from crm_contracts.lab.simulator import Simulator
from crm_contracts.lab.site import Door, Site, listen
from crm_contracts.lab.staff import Routing, Staff
from crm_contracts.lab.tls.authority import NAME, Authority
from crm_contracts.lab.tls.entrance import Entrance
from crm_contracts.lab.tls.safe import Safe
from crm_contracts.model.contract import Contract
from crm_contracts.model.endpoint import Endpoint
from crm_contracts.model.exchange import LedgerEntry
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.run import Run

Address = tuple[str, int]

_ANYWHERE: Address = ("127.0.0.1", 0)


class Lab:
    """Where runs get their CRM; make one with `start`, and `close` it whatever happens."""

    def __init__(
        self, settings: LabSettings, engine: Engine, sink: AlertSink, safe: Safe | None = None
    ) -> None:
        self.engine = engine
        self._safe = safe or Safe()
        self._settings = settings
        self._sink = sink
        self._runs: list[LabRun] = []
        self._opened = 0
        self._contracts: dict[int, tuple[Contract, Router, Conformance]] = {}

    @classmethod
    async def start(
        cls,
        settings: LabSettings,
        on_spawn: Callable[[int], None],
        on_folder: Callable[[Path], None] = lambda _folder: None,
    ) -> "Lab":
        """Start engine and alert sink.

        `on_spawn` is told the process group of what is started, `on_folder` each folder that must go with the lab.

        Raises LabError where the engine that was asked for cannot be had.
        """
        try:
            engine = await start_engine(
                settings.engine,
                attach_url=settings.toxiproxy_url,
                seed=settings.seed,
                on_spawn=on_spawn,
                binary=await _binary(settings),
            )
        except EngineError as error:
            raise LabError(str(error)) from error
        sink = AlertSink()
        await sink.start()
        return cls(settings, engine, sink, Safe(on_folder))

    async def open(self, run: Run, *, listen: Address | None = None) -> LabRun:
        """Put up everything that one run needs; nothing of it is shared with another run.

        `listen` is a declared address for the caller (default: a free port of the loopback). Raises LabError, naming the
        holder, where it is taken. A dead engine is started anew first.
        """
        await self._have_engine()
        self._opened += 1
        number = self._opened  # Another run may be opened while this one waits for its port.
        secrets, clock = Secrets(), Clock()
        name = f"{run.id}#{number}"
        credentials = Credentials(
            run.contract.auth,
            seed=run.seed,
            run=name,
            secrets=secrets,
            envelope=run.contract.envelope,
            result=run.contract.result,
        )
        simulator = Simulator(
            run.contract,
            seed=run.seed,
            run=run.id,
            strictness=run.scenario.simulator.strictness,  # type: ignore[arg-type]  # validated when it was read
            wall=clock.wall,
            monotonic=clock.now,
        )
        staff = self._staff(run, credentials, secrets, simulator)
        authority = await self._safe.authority() if run.https else None
        host = NAME if run.named else _reached_at((listen or _ANYWHERE)[0])
        gateway = Gateway(staff, Recorder(clock, self._settings.spill), seed=run.seed, run=run.id)
        gateway.entrance = Entrance(authority, host, run.consumer.intercept)
        spare = await self._spare(number, run, gateway, staff, authority) if run.spared else None
        handed = partial(_endpoint, staff, host, authority, spare=spare)
        site = await self._site(
            number,
            gateway,
            staff,
            listen or _ANYWHERE,
            handed=handed,
            spare=spare,
            ledger=lambda: simulator.ledger.entries,
            put=simulator.put,
        )
        if run.consumer.intercept:
            site = await _intercepting(site, run.consumer.intercept)
        lab_run = LabRun(site, run.consumer.promises)
        self._runs = [*(known for known in self._runs if not known.closed), lab_run]
        return lab_run

    async def close(self) -> None:
        """Take down all runs, the sink and the engine, never waiting for a toxic; twice does no harm."""
        for lab_run in self._runs:
            await lab_run.close()
        await self._sink.close()
        await self.engine.close()
        self._safe.close()

    async def _have_engine(self) -> None:
        if self.engine.alive:
            return
        for lab_run in self._runs:
            lab_run.engine_died()
        try:
            await self.engine.revive()
        except EngineError as error:
            raise LabError(str(error)) from error

    def _staff(self, run: Run, credentials: Credentials, secrets: Secrets, simulator: Simulator) -> Staff:
        contract, url = run.contract, self._settings.forward
        _kept, router, conformance = self._of(contract)
        forward = Forward(url, contract.base_path, contract.auth, secrets) if url is not None else None
        return Staff(
            contract=contract,
            router=router,
            conformance=conformance,
            credentials=credentials,
            secrets=secrets,
            crm=simulator,
            forward=forward,
        )

    def _of(self, contract: Contract) -> tuple[Contract, Router, Conformance]:
        """Return what is made once a contract: compiled checks serve all of its runs."""
        known = self._contracts.get(id(contract))
        if known is None:
            known = self._contracts[id(contract)] = (contract, Router(contract), Conformance(contract))
        return known

    async def _site(
        self,
        number: int,
        gateway: Gateway,
        staff: Staff,
        address: Address,
        *,
        handed: Callable[[int, str], Endpoint],
        spare: Door | None,
        ledger: Callable[[], tuple[LedgerEntry, ...]],
        put: Callable[[str, Mapping[str, JSON]], str],
    ) -> Site:
        try:
            door = await self._door(f"run-{number}", gateway, address)
        except LabError:
            if spare is not None:
                await spare.close()
            raise
        alert_url = self._sink.register(partial(_alert, gateway.recorder, staff.secrets))
        return Site(
            endpoint=handed(door.proxy.address[1], alert_url),
            engine=self.engine,
            proxy=door.proxy,
            server=door.server,
            gateway=gateway,
            spare=spare,
            credentials=staff.credentials,
            secrets=staff.secrets,
            sink=self._sink,
            ledger=ledger,
            put=put,
        )

    async def _spare(
        self, number: int, run: Run, first: Gateway, staff: Staff, authority: Authority | None
    ) -> Door:
        """A second way to the same CRM, by an address in numbers: it is there while the first one's name is not."""
        gateway = Gateway(staff, first.recorder, seed=run.seed, run=run.id, spare=True)
        gateway.entrance = Entrance(authority, _ANYWHERE[0])
        return await self._door(f"run-{number}-spare", gateway, _ANYWHERE)

    async def _door(self, name: str, gateway: Gateway, address: Address) -> Door:
        server, upstream = await listen(gateway)
        try:
            proxy = await self._proxy(name, upstream, address)
        except LabError:
            server.close()
            raise
        return Door(gateway=gateway, server=server, proxy=proxy)

    async def _proxy(self, name: str, upstream: int, address: Address) -> Proxy:
        if address[1] and not port.is_free(*address):
            raise LabError(_taken(address))
        try:
            return await self.engine.open(name, ("127.0.0.1", upstream), address)
        except EngineError as error:
            raise LabError(
                _taken(address) if address[1] and not port.is_free(*address) else str(error)
            ) from error


async def _binary(settings: LabSettings) -> Path | None:
    if (
        settings.toxiproxy_binary is not None
        or settings.engine == "embedded"
        or settings.toxiproxy_url is not None
    ):
        return settings.toxiproxy_binary
    found = await asyncio.to_thread(toxiproxy_binary.find)
    return found.path if found is not None else None


def _taken(address: Address) -> str:
    shown, holder = f"{address[0]}:{address[1]}", port.holder_of(address[1])
    if holder is None:
        return _("The port {address} is taken by another program. Free it, or declare another one.").format(
            address=shown
        )
    return _("The port {address} is taken by {holder}. Free it, or declare another one.").format(
        address=shown, holder=holder
    )


def _reached_at(host: str) -> str:
    """Where a caller reaches what listens at a host."""
    return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)


def _endpoint(
    staff: Staff, host: str, authority: Authority | None, number: int, alert_url: str, *, spare: Door | None
) -> Endpoint:
    scheme = "http" if authority is None else "https"
    origin = f"{scheme}://[{host}]:{number}" if ":" in host else f"{scheme}://{host}:{number}"
    contract = staff.contract
    second = "" if spare is None else f"{scheme}://{spare.proxy.address[0]}:{spare.proxy.address[1]}"
    return Endpoint(
        base_url=origin + contract.base_path,
        token_url=origin + _token_path(contract, staff.router),
        tenants=staff.credentials.tenants,
        alert_url=alert_url,
        spare_url=second and second + contract.base_path,
        ca_file="" if authority is None else str(authority.ca_file),
        truststore="" if authority is None else str(authority.truststore),
    )


async def _intercepting(site: Site, hosts: tuple[str, ...]) -> Site:
    """The same with a way from these hosts to it, for programs that have them wired in."""
    detour = Detour(hosts, site.proxy.address)
    url = await detour.start()
    return replace(site, detour=detour, endpoint=replace(site.endpoint, proxy_url=url, intercepts=hosts))


def _token_path(contract: Contract, router: Routing) -> str:
    """Where tokens are had: as the contract's operations say, else at the host's root, and a log-in beside the data."""
    path, below = contract.auth.token_path, contract.base_path.rstrip("/") + contract.auth.token_path
    for candidate in (path, below):
        if router.find("POST", candidate).operation is not None:
            return candidate
    return below if contract.auth.kind == "login" else path


def _alert(recorder: Recorder, secrets: Secrets, text: bytes) -> None:
    recorder.alert(secrets.redact(text).decode("utf-8", "replace"))
