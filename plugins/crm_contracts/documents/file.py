"""From a path or bytes to a `Document`: size, encoding and kind are looked at before anything is parsed."""

import codecs
import os
import stat
from pathlib import Path

from crm_contracts.documents.document import Document
from crm_contracts.documents.limits import SIZE
from crm_contracts.documents.source import Source
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import Position, Problem, Problems

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)


def read(path: Path, *, shown: str | None = None) -> Document:
    """Read a YAML file, or a JSON file by its suffix; `shown` is its name for users (default: relative to here).

    At most 8 MB of UTF-8, 100 levels deep, without aliases and duplicate keys. Raises Problems with everything found.
    """
    file = shown or _relative(path)
    return parse(_bytes(path, file), file=file, json=path.suffix.lower() == ".json")


def parse(text: bytes, *, file: str, json: bool = False) -> Document:
    """Read a document from its bytes; raises Problems.

    >>> parse(b"ready: no", file="a.yaml").value
    {'ready': 'no'}
    """
    if len(text) > SIZE:
        raise Problems([_too_large(file, len(text))])
    source = Source(file=file, text=_decoded(text, file), json=json)
    return Document(value=_value(source), source=source)


def _value(source: Source) -> JSON:
    if source.json:
        from crm_contracts.documents.json_text import read_json

        return read_json(source)
    from crm_contracts.documents.yaml_text import read_yaml

    return read_yaml(source)


def _relative(path: Path) -> str:
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def _bytes(path: Path, file: str) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Problems([_whole(file, _("This is no file."))])
        if status.st_size > SIZE:
            raise Problems([_too_large(file, status.st_size)])
        return path.read_bytes()
    except OSError as failed:
        reason = os.strerror(failed.errno) if failed.errno else str(failed)
        raise Problems(
            [_whole(file, _("The file cannot be read: {reason}.").format(reason=reason))]
        ) from None


def _decoded(data: bytes, file: str) -> str:
    if data.startswith(_UTF16):
        raise Problems([_whole(file, _("The file is not UTF-8."), remedy=_("Save it as UTF-8."))])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        raise Problems([_undecodable(data, file, broken.start)]) from None
    if "\0" in text:
        raise Problems([_binary(file, text.index("\0"))])
    return text


def _undecodable(data: bytes, file: str, offset: int) -> Problem:
    if b"\0" in data:
        return _binary(file, offset)
    before = Source(file=file, text=data[:offset].decode("utf-8-sig", "replace"))
    message = _("Byte {byte} at offset {offset} is not UTF-8.").format(
        byte=f"0x{data[offset]:02x}", offset=offset
    )
    return before.problem(before.at(len(before.text)), message, remedy=_("Save the file as UTF-8."))


def _binary(file: str, offset: int) -> Problem:
    return _whole(file, _("This is a binary file (offset {offset}), not text.").format(offset=offset))


def _too_large(file: str, size: int) -> Problem:
    megabytes = _("The file has {size:.1f} MB; at most {most} MB are read.")
    return _whole(file, megabytes.format(size=size / 2**20, most=SIZE // 2**20))


def _whole(file: str, message: str, *, remedy: str = "") -> Problem:
    return Problem(position=Position(file=file), message=message, remedy=remedy)
