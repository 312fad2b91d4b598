"""Addresses as Toxiproxy writes them: host:port, with brackets around an IPv6 host."""

from typing import TypeAlias

Address: TypeAlias = tuple[str, int]


def text(address: Address) -> str:
    """Write an address.

    >>> text(("::1", 8474))
    '[::1]:8474'
    """
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def parse(written: str) -> Address:
    """Read an address; raises ValueError, worded as Go does, where there is no usable port.

    >>> parse("[::1]:8474")
    ('::1', 8474)
    """
    host, colon, port = written.rpartition(":")
    if not colon or (host.startswith("[") and not host.endswith("]")):
        raise ValueError(f"address {written}: missing port in address")
    if not (port.isascii() and port.isdigit() and int(port) <= 65535):
        raise ValueError(f"address {written}: unknown port")
    if ":" in host and not host.startswith("["):
        raise ValueError(f"address {written}: too many colons in address")
    return host.removeprefix("[").removesuffix("]"), int(port)
