"""The way to a real CRM: GET, and the one POST that gets a token. Nothing else is sent here; what `line` sends is asked for by name.

Redirects are followed on the same origin alone, so that a credential never reaches a host that nobody named.
"""

import urllib.error
import urllib.request
from collections.abc import Mapping
from email.message import Message
from http.client import HTTPException
from ipaddress import ip_address
from typing import IO
from urllib.parse import urlencode, urljoin, urlsplit

from crm_contracts.model.exchange import Answer
from crm_contracts.model.language import _

PATIENCE = 10.0
"""Seconds that a CRM may take for one answer."""
MOST = 4 * 1024 * 1024
"""Bytes of one answer that are read."""


class Unreachable(Exception):  # noqa: N818 - a fact, told to the user as one
    """The CRM did not answer; the text says why, without addresses and secrets."""


class Server:
    """A CRM at a URL that the user named; where that has a path, it stands in the place of the contract's base path.

    >>> Server("http://127.0.0.1:8080/api", "/crm").url("/orders")
    'http://127.0.0.1:8080/api/orders'
    """

    def __init__(self, url: str, base_path: str) -> None:
        place = urlsplit(url)
        self.origin = f"{place.scheme}://{place.netloc}"
        self.host = place.hostname or ""
        self.base_path = place.path.rstrip("/") or base_path.rstrip("/")
        handlers: list[urllib.request.BaseHandler] = [_SameOrigin()]
        if is_loopback(self.host):
            handlers.append(urllib.request.ProxyHandler({}))
        self._opener = urllib.request.build_opener(*handlers)

    def url(self, path: str, base_path: str | None = None) -> str:
        """The address of a path below the base path."""
        return f"{self.origin}{self.base_path if base_path is None else base_path}{path}"

    def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Ask; raises Unreachable."""
        return self._send(urllib.request.Request(url, headers=dict(headers), method="GET"))

    def token(self, url: str, form: Mapping[str, str], *, json: bool = False) -> Answer:
        """Ask for a token; raises Unreachable."""
        import json as text

        body = text.dumps(dict(form)) if json else urlencode(form)
        kind = "application/json" if json else "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, "Accept": "application/json"}
        return self._send(urllib.request.Request(url, data=body.encode(), headers=headers, method="POST"))

    def _send(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=PATIENCE) as response:
                return _answer(response.status, response.headers, response.read(MOST))
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error.headers, error.read(MOST))
        except urllib.error.URLError as error:
            raise Unreachable(_reason(error.reason)) from None
        except (OSError, HTTPException, ValueError) as error:
            raise Unreachable(_reason(error)) from None


class _SameOrigin(urllib.request.HTTPRedirectHandler):
    """Follows redirects on the same origin; any other is the answer itself."""

    def redirect_request(  # noqa: PLR0917 - the library's signature
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> urllib.request.Request | None:
        old, new = urlsplit(req.full_url), urlsplit(urljoin(req.full_url, newurl))
        if (old.scheme, old.netloc) != (new.scheme, new.netloc) or req.get_method() != "GET":
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def is_loopback(host: str) -> bool:
    """Whether a host is this machine.

    >>> is_loopback("localhost"), is_loopback("::1"), is_loopback("crm.example")
    (True, True, False)
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _answer(status: int, headers: Message, body: bytes) -> Answer:
    return Answer(status=status, headers=tuple((k.lower(), str(v)) for k, v in headers.items()), body=body)


def _reason(error: object) -> str:
    if isinstance(error, TimeoutError):
        return _("no answer within {seconds:g} s").format(seconds=PATIENCE)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__ if isinstance(error, Exception) else str(error)
