"""Which provider is to be asked, as the command line and the ini file say; a wrong word is a usage error (exit 4)."""

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import pytest

from crm_contracts.model.language import _

OPTION = "--crm-provider"
MARKER = "crm_provider"
KIND = "provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A CRM or sandbox at a URL; `contract` is the name that was said before it, `hosts` may be sent requests and secrets."""

    url: str
    contract: str = ""
    hosts: frozenset[str] = frozenset()

    def words(self) -> list[str]:
        """The options that name it again."""
        from crm_contracts.live.server import is_loopback

        named = f"{self.contract}={self.url}" if self.contract else self.url
        allowed = (("--crm-allow-host", host) for host in sorted(self.hosts) if not is_loopback(host))
        return [OPTION, named, *(word for pair in allowed for word in pair)]


def provider_of(config: pytest.Config) -> Provider | None:
    """The provider that is to be asked; None: nobody is.

    What the ini file names is asked only where items of it are named: a plain run sends nothing to anybody.
    """
    said: str | None = config.getoption("crm_provider")
    if not said and not _names_provider(config):
        return None
    said = said or str(config.getini("crm_provider") or "")
    if not said:
        return None
    allowed: list[str] = config.getoption("crm_allow_host") or []
    contract, equals, url = said.partition("=")
    if not equals or "/" in contract or ":" in contract:
        contract, url = "", said
    place = _place(url)
    host = place.hostname or ""
    _allow(host, allowed)
    return Provider(url=url, contract=contract, hosts=frozenset({host, *allowed}))


def _names_provider(config: pytest.Config) -> bool:
    markers: str = config.getoption("markexpr", "") or ""
    return MARKER in markers or any(word.endswith(f"::{KIND}") for word in config.args)


def _place(url: str) -> SplitResult:
    try:
        place = urlsplit(url)
        sound = place.scheme in {"http", "https"} and bool(place.hostname) and (place.port or 1) > 0
    except ValueError:
        place, sound = urlsplit(""), False
    if not sound or not url.isascii() or any(char.isspace() for char in url):
        raise pytest.UsageError(_("{option}: write a URL: http://host:port/path").format(option=OPTION))
    if "@" in place.netloc or place.query or place.fragment:
        sentence = _("{option}: credentials belong into the environment, and a query has no place here.")
        raise pytest.UsageError(sentence.format(option=OPTION))
    return place


def _allow(host: str, allowed: list[str]) -> None:
    from crm_contracts.live.server import is_loopback

    if is_loopback(host) or host in {one.lower() for one in allowed}:
        return
    sentence = _(
        "{option}: {host} is not this machine. Requests are really sent there, writes and broken ones among them. If that "
        "is a sandbox which may take them, name it a second time: --crm-allow-host {host}"
    )
    raise pytest.UsageError(sentence.format(option=OPTION, host=host))
