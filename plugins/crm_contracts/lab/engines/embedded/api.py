"""The HTTP API of Toxiproxy over an embedded engine: its routes, statuses and bodies."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import unquote

from crm_contracts.lab.engines.embedded import body
from crm_contracts.lab.engines.embedded.body import Fields
from crm_contracts.lab.engines.embedded.engine import EmbeddedEngine
from crm_contracts.lab.engines.embedded.proxy import EmbeddedProxy, Installed, wanted_address
from crm_contracts.lab.engines.embedded.toxics import TOXICS, Toxic
from crm_contracts.lab.engines.engine import EngineError
from crm_contracts.lab.engines.validation import endangers_server
from crm_contracts.model.json import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back to a client of the API."""

    status: int = HTTPStatus.OK
    content_type: str = "application/json"
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A proxy that a client wants to have."""

    name: str
    listen: str
    upstream: str
    enabled: bool

    @classmethod
    def read(cls, entry: Fields) -> "_Wanted":
        return cls(
            name=entry.text("name"),
            listen=entry.text("listen"),
            upstream=entry.text("upstream"),
            enabled=entry.flag("enabled", default=True),
        )

    def require(self, where: str = "") -> None:
        for field in ("name", "upstream"):
            if not getattr(self, field):
                raise EngineError(f"missing required field: {field}{where}", status=400)


class Api:
    """Answers requests of any Toxiproxy client. Browsers are refused, as Toxiproxy refuses them."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        self._engine = engine
        proxy, toxic = "/proxies/([^/]+)", "/proxies/([^/]+)/toxics/([^/]+)"
        self._routes: tuple[tuple[re.Pattern[str], Mapping[str, _Handler]], ...] = (
            (re.compile("/version"), {"GET": self._version}),
            (re.compile("/metrics"), {"GET": self._metrics}),
            (re.compile("/reset"), {"POST": self._reset}),
            (re.compile("/populate"), {"POST": self._populate}),
            (re.compile("/proxies"), {"GET": self._list, "POST": self._create}),
            (
                re.compile(proxy),
                {"GET": self._show, "POST": self._change, "PATCH": self._change, "DELETE": self._delete},
            ),
            (re.compile(f"{proxy}/toxics"), {"GET": self._toxics, "POST": self._add_toxic}),
            (
                re.compile(toxic),
                {
                    "GET": self._show_toxic,
                    "POST": self._change_toxic,
                    "PATCH": self._change_toxic,
                    "DELETE": self._remove_toxic,
                },
            ),
        )

    async def answer(self, method: str, path: str, *, user_agent: str, sent: bytes) -> Answer:
        """Carry out one request."""
        for pattern, handlers in self._routes:
            if found := pattern.fullmatch(path):
                if method not in handlers:
                    return Answer(status=405)
                if user_agent.startswith("Mozilla/"):
                    return _plain(403, "User agent not allowed")
                return await _guarded(handlers[method](sent, *map(unquote, found.groups())))
        return _plain(404, "404 page not found")

    async def _version(self, _sent: bytes) -> Answer:
        return Answer(
            content_type="application/json;charset=utf-8",
            text=f'{{"version": "{self._engine.version}"}}\n',
        )

    async def _metrics(self, _sent: bytes) -> Answer:
        proxies = self._engine.proxies.values()
        lines = (
            "# TYPE toxiproxy_proxies gauge",
            f"toxiproxy_proxies {len(proxies)}",
            "# TYPE toxiproxy_connections gauge",
            *(f'toxiproxy_connections{{proxy="{proxy.name}"}} {len(proxy.connections)}' for proxy in proxies),
        )
        return Answer(content_type="text/plain; version=0.0.4; charset=utf-8", text="\n".join(lines) + "\n")

    async def _reset(self, _sent: bytes) -> Answer:
        for proxy in tuple(self._engine.proxies.values()):
            await proxy.up()
            for name in tuple(proxy.toxics):
                proxy.uninstall(name)
        return Answer(status=204)

    async def _populate(self, sent: bytes) -> Answer:
        made: list[EmbeddedProxy] = []
        try:
            every = [_Wanted.read(entry) for entry in body.many(sent)]
            for number, wanted in enumerate(every, 1):
                wanted.require(f" at proxy {number}")
            for wanted in every:
                made.append(await self._create_or_replace(wanted))  # noqa: PERF401 - those before a failure are told
        except EngineError as error:
            status = error.status or 500
            return _json(
                {"error": str(error), "status": status, "proxies": _told(made) or None}, status=status
            )
        return _json({"proxies": _told(made) or None}, status=201)

    async def _create_or_replace(self, wanted: _Wanted) -> EmbeddedProxy:
        if existing := self._engine.proxies.get(wanted.name):
            if (existing.listen, existing.upstream) == (wanted.listen, wanted.upstream):
                return existing
            await existing.close()
        return await self._make(wanted)

    async def _list(self, _sent: bytes) -> Answer:
        return _json({name: _proxy_json(proxy) for name, proxy in sorted(self._engine.proxies.items())})

    async def _create(self, sent: bytes) -> Answer:
        wanted = _Wanted.read(body.one(sent))
        wanted.require()
        return _json(_proxy_json(await self._make(wanted)), status=201)

    async def _make(self, wanted: _Wanted) -> EmbeddedProxy:
        return await self._engine.create(
            wanted.name, listen=wanted.listen, upstream=wanted.upstream, enabled=wanted.enabled
        )

    async def _show(self, _sent: bytes, name: str) -> Answer:
        return _json(_proxy_json(self._engine.find(name)))

    async def _change(self, sent: bytes, name: str) -> Answer:
        proxy = self._engine.find(name)
        entry = body.one(sent)
        listen, upstream = entry.text("listen", proxy.listen), entry.text("upstream", proxy.upstream)
        enabled = entry.flag("enabled", default=proxy.enabled)
        try:
            wanted_address(listen)
        except ValueError as error:
            raise EngineError(str(error), status=500) from None
        if (listen, upstream) != (proxy.listen, proxy.upstream):
            await proxy.down()
            proxy.listen, proxy.upstream = listen, upstream
        await (proxy.up() if enabled else proxy.down())
        return _json(_proxy_json(proxy))

    async def _delete(self, _sent: bytes, name: str) -> Answer:
        await self._engine.find(name).close()
        return Answer(status=204)

    async def _toxics(self, _sent: bytes, name: str) -> Answer:
        return _json(_toxics_json(self._engine.find(name)))

    async def _add_toxic(self, sent: bytes, name: str) -> Answer:
        proxy = self._engine.find(name)
        new = _read_toxic(body.one(sent), taken=proxy.toxics)
        proxy.install(new)
        return _json(new.as_json())

    async def _show_toxic(self, _sent: bytes, name: str, toxic: str) -> Answer:
        return _json(self._engine.find(name).find(toxic).as_json())

    async def _change_toxic(self, sent: bytes, name: str, toxic: str) -> Answer:
        proxy = self._engine.find(name)
        old = proxy.find(toxic)
        entry = body.one(sent)
        changed = replace(
            old,
            toxicity=entry.number("toxicity", old.toxicity),
            toxic=_with_attributes(old.toxic, entry.group("attributes")),
        )
        proxy.reinstall(changed)
        return _json(changed.as_json())

    async def _remove_toxic(self, _sent: bytes, name: str, toxic: str) -> Answer:
        self._engine.find(name).uninstall(toxic)
        return Answer(status=204)


