"""A curl command, and the request that curl would send; nothing is sent, and no file is read but the ones that it names."""

import base64
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_plus

from crm_contracts.diagnosis.given import Given, Unreadable
from crm_contracts.diagnosis.written import Draft, complete
from crm_contracts.model.language import _

_FORM = b"Content-Type: application/x-www-form-urlencoded"
_LONG = {
    "-X": "--request",
    "-H": "--header",
    "-d": "--data",
    "-u": "--user",
    "-b": "--cookie",
    "-A": "--user-agent",
    "-e": "--referer",
    "-G": "--get",
    "-I": "--head",
    "-0": "--http1.0",
    "-F": "--form",
    "-T": "--upload-file",
}
_DATA = frozenset({"--data", "--data-raw", "--data-binary", "--data-ascii", "--data-urlencode", "--json"})
_TAKEN = _DATA | {"--request", "--header", "--user", "--cookie", "--user-agent", "--referer", "--url"}
_REFUSED = frozenset({"--form", "--form-string", "--upload-file"})
# Options with a value that change nothing of what is sent.
_OTHERS = frozenset(
    {
        *(
            "--output",
            "--max-time",
            "--connect-timeout",
            "--cacert",
            "--cert",
            "--key",
            "--proxy",
            "--resolve",
        ),
        *(
            "--retry",
            "--write-out",
            "--dump-header",
            "--cookie-jar",
            "--interface",
            "--retry-delay",
            "--config",
        ),
        *("-o", "-m", "-x", "-w", "-D", "-c", "-E", "-K", "--ciphers", "--max-redirs", "--limit-rate"),
    }
)
_SHORT_WITH_VALUE = frozenset(option for option in (*_LONG, *_OTHERS) if len(option) == 2) - {
    "-G",
    "-I",
    "-0",
}


@dataclass(slots=True)
class _Said:
    """What the words of the command say."""

    url: str = ""
    method: str = ""
    headers: list[str] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    user: str = ""


def given(data: bytes) -> Given:
    r"""Return the request that a curl command would send.

    Raises Unreadable where its quotes do not close, it has no URL, or it sends what cannot be foretold (a multipart form).

    >>> given(b"curl http://crm/a -d '{\"a\": 1,}' -H 'Content-Type: application/json'").raw.split(b"\r\n")[
    ...     -1
    ... ]
    b'{"a": 1,}'
    """
    said = _said(_words(data))
    if not said.url:
        raise Unreadable(_("The curl command has no URL."))
    return Given(kind="curl", raw=_raw(said), notes=(_("a curl command: as curl would send it"),))


def _words(data: bytes) -> list[str]:
    text = data.decode("utf-8", "surrogateescape").strip().removeprefix("$").strip()
    text = text.replace("\\\r\n", " ").replace("\\\n", " ").replace("^\r\n", " ").replace("^\n", " ")
    try:
        return [_unescaped(word) for word in shlex.split(_ansi(text))][1:]
    except ValueError as error:
        raise Unreadable(_("The curl command cannot be read: {why}.").format(why=error)) from None


def _ansi(text: str) -> str:
    """Browsers copy bodies as $'...': such a word is marked, and its escapes are undone after the words are told apart."""
    parts = text.split("$'")
    return parts[0] + "".join("'" + _MARK + part.replace("\\'", _QUOTE) for part in parts[1:])


_MARK, _QUOTE = "\ue000", "\ue001"


def _unescaped(word: str) -> str:
    if not word.startswith(_MARK):
        return word.replace(_QUOTE, "\\'")
    plain = word.removeprefix(_MARK).replace(_QUOTE, "'")
    for escaped, char in (("\\n", "\n"), ("\\r", "\r"), ("\\t", "\t"), ('\\"', '"')):
        plain = plain.replace(escaped, char)
    return plain.replace("\\\\", "\\")


