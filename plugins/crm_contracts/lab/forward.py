"""A real CRM behind the gateway: requests are passed on to it, its secrets are named, its answers are recorded."""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from httptools import HttpResponseParser

from crm_contracts.lab.credentials.presented import basic_of, fields_of, presented
from crm_contracts.lab.secrets import Secrets
from crm_contracts.lab.wire import Incoming
from crm_contracts.model.contract import AuthPolicy
from crm_contracts.model.exchange import Answer, Credential, Grant, Request
from crm_contracts.model.language import _

PATIENCE = 60.0
"""Seconds that the real CRM may take for one answer."""

# RFC 9110 7.6.1, and what must be ours: the host, and an answer whose bytes can be read.
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "expect",
    }
)
_OURS = _HOP_BY_HOP | {"host", "content-length", "accept-encoding", "http2-settings"}
_SECRET_FIELDS = ("client_secret", "refresh_token", "password", "token")


class Forward:
    """Passes requests on to `url`; where that has a path, it stands in the place of the contract's base path.

    Credentials are the real CRM's business: here they only get names.
    """

    def __init__(self, url: str, base_path: str, policy: AuthPolicy, secrets: Secrets) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._tls = parts.scheme == "https"
        self._port = parts.port or (443 if self._tls else 80)
        self._authority = parts.netloc.rpartition("@")[2]
        self._path = parts.path.rstrip("/")
        self._base_path = base_path.rstrip("/")
        self._policy = policy
        self._secrets = secrets

    def identify(self, request: Request, *, tokens: bool) -> Credential | None:
        """Give what a request presents a name."""
        if tokens:
            self._name_fields(request)
            return None
        text = presented(self._policy, request)
        return None if text is None else Credential(name=self._secrets.name(text, "token"), state="valid")

    async def send(self, incoming: Incoming) -> Answer:
        """Return the real CRM's answer; raises OSError or TimeoutError where there is none."""
        async with asyncio.timeout(PATIENCE):
            context = ssl.create_default_context() if self._tls else None
            reader, writer = await asyncio.open_connection(self._host, self._port, ssl=context)
            try:
                writer.write(self._request(incoming))
                return await _answer(reader, incoming.method)
            finally:
                writer.close()

    def grant(self, request: Request, answer: Answer) -> Grant:
        """Return what the journal keeps of a real token endpoint's answer; its tokens get names."""
        told = _object(answer.body)
        token, refresh, says = (
            _at(told, self._policy.token_at),
            told.get("refresh_token"),
            told.get("expires_in"),
        )
        fields = fields_of(request)
        used = fields.get("refresh_token")
        return Grant(
            token=self._secrets.name(token, "token") if isinstance(token, str) else None,
            grant_type=fields.get("grant_type", ""),
            requested=request.at or time.monotonic(),
            delivered=None,
            succeeded=isinstance(token, str),
            status=answer.status,
            says=says if isinstance(says, int) else None,
            refresh=self._secrets.name(refresh, "refresh_token") if isinstance(refresh, str) else None,
            used_refresh=self._secrets.name(used, "refresh_token") if used else None,
        )

    def target(self, target: str) -> str:
        """Return where a target lies at the real CRM.

        >>> forward = Forward("https://crm.example/api", "/crm/v3", AuthPolicy(), Secrets())
        >>> forward.target("/crm/v3/orders?limit=1")
        '/api/orders?limit=1'
        """
        if self._path and target.startswith(self._base_path):
            return self._path + target[len(self._base_path) :]
        return target

    def _request(self, incoming: Incoming) -> bytes:
        lines = [f"{incoming.method} {self.target(incoming.target)} HTTP/1.1", f"host: {self._authority}"]
        lines += [f"{name}: {value}" for name, value in incoming.headers if name not in _OURS]
        lines += ["connection: close", "accept-encoding: identity"]
        if incoming.body or incoming.method not in {"GET", "HEAD", "DELETE", "OPTIONS"}:
            lines.append(f"content-length: {len(incoming.body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + incoming.body

    def _name_fields(self, request: Request) -> None:
        fields = fields_of(request)
        found = {name: fields[name] for name in _SECRET_FIELDS if fields.get(name)}
        if basic := basic_of(request):
            found["client_secret"] = basic[1]
        for kind, secret in found.items():
            self._secrets.name(secret, kind)


class _Received:
    def __init__(self) -> None:
        self.headers: list[tuple[str, str]] = []
        self.body = bytearray()
        self.headed = False
        self.whole = False
        self.reason = ""

    def on_status(self, reason: bytes) -> None:
        self.reason += reason.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        self.headed = True

    def on_body(self, data: bytes) -> None:
        self.body += data

    def on_message_complete(self) -> None:
        self.whole = True


async def _answer(reader: asyncio.StreamReader, method: str) -> Answer:
    received = _Received()
    parser = HttpResponseParser(received)
    headless = method == "HEAD"
    async for data in _pieces(reader):
        parser.feed_data(data)
        if received.whole or (headless and received.headed):
            break
    status = parser.get_status_code()
    if not status:
        raise ConnectionError(_("the real CRM closed the connection without an answer"))
    headers = tuple((name, value) for name, value in received.headers if name not in _HOP_BY_HOP)
    return Answer(status=status, headers=headers, body=bytes(received.body), reason=received.reason)


async def _pieces(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while data := await reader.read(64 * 1024):
        yield data


def _at(value: object, path: str) -> object:
    for step in path.removeprefix("$").strip(".").split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _object(body: bytes) -> dict[str, object]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
