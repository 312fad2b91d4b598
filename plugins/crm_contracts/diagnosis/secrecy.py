"""The secrets of a request at hand: found by the names under which they travel, and hidden in all that is told."""

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from crm_contracts.diagnosis.reading import Reading
from crm_contracts.lab.secrets import Secrets
from crm_contracts.model.secret_names import is_secret

_FIELD = re.compile(rb'"(?P<name>(?:[^"\\]|\\.){1,80})"\s*:\s*"(?P<value>(?:[^"\\]|\\.)*)"')


def hide(secrets: Secrets, reading: Reading, *names: str) -> None:
    """Give each secret of a request its name; `names` are headers, parameters or fields in which the contract puts one.

    >>> secrets = Secrets()
    >>> hide(secrets, Reading(headers=(("authorization", "Bearer pJx82hQmZrT5wK1c"),)))
    >>> secrets.redact_text("pJx82hQmZrT5wK1c")
    'token#1*********'
    """
    known = frozenset(name.lower() for name in names)
    for name, value in _told(reading):
        if name.lower() in known or is_secret(name):
            for secret in _secrets_in(value):
                secrets.name(secret, "token")


def _told(reading: Reading) -> Iterator[tuple[str, str]]:
    yield from reading.headers or reading.lines
    yield from parse_qsl(reading.target.partition("?")[2])
    if reading.named.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        yield from parse_qsl(reading.body.decode("utf-8", "replace"))
    # Broken JSON has secrets, too: fields are looked for in its text.
    for found in _FIELD.finditer(reading.body):
        yield found["name"].decode("utf-8", "replace"), _plain(found["value"])


def _plain(value: bytes) -> str:
    try:
        return str(json.loads(b'"' + value + b'"'))
    except ValueError:
        return value.decode("utf-8", "replace")


def _secrets_in(value: str) -> Iterator[str]:
    """A header's credential is its last word; of a cookie header, each value."""
    for part in value.split(";"):
        name, equals, rest = part.strip().partition("=")
        if equals and rest.strip("= ") and " " not in name:
            yield rest
        else:
            yield part.strip().rpartition(" ")[2]
