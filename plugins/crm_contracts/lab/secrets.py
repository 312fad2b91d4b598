"""Every secret of a run, and the name that stands for it in all that is recorded."""

import base64
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

NEEDLE = 8
"""So many first bytes of a secret are looked for; a run's own secrets share them, so one search finds them all."""
SHORTEST = 6
"""A shorter text (bytes) cannot be told from ordinary words: it gets a name but is not hidden."""

Lengths = tuple[int, ...]

_ORDINARY = frozenset(
    {"bearer", "password", "secret", "undefined", "client_secret", "access_token", "refresh_token"}
)


class Secrets:
    """The secrets of one run and their run-keyed names (`token#3`); kinds are numbered from 1 in order of appearance.

    Each secret is recognised as it stands, percent-encoded, escaped in JSON, and inside base64 (Basic authentication).
    The source of the rule is DESIGN.md, "Secrets": at capture a secret becomes a name of the same byte length.

    >>> secrets = Secrets()
    >>> secrets.name("pJx82hQmZrT5wK1c", "token")
    'token#1'
    >>> secrets.redact(b"Authorization: Bearer pJx82hQmZrT5wK1c")
    b'Authorization: Bearer token#1*********'
    >>> secrets.find(b"nothing to see")
    ()
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()
        self._forms: dict[bytes, str] = {}
        self._lengths: dict[bytes, Lengths] = {}

    def name(self, secret: str, kind: str) -> str:
        """Return the secret's name; one that is met for the first time gets the next number of its kind."""
        if known := self._names.get(secret):
            return known
        self._numbers[kind] += 1
        name = self._names[secret] = f"{kind}#{self._numbers[kind]}"
        for form in _forms(secret):
            self._watch(form, name)
        return name

    def redact(self, data: bytes) -> bytes:
        """Return the bytes with each secret replaced by its name, padded with `*` or cut to the same length."""
        hidden: bytearray | None = None
        for needle, lengths in self._lengths.items():
            start = data.find(needle)
            if start >= 0:
                hidden = hidden or bytearray(data)
                self._hide(hidden, data, needle, lengths, start)
        return data if hidden is None else bytes(hidden)

    def redact_text(self, text: str) -> str:
        """Return the text with each secret replaced by its name."""
        return self.redact(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def find(self, data: bytes | str) -> tuple[str, ...]:
        """Return the names of the secrets that occur, each once, in order of place."""
        raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        found = (self._occurrences(raw, needle, lengths) for needle, lengths in self._lengths.items())
        places = sorted((start, name) for occurrences in found for start, _, name in occurrences)
        return tuple(dict.fromkeys(name for _, name in places))

    def _watch(self, form: bytes, name: str) -> None:
        self._forms.setdefault(form, name)
        needle = form[:NEEDLE]
        lengths = {*self._lengths.get(needle, ()), len(form)}
        self._lengths[needle] = tuple(sorted(lengths, reverse=True))

    def _hide(self, hidden: bytearray, data: bytes, needle: bytes, lengths: Lengths, start: int) -> None:
        for place, end, name in self._occurrences(data, needle, lengths, start):
            hidden[place:end] = name.encode()[: end - place].ljust(end - place, b"*")

    def _occurrences(
        self, data: bytes, needle: bytes, lengths: Lengths, start: int = 0
    ) -> Iterator[tuple[int, int, str]]:
        start = data.find(needle, start)
        while start >= 0:
            end, name = self._longest(data, start, lengths)
            if name:
                yield start, end, name
            start = data.find(needle, end)

    def _longest(self, data: bytes, start: int, lengths: Lengths) -> tuple[int, str]:
        for length in lengths:
            if name := self._forms.get(data[start : start + length]):
                return start + length, name
        return start + 1, ""


def _forms(secret: str) -> Iterable[bytes]:
    raw = secret.encode("utf-8", "surrogatepass")
    if len(raw) < SHORTEST or secret.lower() in _ORDINARY:
        return ()
    quoted = [quote(raw, safe=""), quote(raw), quote_plus(raw)]
    escaped = json.dumps(secret)[1:-1]
    texts = [*quoted, *(_lower_escapes(text) for text in quoted), escaped, escaped.replace("/", "\\/")]
    return dict.fromkeys([raw, *(text.encode() for text in texts), *_inside_base64(raw)])


def _lower_escapes(text: str) -> str:
    head, *rest = text.split("%")
    return head + "".join(f"%{part[:2].lower()}{part[2:]}" for part in rest)


def _inside_base64(raw: bytes) -> Iterator[bytes]:
    # What stands before the secret shifts it by 0, 1 or 2 bytes; only characters made of the secret alone are looked for.
    for shift, skipped in ((0, 0), (1, 2), (2, 3)):
        last = (shift + len(raw)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            core = encode(b"\0" * shift + raw)[skipped:last]
            if len(core) >= NEEDLE:
                yield core
