"""One run's part of the lab: its own port, proxy, gateway, CRM, credentials and alert address."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from crm_contracts.lab import probe
from crm_contracts.lab.active import Active
from crm_contracts.lab.credentials import Credentials
from crm_contracts.lab.engines import EngineError, InvalidToxicError, Proxy, ToxicSpec
from crm_contracts.lab.gateway import Gateway
from crm_contracts.lab.names import Resolver
from crm_contracts.lab.recorder import Mark, News, Observed, Recorder
from crm_contracts.lab.secrets import Secrets
from crm_contracts.lab.site import Site
from crm_contracts.model.contact import Contact
from crm_contracts.model.endpoint import Endpoint
from crm_contracts.model.exchange import Grant, LedgerEntry
from crm_contracts.model.fault import Alterations, Altering, Fault, Place, Reply, TokenRule, Toxic
from crm_contracts.model.journal import Alert, FaultWindow
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.promises import Promises

SETTLE = 0.05
"""Seconds that callers get to notice that their idle connections were closed (JUDGING, `pool: fresh`)."""


class LabRun:
    """What one run needs of the lab, from `Lab.open` to `close`.

    Faults come on and go off in any order; everything that is observed stays until the run is closed.
    """

    def __init__(self, site: Site, promises: Promises) -> None:
        self._site = site
        self._promises = promises
        self._actives: list[Active] = []
        self._toxics = 0
        self._closed = False
        self.resolver: Resolver | None = None
        """Whoever answers the caller's look-ups; set before a fault of names comes on."""

    @property
    def endpoint(self) -> Endpoint:
        """What the caller is given."""
        return self._site.endpoint

    @property
    def gateway_address(self) -> tuple[str, int]:
        """Where the gateway itself listens, behind the engine: a way past all toxics."""
        host, port = self._site.server.sockets[0].getsockname()[:2]
        return str(host), int(port)

    @property
    def secrets(self) -> Secrets:
        """Every secret of the run and its name."""
        return self._site.secrets

    async def switch_on(self, fault: Fault) -> Active:
        """Put a fault on and return it; a toxic is probed, which takes at most a few tenths of a second.

        An engine that fails is the run's trouble, not an exception. Raises ValueError for a fault of the endpoint that the
        caller was not given the endpoint for: HTTPS and a host name are decided before it starts.
        """
        match fault.place:
            case Place.TOXIC:
                active = await self._toxic_on(cast("Toxic", fault))
            case Place.REPLY:
                active = self._active(fault, reply=self._gateway.replies.switch_on(cast("Reply", fault)))
            case Place.TOKEN:
                active = self._rule_on(cast("TokenRule", fault))
            case _:
                active = await self._alteration_on(fault)
        self._actives.append(active)
        return active

    async def switch_off(self, active: Active) -> FaultWindow:
        """Take a fault off and tell what became of it; never waits for a toxic."""
        if active in self._actives:
            self._actives.remove(active)
        match active.fault.place:
            case Place.TOXIC:
                await self._toxic_off(active)
                touched, fired, why = self._recorder.by_the_first - active.before, active.met, active.why
            case Place.REPLY:
                assert active.reply is not None
                self._gateway.replies.switch_off(active.reply)
                touched = active.reply.touched
                fired, why = touched > 0, _("No exchange that it selects was seen.")
            case Place.ENDPOINT:
                touched, fired, why = await self._alteration_off(active)
            case _:
                self._credentials.switch_off(cast("TokenRule", active.fault))
                touched = self._credentials.touched(cast("TokenRule", active.fault))
                fired, why = (
                    touched > 0,
                    _("No token was issued under it and none was refused because of it."),
                )
        ended = self._recorder.clock.stamp()
        return active.window(ended, touched=touched, fired=fired, why=why)

    async def advance(self, seconds: float) -> None:
        """Move the CRM's clock: its dates, and the age of tokens and cursors."""
        self._recorder.clock.advance(seconds)

    def count(self, what: str) -> int:
        """How many `token requests` or `exchanges` were seen so far."""
        return {"token requests": self._recorder.token_requests, "exchanges": self._recorder.exchanges}[what]

    def put(self, collection: str, fields: Mapping[str, JSON]) -> str:
        """Keep a record in the CRM without a request, and return its key."""
        return self._site.put(collection, fields)

    def ledger(self) -> tuple[LedgerEntry, ...]:
        """The writes that the CRM accepted so far."""
        return self._site.ledger()

    def alerts(self) -> tuple[Alert, ...]:
        """The alerts that the caller sent so far."""
        return self._recorder.alerts

    def refused(self) -> tuple[Contact, ...]:
        """The hosts that a program tried by the lab's proxy and that are not intercepted."""
        return self._site.detour.refused if self._site.detour is not None else ()

    def open_connections(self) -> int:
        """How many connections callers have open at the moment."""
        return sum(not one.is_probe for door in self._site.doors for one in door.gateway.connections)

    def observed(self) -> Observed:
        """Return everything that was seen so far."""
        site = self._site
        if not self._closed and not site.engine.alive:
            self.engine_died()
        seen = self._recorder.observed(site.ledger())
        return replace(seen, grants=tuple(map(self._in_real_time, self._credentials.settled(seen.grants))))

    def since(self, mark: Mark) -> News:
        """Return what was finished since a mark, for somebody who watches."""
        if not self._closed and not self._site.engine.alive:
            self.engine_died()
        return self._recorder.since(mark)

    def fail(self, trouble: str) -> None:
        """Something of ours failed, so that nothing of this run can be judged."""
        self._recorder.fail(trouble)

    def engine_died(self) -> None:
        """The engine is gone, so nothing that this run sees can be trusted any more."""
        name = self._site.engine.name
        self._recorder.fail(_("The engine ({name}) died in the middle of the run.").format(name=name))

    @property
    def closed(self) -> bool:
        """Whether everything was taken down."""
        return self._closed

    async def close(self) -> None:
        """Take everything down; a second time does nothing."""
        if not self._closed:
            self._closed = True
            await self._site.close()

    @property
    def _gateway(self) -> Gateway:
        return self._site.gateway

    @property
    def _recorder(self) -> Recorder:
        return self._site.gateway.recorder

    @property
    def _credentials(self) -> Credentials:
        return self._site.credentials

    @property
    def _proxy(self) -> Proxy:
        return self._site.proxy

    def _active(self, fault: Fault, **known: object) -> Active:
        recorder = self._recorder
        return Active(fault=fault, started=recorder.clock.stamp(), before=recorder.by_the_first, **known)  # type: ignore[arg-type]

    def _rule_on(self, rule: TokenRule) -> Active:
        now = self._recorder.clock.now()
        return self._active(rule, terms=self._credentials.switch_on(rule, self._promises, now))

    async def _toxic_on(self, fault: Toxic) -> Active:
        specs = tuple(self._named(spec) for spec in fault.toxics())
        if specs and fault.pool == "fresh" and self._gateway.close_idle():
            await asyncio.sleep(SETTLE)
        active = self._active(fault)
        self._gateway.toxics += (fault.fault,)
        try:
            met = await self._put_on(specs)
        except (EngineError, InvalidToxicError) as error:
            self._recorder.fail(
                _("The engine could not put {fault} on: {error}").format(fault=fault.fault, error=error)
            )
            return replace(active, why=str(error))
        why = "" if met else _("Our own probe did not meet it.")
        return replace(active, met=met, why=why, down=not specs, toxics=tuple(spec.name for spec in specs))

    async def _put_on(self, specs: tuple[ToxicSpec, ...]) -> bool:
        """Put toxics on the proxy (none: switch it off) and tell whether a probe meets one of them."""
        proxy, probes = self._proxy, self._gateway.probes
        if not specs:
            await proxy.down()
            return await probe.is_refused(proxy.address, probes)
        for spec in specs:
            await proxy.add(spec)
        return any([await probe.meets(proxy.address, spec, probes) for spec in specs])

    async def _toxic_off(self, active: Active) -> None:
        try:
            if active.down:
                await self._proxy.up()
            for name in active.toxics:
                await self._proxy.remove(name)
        except EngineError as error:
            fault = active.fault.fault
            self._recorder.fail(
                _("The engine could not take {fault} off: {error}").format(fault=fault, error=error)
            )
        left = list(self._gateway.toxics)
        left.remove(active.fault.fault)
        self._gateway.toxics = tuple(left)

    async def _alteration_on(self, fault: Fault) -> Active:
        alterations = fault.alters() if isinstance(fault, Altering) else Alterations()
        resolver, entrance = self.resolver, self._gateway.entrance
        if alterations.tls and entrance.is_tls:
            self._gateway.close_idle()
            return self._active(fault, altered=entrance.alter(alterations), met=True)
        if alterations.nameless and resolver is not None:
            active = self._active(fault)
            met = await resolver.resolve(known=False)
            self._gateway.close_idle()
            return replace(active, met=met, why="" if met else _("The name was found all the same."))
        raise ValueError(
            _(
                "{fault} cannot be switched on here: the endpoint was given out without what it alters."
            ).format(fault=fault.fault)
        )

    async def _alteration_off(self, active: Active) -> tuple[int, bool, str]:
        """Take a fault of the endpoint off; tells how often it was met, whether it fired, and why not."""
        if active.altered is not None:
            self._gateway.entrance.restore(active.altered)
            for hanging in [one for one in self._gateway.connections if one.hangs is active.altered]:
                hanging.close()
            met = active.altered.touched
            return met, met > 0, _("No new connection met it.")
        resolver = self.resolver
        if resolver is None or not await resolver.resolve(known=True):
            self._recorder.fail(_("The CRM's name could not be given back to the caller's resolver."))
        asked = resolver.lookups if resolver is not None else None
        seen = sum(moment >= active.started for moment in asked or ())
        why = active.why or _("The caller's resolver was not asked.")
        return seen, active.met and (asked is None or seen > 0), why

    def _in_real_time(self, grant: Grant) -> Grant:
        at = grant.refused_from
        return grant if at is None else replace(grant, refused_from=self._recorder.clock.real(at))

    def _named(self, spec: ToxicSpec) -> ToxicSpec:
        # The same fault may be on twice, and names are unique on a proxy.
        self._toxics += 1
        return replace(spec, name=f"{spec.name}-{self._toxics}")