_Handler = Callable[..., Awaitable[Answer]]


async def _guarded(handling: Awaitable[Answer]) -> Answer:
    try:
        return await handling
    except EngineError as error:
        status = error.status or 500
        return _plain(status, _compact({"error": str(error), "status": status}))


def _read_toxic(entry: Fields, *, taken: Mapping[str, Installed]) -> Installed:
    kind, stream = entry.text("type"), entry.text("stream", "downstream")
    toxicity = entry.number("toxicity", 1.0)
    if stream.lower() not in {"upstream", "downstream"}:
        raise EngineError("stream was invalid, can be either upstream or downstream", status=400)
    if kind not in TOXICS:
        raise EngineError("invalid toxic type", status=400)
    name = entry.text("name") or f"{kind}_{stream}"
    if name in taken:
        raise EngineError("toxic already exists", status=409)
    toxic = _with_attributes(TOXICS[kind](), entry.group("attributes"))
    return Installed(name=name, stream=stream, toxicity=toxicity, toxic=toxic)


def _with_attributes(toxic: Toxic, given: Fields) -> Toxic:
    values = {name: given.whole(name, value) for name, value in toxic.attributes().items()}
    if danger := endangers_server(toxic.type, values):
        raise EngineError(f"bad request body: {danger} would crash or hang a Toxiproxy server", status=400)
    return type(toxic)(**values)


def _proxy_json(proxy: EmbeddedProxy) -> JSON:
    return {
        "name": proxy.name,
        "listen": proxy.listen,
        "upstream": proxy.upstream,
        "enabled": proxy.enabled,
        "Logger": {},
        "toxics": _toxics_json(proxy),
    }


def _toxics_json(proxy: EmbeddedProxy) -> JSON:
    in_order = sorted(proxy.toxics.values(), key=lambda toxic: toxic.direction == "downstream")
    return [toxic.as_json() for toxic in in_order]


def _told(proxies: list[EmbeddedProxy]) -> list[JSON]:
    return [_proxy_json(proxy) for proxy in proxies]


def _compact(value: JSON) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _json(value: JSON, *, status: int = 200) -> Answer:
    return Answer(status=status, text=_compact(value))


def _plain(status: int, text: str) -> Answer:
    # Go's http.Error turns whatever it is given into plain text with a newline, JSON too.
    return Answer(status=status, content_type="text/plain; charset=utf-8", text=text + "\n")
