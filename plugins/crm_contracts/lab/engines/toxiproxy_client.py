"""The only module that knows toxiproxy-python.

The library keeps its server's address in class attributes, so a process can use one server; it has no HTTP timeouts and
no PATCH, obeys proxy variables of the environment, lets 403 and 500 pass, and lists all proxies before it creates one.
Here it works on one server an object, with its own code: its two modules are loaded a second time, privately, with our
`Consumer` in the place of its `APIConsumer`. Programs that use the library beside us never notice.
"""

import importlib.util
import json
import re
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any, Protocol, cast

import requests
from toxiproxy.api import APIConsumer

from crm_contracts.lab.engines import address
from crm_contracts.lab.engines.address import Address
from crm_contracts.lab.engines.engine import EngineError, EngineGoneError, EngineTimeoutError
from crm_contracts.lab.engines.toxic import ToxicSpec
from crm_contracts.model.language import _

ANSWER_WITHIN = 1.0


class RemoteProxy(Protocol):
    """A proxy as toxiproxy-python knows it."""

    name: str
    listen: str
    upstream: str
    enabled: bool

    def add_toxic(self, **settings: object) -> None: ...

    def destroy_toxic(self, toxic_name: str) -> bool: ...

    def toxics(self) -> Mapping[str, object]: ...

    def destroy(self) -> bool: ...

    def enable(self) -> None: ...

    def disable(self) -> None: ...


class Consumer(APIConsumer):  # type: ignore[misc] # the library has no types
    """The library's way to a server: to one server of our choice, bounded in time, with every error told."""

    def __init__(self, server: Address, *, within: float = ANSWER_WITHIN) -> None:
        self.host, self.port = server
        self._base = f"http://{address.text(server)}"
        self._within = within
        self._session = requests.Session()
        # Neither http_proxy nor ~/.netrc has a say in how we reach a server on our own machine.
        self._session.trust_env = False
        # Each call has its own connection: a kept one that the server is just closing would look like its death.
        self._session.headers["Connection"] = "close"

    def get(self, url: str, params: Mapping[str, str] | None = None, **options: Any) -> requests.Response:
        return self._send("GET", url, params=params, **options)

    def post(self, url: str, data: object = None, json: object = None, **options: Any) -> requests.Response:
        return self._send("POST", url, data=data, json=json, **options)

    def patch(self, url: str, json: object = None, **options: Any) -> requests.Response:
        return self._send("PATCH", url, json=json, **options)

    def delete(self, url: str, **options: Any) -> requests.Response:
        return self._send("DELETE", url, **options)

    def _send(self, method: str, url: str, **options: Any) -> requests.Response:
        try:
            answer = self._session.request(method, self._base + url, timeout=self._within, **options)
        except requests.Timeout:
            raise EngineTimeoutError(
                _("Toxiproxy at {url} did not answer {method} {path} within {seconds} s.").format(
                    url=self._base, method=method, path=url, seconds=self._within
                )
            ) from None
        except requests.RequestException as error:
            raise EngineGoneError(
                _("Toxiproxy at {url} cannot be reached: {error}").format(url=self._base, error=error)
            ) from None
        if answer.status_code >= 400:
            raise EngineError(_words(answer), status=answer.status_code)
        return answer


class Client:
    """One Toxiproxy server, driven through toxiproxy-python. Its methods block: they belong into a thread.

    Every call ends within `within` seconds (default 1). Raises EngineError with the server's own words and status;
    EngineTimeoutError where it did not answer; EngineGoneError where nobody listens.
    """

    def __init__(self, server: Address, *, within: float = ANSWER_WITHIN) -> None:
        self.address = server
        self._consumer = Consumer(server, within=within)
        self._library = _library(self._consumer)

    def version(self) -> str:
        """What the server calls itself; before 2.7 its answer was no JSON."""
        answer = self._consumer.get("/version")
        told = re.search(r"version\W+([\w.+-]+)", answer.text)
        if told is None:
            raise _stranger(answer)
        return told[1]

    def proxies(self) -> Mapping[str, RemoteProxy]:
        """Every proxy of the server; hangs, until the time limit, while any toxic on it is stuck."""
        return cast("Mapping[str, RemoteProxy]", self._library.Toxiproxy().proxies())

    def create(self, name: str, *, upstream: str, listen: str, enabled: bool = True) -> RemoteProxy:
        """Make a proxy. The library's own `create` lists all proxies first, and one stuck toxic hangs that list."""
        settings = {"name": name, "upstream": upstream, "listen": listen, "enabled": enabled}
        return self._remote(_json(self._consumer.post("/proxies", json=settings)))

    def find(self, name: str) -> RemoteProxy:
        """A proxy of the server by name; raises EngineError (404)."""
        return self._remote(_json(self._consumer.get(f"/proxies/{name}")))

    def add_toxic(self, proxy: RemoteProxy, toxic: ToxicSpec) -> None:
        proxy.add_toxic(
            name=toxic.name,
            type=toxic.type,
            stream=toxic.stream,
            toxicity=toxic.toxicity,
            attributes=dict(toxic.attributes),
        )

    def add_toxics(self, proxy: RemoteProxy, toxics: Iterable[ToxicSpec]) -> None:
        for toxic in toxics:
            self.add_toxic(proxy, toxic)

    def update_toxic(self, proxy: RemoteProxy, toxic: ToxicSpec) -> None:
        """Change toxicity and attributes, for which the library has no method."""
        changes = {"toxicity": toxic.toxicity, "attributes": dict(toxic.attributes)}
        self._consumer.patch(f"/proxies/{proxy.name}/toxics/{toxic.name}", json=changes)

    def _remote(self, told: object) -> RemoteProxy:
        return cast("RemoteProxy", self._library.Proxy(**cast("dict[str, object]", told)))


def _library(consumer: Consumer) -> ModuleType:
    proxy, server = _private_copy("toxiproxy.proxy"), _private_copy("toxiproxy.server")
    proxy.APIConsumer = server.APIConsumer = consumer  # type: ignore[attr-defined]
    server.Proxy = proxy.Proxy  # type: ignore[attr-defined]
    return server


def _private_copy(name: str) -> ModuleType:
    found = importlib.util.find_spec(name)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def _json(answer: requests.Response) -> object:
    try:
        return answer.json()
    except ValueError:
        raise _stranger(answer) from None


def _stranger(answer: requests.Response) -> EngineError:
    return EngineError(
        _("What answers at {url} is no Toxiproxy: {text!r}").format(url=answer.url, text=answer.text[:80])
    )


def _words(answer: requests.Response) -> str:
    # Errors are JSON, but sent as text/plain; 403 and 404 of unknown paths are plain words.
    try:
        return str(json.loads(answer.text)["error"])
    except (ValueError, KeyError, TypeError):
        return answer.text.strip() or f"HTTP {answer.status_code}"
