"""The door through which other programs reach an embedded engine: HTTP/1.1 on a port of its own."""

import asyncio
from http import HTTPStatus
from typing import Self
from urllib.parse import urlsplit

import httptools

from crm_contracts.lab.engines.address import Address
from crm_contracts.lab.engines.embedded.api import Answer, Api
from crm_contracts.lab.engines.embedded.engine import EmbeddedEngine


class ApiServer:
    """Serves the HTTP API of an embedded engine, so that any Toxiproxy client can drive it.

    ```python
    async with ApiServer(EmbeddedEngine()) as server:
        print("toxiproxy-cli --host http://%s:%s list" % server.address)
    ```
    """

    def __init__(self, engine: EmbeddedEngine, listen: Address = ("127.0.0.1", 0)) -> None:
        self.address = listen
        self._api = Api(engine)
        self._clients: set[_Client] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.get_running_loop().create_server(self._accept, *self.address)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.address = (host, port)
        return self

    async def __aexit__(self, *_exception: object) -> None:
        if self._server:
            self._server.close()
        for client in tuple(self._clients):
            client.abort()

    def _accept(self) -> asyncio.Protocol:
        return _Client(self._api, self._clients)


class _Client(asyncio.Protocol):
    """One client's connection; its requests are answered one after the other."""

    def __init__(self, api: Api, clients: set["_Client"]) -> None:
        self._api = api
        self._clients = clients
        self._parser = httptools.HttpRequestParser(self)
        self._requests: asyncio.Queue[tuple[str, str, str, bytes, bool]] = asyncio.Queue()
        self._fresh()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._clients.add(self)
        self._answering = asyncio.get_running_loop().create_task(self._answer_all())

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._clients.discard(self)
        self._answering.cancel()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._write(Answer(status=400, content_type="text/plain; charset=utf-8", text="400 Bad Request"))
            self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

    # What the parser tells.

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"user-agent":
            self._user_agent = value.decode("latin-1")

    def on_body(self, part: bytes) -> None:
        self._sent += part

    def on_message_complete(self) -> None:
        method = self._parser.get_method().decode("ascii")
        path = urlsplit(self._target.decode("latin-1")).path
        stays = self._parser.should_keep_alive()
        self._requests.put_nowait((method, path, self._user_agent, self._sent, stays))
        self._fresh()

    # What it answers.

    async def _answer_all(self) -> None:
        stays = True
        while stays:
            method, path, user_agent, sent, stays = await self._requests.get()
            self._write(await self._api.answer(method, path, user_agent=user_agent, sent=sent))
        self._transport.close()

    def _write(self, answer: Answer) -> None:
        payload = answer.text.encode()
        kind = f"Content-Type: {answer.content_type}\r\n" if payload else ""
        length = "" if answer.status == 204 else f"Content-Length: {len(payload)}\r\n"
        head = f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n{kind}{length}\r\n"
        self._transport.write(head.encode("latin-1") + payload)

    def _fresh(self) -> None:
        self._target = b""
        self._user_agent = ""
        self._sent = b""
