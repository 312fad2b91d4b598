"""What a provider did with a request, as people read it: the raw request with a caret, the reply, the way to send it again."""

import os
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus

from crm_contracts.live.credentials import Held
from crm_contracts.live.line import KEY
from crm_contracts.live.provocation import Provocation
from crm_contracts.live.trial import Blame, Broken, Tried, did, names
from crm_contracts.model.contract import Contract, Operation
from crm_contracts.model.language import _
from crm_contracts.model.verdict import Layer, Side
from crm_contracts.reports.columns import cut, padded, width, wrapped
from crm_contracts.reports.evidence import visible
from crm_contracts.reports.words import layer_name, side_name

COLUMNS = 80
_WIDE = 72
_MOST_LINES = 16
"""Lines of a head that are shown."""
_SECRETS = ("CRM_CLIENT_SECRET", "CRM_PASSWORD", "CRM_ACCESS_TOKEN", "CRM_REFRESH_TOKEN")
HIDDEN = "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrecy:
    """The secrets of an item, which are shown nowhere.

    >>> Secrecy(values=("s3cret-token",)).hide("Bearer s3cret-token")
    'Bearer ***'
    """

    values: tuple[str, ...] = ()

    @classmethod
    def of(cls, held: Held, environ: Mapping[str, str] = os.environ) -> "Secrecy":
        """What is held, and what the environment has."""
        carried = (_secret(name, value) for name, value in held.headers.items())
        queried = (form for value in held.query.values() for form in (value, quote_plus(value)))
        found = {*carried, *queried, *(environ.get(name, "") for name in _SECRETS)}
        return cls(values=tuple(sorted((one for one in found if one), key=len, reverse=True)))

    def hide(self, text: str) -> str:
        """The text without secrets."""
        for value in self.values:
            text = text.replace(value, HIDDEN)
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialText:
    """Tells what came of one operation; `replay` does the item again."""

    contract: Contract
    operation: Operation
    origin: str
    secrecy: Secrecy
    replay: str

    def failed(self, tried: Tried) -> str:
        """The first request that it broke on, in full, and the names of the others."""
        first = tried.broken[0]
        layer = Layer.HTTP if first.sent.framing else Layer.REQUEST
        parts = [
            wrapped(self._headline(tried), COLUMNS),
            [
                *self._who(),
                *_labelled(_("look here first"), side_name(Side.CRM)),
                *_labelled(_("layer"), layer_name(layer)),
            ],
            [_("what was sent:"), *(f"  {line}".rstrip() for line in self._sent(first.sent))],
            [_("what came back (twice):"), *(f"  {line}" for line in self._reply(first))],
            list(_others(tried)),
            [_("what usually mends it:"), *wrapped(_remedy(first), COLUMNS, indent="  ")],
            list(self._curl(first.sent)),
            [_("Replay exactly this run:"), f"  {self.replay}"],
        ]
        return self._told(parts)

    def unknown(self, tried: Tried) -> str:
        """Why nothing can be said."""
        sentence = _("provider: {operation} is unknown: {why}").format(
            operation=self.operation.id, why=tried.unknown[0]
        )
        rest = [line for text in tried.unknown[1:6] for line in wrapped(f"- {text}", COLUMNS)]
        parts = [
            wrapped(sentence, COLUMNS),
            rest,
            list(self._who()),
            [_("Replay exactly this run:"), f"  {self.replay}"],
        ]
        return self._told(parts)

    def _told(self, parts: list[list[str]]) -> str:
        return visible(self.secrecy.hide("\n\n".join("\n".join(part) for part in parts if part)))

    def _headline(self, tried: Tried) -> str:
        first, count = tried.broken[0], len(tried.broken) - 1
        what = f"{first.sent.what}: {first.sent.name}" if first.sent.kind == "mutation" else first.sent.what
        request = (
            _("a malformed request ({what})").format(what=what) if first.sent.what else _("a sound request")
        )
        more = _(" (and {count} more)").format(count=count) if count else ""
        sentence = _("provider: {operation}: {did} to {request}{more}")
        return sentence.format(operation=self.operation.id, did=did(first.reply), request=request, more=more)

    def _who(self) -> Iterator[str]:
        contact = self.contract.contact
        name = f"{self.contract.name}: {self.operation}"
        yield from _labelled(_("operation"), name)
        if contact:
            yield from _labelled(_("contact"), contact)

    def _sent(self, one: Provocation) -> Iterator[str]:
        """The head and the body as they went out, a caret under the byte that was broken."""
        head, end, body = one.data.partition(b"\r\n\r\n")
        place = 0
        for line in head.split(b"\r\n")[:_MOST_LINES]:
            yield cut(self.secrecy.hide(_letters(line)), _WIDE)
            if one.at is not None and one.at == place:
                yield _("^ byte {offset} of the head").format(offset=place)
            place += len(line) + 2
        yield ""
        at = None if one.at is None or one.at < len(head) else one.at - len(head) - len(end)
        yield from _bytes(body, at)

    def _reply(self, one: Broken) -> Iterator[str]:
        reply = one.reply
        words = f"{reply.status} {reply.reason} {reply.content_type}" if reply.status else did(reply)
        yield cut(_letters(words.encode("utf-8", "replace")).strip(), _WIDE)
        lines = [line for line in reply.body.splitlines() if line.strip()]
        yield from (cut(self.secrecy.hide(_letters(line)), _WIDE) for line in lines[:3])

    def _curl(self, one: Provocation) -> Iterator[str]:
        """The command that sends the same; where curl would mend the framing, there is none."""
        if one.plain is None or b"\0" in one.plain.body:
            return
        method, target = one.data.split(b" ", 2)[:2]
        words = [
            "curl",
            "-i",
            "-X",
            method.decode(),
            _word(f"{self.origin}{target.decode('latin-1')}".encode()),
        ]
        for name, value in one.plain.headers:
            if value.startswith("Basic ") and self.secrecy.hide(value) != value:
                words += ["-u", '"$CRM_USERNAME:$CRM_PASSWORD"']
            elif name.lower() != "host":
                words += ["-H", self._header(name, value)]
        yield _("Send it by hand:")
        yield f"  {' '.join((*words, '--data-raw', _word(one.plain.body)))}"

    def _header(self, name: str, value: str) -> str:
        shown = self.secrecy.hide(value)
        if value == KEY:
            return f'"{name}: $(uuidgen)"'
        if shown != value:
            # The user's own shell knows the secret.
            return f'"{name}: {shown.replace(HIDDEN, "$CRM_ACCESS_TOKEN")}"'
        return shlex.quote(f"{name}: {value}")


