"""HTTP as people write it in an editor, and the bytes that a client would make of it."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crm_contracts.diagnosis.given import Given
from crm_contracts.model.language import _

_NEXT = re.compile(rb"^###.*$", re.MULTILINE)
_WRITTEN = re.compile(
    r"(?:(?P<method>[A-Za-z]+)[ \t]+)?(?P<target>\S+)(?:[ \t]+(?P<version>HTTP/\S+))?[ \t]*"
)


@dataclass(slots=True, kw_only=True)
class Draft:
    """A request that is being put together: its parts as text, and what was supposed."""

    method: str
    target: str
    version: str = "HTTP/1.1"
    lines: list[bytes] = field(default_factory=list)
    body: bytes = b""
    notes: list[str] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether it has a header."""
        wanted = name.lower().encode() + b":"
        return any(line.lower().startswith(wanted) for line in self.lines)

    def raw(self) -> bytes:
        """Its bytes."""
        first = f"{self.method} {self.target} {self.version}".encode()
        return b"\r\n".join((first, *self.lines, b"", self.body))


def given(data: bytes) -> Given:
    r"""Return what a client would send of a request that somebody wrote; its first one, where there are several.

    >>> given(b"POST http://crm/a\nContent-Type: application/json\n\n{}\n").raw.split(b"\r\n")[0]
    b'POST /a HTTP/1.1'
    """
    notes = [_("lines end with LF, as editors save them: sent as CR LF")] if b"\n" in data.strip() else []
    first, *others = _NEXT.split(data)
    if any(one.strip() for one in others):
        notes.append(_("it has several requests: the first one is read"))
    head, _blank, body = first.partition(b"\n\n")
    line, *lines = head.rstrip(b"\n").split(b"\n")
    draft = _draft(line.decode("utf-8", "surrogateescape"), [one.rstrip(b"\r") for one in lines])
    draft.body = _body(draft, body)
    complete(draft)
    return Given(kind="written", raw=draft.raw(), notes=(*notes, *draft.notes))


def complete(draft: Draft) -> None:
    """Add what every client adds: the Host and the length of the body."""
    if draft.target.startswith(("http://", "https://")):
        place = urlsplit(draft.target)
        draft.target = (place.path or "/") + (f"?{place.query}" if place.query else "")
        if not draft.has("host"):
            draft.lines.insert(0, b"Host: " + place.netloc.rpartition("@")[2].encode())
    elif not draft.has("host") and draft.version != "HTTP/1.0":
        draft.lines.insert(0, b"Host: crm.invalid")
        draft.notes.append(_("no Host is written: clients add it"))
    if draft.body and not draft.has("content-length") and not draft.has("transfer-encoding"):
        draft.lines.append(b"Content-Length: %d" % len(draft.body))
        draft.notes.append(_("no Content-Length is written: clients add it"))


def _draft(line: str, lines: list[bytes]) -> Draft:
    found = _WRITTEN.fullmatch(line)
    if found is None:
        # Something is wrong with this line, and the strict reader tells what.
        method, _blank, rest = line.partition(" ")
        target, _blank, version = rest.rpartition(" ")
        return Draft(method=method, target=target, version=version, lines=lines)
    notes = [] if found["version"] else [_("no HTTP/1.1 is written: clients add it")]
    return Draft(
        method=found["method"] or "GET",
        target=found["target"],
        version=found["version"] or "HTTP/1.1",
        lines=lines,
        notes=notes,
    )


def _body(draft: Draft, body: bytes) -> bytes:
    """The body without the newline that editors put at the end of a file, unless its length counts that, too."""
    bare = body.rstrip(b"\r\n")
    said = next((line for line in draft.lines if line.lower().startswith(b"content-length:")), b"")
    length = said.partition(b":")[2].strip()
    if length.isdigit() and len(bare) < int(length) <= len(body):
        return body[: int(length)]
    return bare
