"""A HAR file (HTTP Archive 1.2), as browsers and proxies save it, or one entry of it."""

import json
from typing import Any
from urllib.parse import urlencode

from crm_contracts.diagnosis.given import Given, Unreadable
from crm_contracts.diagnosis.written import Draft, complete
from crm_contracts.model.language import _


def given(data: bytes, entry: int | None) -> Given | None:
    r"""Return the request of a HAR's entry (from 1), or None where this is no HAR; raises Unreadable for an entry that is not there.

    >>> given(b'{"request": {"method": "GET", "url": "http://crm/a", "headers": []}}', None).raw
    b'GET /a HTTP/1.1\r\nHost: crm\r\n\r\n'
    """
    entries = _entries(data)
    if entries is None:
        return None
    if not entries:
        raise Unreadable(_("The HAR file has no entries."))
    if entry is not None and not 1 <= entry <= len(entries):
        sentence = _("The HAR file has {count} entries; there is no entry {entry}.")
        raise Unreadable(sentence.format(count=len(entries), entry=entry))
    chosen = entries[(entry or 1) - 1]
    draft = _draft(chosen)
    complete(draft)
    notes = [_("a HAR entry: line ends and the order of headers are supposed")]
    if len(entries) > 1 and entry is None:
        notes.append(_("the first of {count} entries (--entry N chooses)").format(count=len(entries)))
    return Given(kind="har", raw=draft.raw(), notes=(*notes, *draft.notes))


def _entries(data: bytes) -> list[dict[str, Any]] | None:
    if data.lstrip()[:1] != b"{" and not data.startswith(b"\xef\xbb\xbf{"):
        return None
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict) and isinstance(value.get("log"), dict):
        found = value["log"].get("entries")
        return [one for one in found if _is_entry(one)] if isinstance(found, list) else []
    return [value] if _is_entry(value) else None


def _is_entry(value: object) -> bool:
    request = value.get("request") if isinstance(value, dict) else None
    return isinstance(request, dict) and {"method", "url"} <= request.keys()


def _draft(entry: dict[str, Any]) -> Draft:
    request = entry["request"]
    headers = [one for one in _dicts(request.get("headers")) if not _text(one, "name").startswith(":")]
    lines = [
        f"{_text(one, 'name')}: {_text(one, 'value')}".encode("utf-8", "surrogateescape") for one in headers
    ]
    post = request.get("postData")
    body = _body(post) if isinstance(post, dict) else b""
    return Draft(method=str(request["method"]), target=str(request["url"]), lines=lines, body=body)


def _body(post: dict[str, Any]) -> bytes:
    if isinstance(text := post.get("text"), str):
        return text.encode("utf-8", "surrogatepass")
    pairs = [(_text(one, "name"), _text(one, "value")) for one in _dicts(post.get("params"))]
    return urlencode(pairs).encode()


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: dict[str, Any], key: str) -> str:
    return str(value.get(key, ""))
