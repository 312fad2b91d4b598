"""What a request presents to prove who it is, wherever the contract says that it travels."""

import base64
import binascii
import json
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, unquote_plus

from crm_contracts.model.contract import AuthPolicy
from crm_contracts.model.exchange import Request


def presented(policy: AuthPolicy, request: Request) -> str | None:
    """Return the credential's text without its scheme, or None where the request carries none.

    For Basic authentication it is `user:password`. What stands in the right place without the right scheme is returned
    whole: it is a credential, though not a good one.
    """
    text = _text(policy, request)
    if not text:
        return None
    if policy.where != "header" or not policy.scheme:
        return text
    scheme, _, rest = text.partition(" ")
    if scheme.lower() != policy.scheme.lower():
        return text
    rest = rest.strip()
    return (_decoded(rest) or rest or None) if scheme.lower() == "basic" else rest or None


def fields_of(request: Request) -> dict[str, str]:
    """Return the fields of a form or of a flat JSON body, as text; a body that is neither has none.

    The content type is not asked: a CRM that is sent a form as JSON reads what it gets.
    """
    body = request.body.strip()
    if body.startswith(b"{"):
        return _json_fields(body)
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def basic_of(request: Request) -> tuple[str, str] | None:
    """Return the name and password of a Basic `Authorization` header, percent-decoded as RFC 6749 2.3.1 wants it."""
    scheme, _, rest = (request.header("authorization") or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    name, _, password = (_decoded(rest.strip()) or "").partition(":")
    return unquote_plus(name), unquote_plus(password)


def _text(policy: AuthPolicy, request: Request) -> str | None:
    if policy.where == "header":
        return request.header(policy.name)
    if policy.where == "query":
        return request.parameter(policy.name)
    if policy.where == "cookie":
        return _cookie(request.header("cookie") or "", policy.name)
    return fields_of(request).get(policy.name)


def _cookie(header: str, name: str) -> str | None:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return None
    return found.value if found else None


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return None


def _json_fields(body: bytes) -> dict[str, str]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    return {key: item for key, item in value.items() if isinstance(item, str)}
