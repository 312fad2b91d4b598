"""The environment of a consumer's process: the machine's, then the endpoint, then what its file adds."""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from crm_contracts.consumers.intercept import led
from crm_contracts.model.consumer import Driver
from crm_contracts.model.endpoint import Endpoint, Tenant

_PLACEHOLDER = re.compile(r"\{(?:endpoint\.(?:tenants\[(\d+)\]\.)?(\w+)|(port)|(python))\}")
ENDPOINT_FIELDS = tuple(
    name for name in Endpoint.__dataclass_fields__ if name not in {"tenants", "intercepts"}
)
TENANT_FIELDS = tuple(Tenant.__dataclass_fields__)
TENANTS = 2
PLACEHOLDERS = (
    *(f"{{endpoint.{name}}}" for name in (*ENDPOINT_FIELDS, *TENANT_FIELDS)),
    "{endpoint.tenants[1].client_id}",
    "{port}",
    "{python}",
)


def unknown_placeholders(template: str) -> tuple[str, ...]:
    """The placeholders of a template that no endpoint can fill; other braces are the template's own.

    >>> unknown_placeholders("{endpoint.base_ulr}/v3 {x}")
    ('{endpoint.base_ulr}',)
    """
    written = re.findall(r"\{(?:endpoint\b[^{}]*|port|python)\}", template)
    return tuple(found for found in written if not _is_known(found))


def expand(template: str, endpoint: Endpoint | None, *, port: int | None = None) -> str:
    """Put the endpoint, the free port and our own interpreter (`{python}`) into a template.

    >>> expand("--port={port}", None, port=8080)
    '--port=8080'
    """

    def value(found: re.Match[str]) -> str:
        tenant, name, _port, python = found.groups()
        if python:
            return sys.executable
        if not name:
            return found[0] if port is None else str(port)
        return found[0] if endpoint is None else _attribute(endpoint, name, tenant)

    return _PLACEHOLDER.sub(value, template)


def environment(endpoint: Endpoint, extra: Mapping[str, str], *, port: int | None = None) -> dict[str, str]:
    """The whole environment of one run's process; what the consumer's file says wins."""
    ours = {} if port is None else {"PORT": str(port)}
    return {**os.environ, **ours, **endpoint.environment(), **filled(endpoint, extra, port=port)}


def program_environment(
    endpoint: Endpoint, extra: Mapping[str, str], *, port: int | None = None
) -> dict[str, str]:
    """The same for a program that is no part of ours, with what leads it to the lab where it has the CRM's host wired in."""
    own = filled(endpoint, extra, port=port)
    return {**environment(endpoint, extra, port=port), **led(endpoint, own)}


def handed_over(driver: Driver, endpoint: Endpoint) -> dict[str, str]:
    """What a consumer is given to find the lab by, as environment variables; a Python factory has it as attributes, too."""
    given = {**endpoint.environment(), **filled(endpoint, driver.env)}
    return {name: value for name, value in given.items() if value and "proxy" not in name.lower()}


def filled(endpoint: Endpoint, extra: Mapping[str, str], *, port: int | None = None) -> dict[str, str]:
    """A consumer's own variables with the endpoint put in."""
    return {name: expand(value, endpoint, port=port) for name, value in extra.items()}


def program(words: Sequence[str], *folders: Path | None) -> tuple[str, ...]:
    """A command whose program, where it has a path, is looked for in these folders and in the working folder."""
    first, *rest = words
    return (located(first, *folders) if "/" in first else first, *rest)


def located(name: str, *folders: Path | None) -> str:
    """The absolute path of a file; of several the working folder's, and where there is none that one too.

    Symbolic links stay: an interpreter finds its environment by the link's own place.
    """
    here = Path.cwd() / name
    places = (here, *(folder / name for folder in folders if folder is not None))
    return os.path.abspath(next((place for place in places if place.exists()), here))


def _is_known(placeholder: str) -> bool:
    found = _PLACEHOLDER.fullmatch(placeholder)
    if found is None:
        return False
    tenant, name, port, python = found.groups()
    if tenant is not None:
        return int(tenant) < TENANTS and name in TENANT_FIELDS
    return bool(port or python) or name in (*ENDPOINT_FIELDS, *TENANT_FIELDS)


def _attribute(endpoint: Endpoint, name: str, tenant: str | None) -> str:
    owner: Endpoint | Tenant = endpoint.tenants[int(tenant or 0)]
    if tenant is None and name in ENDPOINT_FIELDS:
        owner = endpoint
    return str(getattr(owner, name))
