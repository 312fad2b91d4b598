"""What a caller under test is given so that it talks to the lab and to nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

TENANTS = ("north", "south")
"""The customers of every lab's CRM. The same ids stand for other records at the second one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """One customer of the CRM with credentials of its own."""

    name: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The addresses and credentials of one run; `base_url` ends with the path of the document's first server.

    `spare_url` is a second way to the same CRM, with that path too, for callers that promise `failover_within`; else it is
    empty. `intercepts` are hosts that stand for the CRM's, and `proxy_url` leads a program there. Over HTTPS `ca_file` is the certificate of the lab's own authority (PEM), and `truststore` the same for the JVM (PKCS12,
    password `changeit`); otherwise both are empty.
    """

    base_url: str
    token_url: str
    tenants: tuple[Tenant, ...]
    alert_url: str = ""
    spare_url: str = ""
    proxy_url: str = ""
    intercepts: tuple[str, ...] = ()
    ca_file: str = ""
    truststore: str = ""

    @property
    def host_name(self) -> str:
        """The name by which the caller finds the CRM; empty where it is given an address in numbers."""
        host = urlsplit(self.base_url).hostname or ""
        return "" if host in _NUMBERS or ":" in host or host.replace(".", "").isdigit() else host

    @property
    def port(self) -> int:
        """The port at which the CRM is; 0 where the address has none."""
        return urlsplit(self.base_url).port or 0

    @property
    def client_id(self) -> str:
        """The first tenant's, as all credentials below."""
        return self.tenants[0].client_id

    @property
    def client_secret(self) -> str:
        """What proves the client id."""
        return self.tenants[0].client_secret

    @property
    def refresh_token(self) -> str:
        """A refresh token that was granted already."""
        return self.tenants[0].refresh_token

    @property
    def access_token(self) -> str:
        """An access token that was granted already, or the static token or key."""
        return self.tenants[0].access_token

    @property
    def username(self) -> str:
        """For grants and log-ins by password."""
        return self.tenants[0].username

    @property
    def password(self) -> str:
        """What proves the user name."""
        return self.tenants[0].password

    def environment(self) -> Mapping[str, str]:
        """The endpoint as environment variables, with proxies of the machine switched off for loopback.

        The empty `*_PROXY` values clear what the machine has set.
        """
        me = self.tenants[0]
        named = {
            "CRM_BASE_URL": self.base_url,
            "CRM_TOKEN_URL": self.token_url,
            "CRM_CLIENT_ID": me.client_id,
            "CRM_CLIENT_SECRET": me.client_secret,
            "CRM_REFRESH_TOKEN": me.refresh_token,
            "CRM_ACCESS_TOKEN": me.access_token,
            "CRM_USERNAME": me.username,
            "CRM_PASSWORD": me.password,
            "CRM_SPARE_URL": self.spare_url,
            "CRM_ALERT_URL": self.alert_url,
        }
        led = {"CRM_INTERCEPT": ",".join(self.intercepts), "CRM_PROXY_URL": self.proxy_url}
        return {**named, **(led if self.intercepts else {}), **self._trust(), **_NO_PROXY}

    def attributes(self) -> dict[str, object]:
        """The endpoint as plain data, as it crosses into a Python caller's process."""
        me = self.tenants[0]
        return {
            "base_url": self.base_url,
            "token_url": self.token_url,
            "alert_url": self.alert_url,
            "spare_url": self.spare_url,
            "proxy_url": self.proxy_url,
            "intercepts": list(self.intercepts),
            "ca_file": self.ca_file,
            "truststore": self.truststore,
            **_fields(me),
            "tenants": [_fields(tenant) for tenant in self.tenants],
        }

    def _trust(self) -> Mapping[str, str]:
        if not self.ca_file:
            return {}
        names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
        stores = {"CRM_TRUSTSTORE": self.truststore} if self.truststore else {}
        return {**dict.fromkeys(names, self.ca_file), **stores}


_NUMBERS = frozenset({"", "localhost"})
_LOOPBACK = "127.0.0.1,localhost,::1"
_NO_PROXY = {
    **{
        name: ""
        for proxy in ("http", "https", "all")
        for name in (f"{proxy}_proxy", f"{proxy}_proxy".upper())
    },
    "NO_PROXY": _LOOPBACK,
    "no_proxy": _LOOPBACK,
}


def _fields(tenant: Tenant) -> dict[str, object]:
    names = ("client_id", "client_secret", "refresh_token", "access_token", "username", "password")
    return {"name": tenant.name, **{name: getattr(tenant, name) for name in names}}