def _secret(name: str, value: str) -> str:
    """What of a header is nobody's business: not the scheme, nor a cookie's name."""
    return value.partition("=")[2] if name.lower() == "cookie" else value.rpartition(" ")[2]


def _others(tried: Tried) -> Iterator[str]:
    rest = [name for name in names(tried.broken) if name != tried.broken[0].sent.name]
    if rest:
        yield _("and with {count} others:").format(count=len(rest))
        yield from wrapped(", ".join(rest), COLUMNS, indent="  ")
    for why in tried.unknown[:3]:
        yield from wrapped(_("unknown: {text}").format(text=why), COLUMNS)


def _remedy(one: Broken) -> str:
    if one.blame is Blame.TOOK:
        return _("Read requests with a strict parser (RFC 8259) and refuse what is no JSON with 400.")
    if one.sent.kind == "valid":
        return _("The contract allows this request: take it, or refuse it with a declared 4xx.")
    return _(
        "Catch what the parser raises and answer 400 with the place of the error, so that a caller sees at once that "
        "its request is what is wrong."
    )


def _bytes(body: bytes, at: int | None) -> Iterator[str]:
    if not body:
        yield _("(no byte)")
        return
    offset = 0 if at is None else at
    start = max(0, offset - _WIDE // 2) if offset > _WIDE - 14 else 0
    stop = start + _WIDE - 6
    start += next((n for n, byte in enumerate(body[start : start + 4]) if byte & 0xC0 != 0x80), 0)
    before = ("..." if start else "") + _letters(body[start:offset])
    yield f"{before}{_letters(body[offset:stop])}{'...' if stop < len(body) else ''}"
    if at is not None:
        yield " " * width(before) + _("^ byte {offset}").format(offset=offset)


def _letters(data: bytes) -> str:
    text = data.decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _word(data: bytes) -> str:
    r"""Bytes as one word of a shell.

    >>> print(_word(b'{"a": 1,}'), _word(b"\xff'"))
    '{"a": 1,}' $'\xff\''
    """
    text = data.decode("utf-8", "surrogateescape")
    if text.isprintable() and text.isascii():
        return shlex.quote(text)
    return "$'" + "".join(_escaped(byte) for byte in data) + "'"


def _escaped(byte: int) -> str:
    if byte in b"\\'":
        return f"\\{chr(byte)}"
    return chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}"


def _labelled(label: str, text: str) -> Iterator[str]:
    head = padded(f"{label}:", max(18, width(label) + 2))
    first, *others = wrapped(text, COLUMNS - width(head)) or [""]
    yield f"{head}{first}"
    yield from (f"{' ' * width(head)}{line}" for line in others)
