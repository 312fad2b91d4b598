"""Deletes what a dead run left on a Toxiproxy; stdlib only, for the guard that outlives the lab."""

import json
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

# Loopback is never reached through a proxy of the environment.
_OPENER = build_opener(ProxyHandler({}))


def sweep(url: str, prefix: str, *, within: float = 1.0) -> int:
    """Delete every proxy whose name begins with the prefix; tell how many. A server that does not answer is left alone.

    Each request may take `within` seconds. Other proxies are not touched.
    """
    try:
        listing = json.loads(_request("GET", f"{url}/proxies", within))
        return sum(
            _delete(f"{url}/proxies/{quote(name, safe='~')}", within)
            for name in listing
            if name.startswith(prefix)
        )
    except (OSError, ValueError):
        return 0


def _delete(url: str, within: float) -> bool:
    try:
        _request("DELETE", url, within)
    except URLError:
        return False
    return True


def _request(method: str, url: str, within: float) -> bytes:
    # Toxiproxy refuses the user agents of browsers only.
    request = Request(url, method=method, headers={"User-Agent": "crm-contracts"})
    with _OPENER.open(request, timeout=within) as answer:
        body: bytes = answer.read()
        return body
