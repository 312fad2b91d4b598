"""What leads a program to the lab that has the CRM's host wired in: a proxy, and for Node.js a file that is loaded first."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from crm_contracts.model.endpoint import Endpoint

PRELOAD = Path(__file__).with_name("preload.cjs")
_JOINED = ("JAVA_TOOL_OPTIONS", "NODE_OPTIONS")
"""Variables whose words add up."""


def led(endpoint: Endpoint, own: Mapping[str, str]) -> dict[str, str]:
    """The variables of one run's program; nothing where no host is intercepted.

    What the machine or the consumer's file (`own`) says in `JAVA_TOOL_OPTIONS` and `NODE_OPTIONS` stays; what it says of a
    proxy wins.
    """
    if not endpoint.proxy_url:
        return {}
    ours = {
        "HTTPS_PROXY": endpoint.proxy_url,
        "https_proxy": endpoint.proxy_url,
        "JAVA_TOOL_OPTIONS": " ".join(_java(endpoint)),
        "NODE_OPTIONS": f'--require "{PRELOAD}"' if " " in str(PRELOAD) else f"--require {PRELOAD}",
    }
    words = {name: (ours[name], os.environ.get(name, ""), own.get(name, "")) for name in _JOINED}
    joined = {name: " ".join(filter(None, dict.fromkeys(parts))) for name, parts in words.items()}
    return {**ours, **{name: value for name, value in own.items() if name in ours}, **joined}


def _java(endpoint: Endpoint) -> list[str]:
    proxy = urlsplit(endpoint.proxy_url)
    said = {
        "https.proxyHost": proxy.hostname,
        "https.proxyPort": proxy.port,
        "http.nonProxyHosts": "localhost|127.*|[::1]",
        "javax.net.ssl.trustStore": endpoint.truststore,
        "javax.net.ssl.trustStoreType": "PKCS12",
        "javax.net.ssl.trustStorePassword": "changeit",
    }
    return [shlex.quote(f"-D{name}={value}") for name, value in said.items()]