def _said(words: list[str]) -> _Said:
    said = _Said()
    for option, value in _options(words):
        if option in _REFUSED:
            raise Unreadable(
                _("{option} cannot be foretold here; capture what is sent.").format(option=option)
            )
        if option in _DATA:
            said.parts.append(_data(option, value))
            said.flags.add(option)
        else:
            _take(said, option, value)
    return said


def _take(said: _Said, option: str, value: str) -> None:
    names = {"--cookie": "Cookie", "--user-agent": "User-Agent", "--referer": "Referer"}
    if option in {"", "--url"}:
        said.url = said.url or value
    elif option == "--request":
        said.method = value
    elif option == "--header":
        said.headers.append(value)
    elif option == "--user":
        said.user = value
    elif option in names:
        said.headers.append(f"{names[option]}: {value}")
    else:
        said.flags.add(option)


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    """Each option with its value; the URL has none before it."""
    queue = iter(words)
    for word in queue:
        name, equals, value = word.partition("=") if word.startswith("--") else ("", "", "")
        if equals and name in _TAKEN | _OTHERS:
            yield name, value
        elif not word.startswith("-") or word == "-":
            yield "", word
        elif word.startswith("--"):
            yield word, next(queue, "") if word in _TAKEN | _OTHERS | _REFUSED else ""
        else:
            yield from _short(word, queue)


def _short(word: str, queue: Iterator[str]) -> Iterator[tuple[str, str]]:
    """`-sSX POST`, `-XPOST`: letters that take no value may stand before one that does."""
    for place, letter in enumerate(word[1:], 1):
        option = f"-{letter}"
        if option in _SHORT_WITH_VALUE:
            yield _LONG.get(option, option), word[place + 1 :] or next(queue, "")
            return
        yield _LONG.get(option, option), ""


def _data(option: str, value: str) -> bytes:
    if option == "--data-urlencode":
        name, equals, text = value.partition("=")
        return f"{name}={quote_plus(text)}".encode() if equals else quote_plus(value).encode()
    if not value.startswith("@") or option == "--data-raw":
        return value.encode("utf-8", "surrogateescape")
    try:
        content = Path(value[1:]).read_bytes()
    except OSError as error:
        sentence = _("{file}, which the curl command sends, cannot be read: {why}.")
        raise Unreadable(sentence.format(file=value[1:], why=error.strerror)) from None
    # curl: --data and --data-ascii lose the newlines of a file.
    return content if option in {"--data-binary", "--json"} else content.translate(None, b"\r\n\0")


def _raw(said: _Said) -> bytes:
    body = (b"" if "--json" in said.flags else b"&").join(said.parts)
    url = said.url if "://" in said.url else f"http://{said.url}"
    if "--get" in said.flags and body:
        url += ("&" if "?" in url else "?") + body.decode("utf-8", "replace")
        body = b""
    posts = bool(said.parts) and "--get" not in said.flags
    method = said.method or ("HEAD" if "--head" in said.flags else "POST" if posts else "GET")
    version = "HTTP/1.0" if "--http1.0" in said.flags else "HTTP/1.1"
    draft = Draft(method=method, target=url, version=version, body=body)
    draft.lines = list(_headers(said, posts=posts))
    complete(draft)
    return draft.raw()


def _headers(said: _Said, *, posts: bool) -> Iterator[bytes]:
    own = {line.partition(":")[0].strip().lower() for line in said.headers}
    if said.user and "authorization" not in own:
        yield b"Authorization: Basic " + base64.b64encode(said.user.encode())
    json = "--json" in said.flags
    usual = {"User-Agent": "curl", "Accept": "application/json" if json else "*/*"}
    yield from (f"{name}: {value}".encode() for name, value in usual.items() if name.lower() not in own)
    for line in said.headers:
        name, colon, value = line.partition(":")
        # curl: "Name:" takes a header away, "Name;" sends an empty one.
        if colon and value.strip():
            yield f"{name}: {value.strip()}".encode("utf-8", "surrogateescape")
        elif line.endswith(";"):
            yield line[:-1].encode() + b":"
    if posts and "content-type" not in own:
        yield b"Content-Type: application/json" if json else _FORM
