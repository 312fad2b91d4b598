"""The catalogue of translations, and what our sources say."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from crm_contracts.model.language import LOCALE

SOURCES = LOCALE.parent
TEMPLATE = LOCALE / "crm_contracts.pot"
CHINESE = LOCALE / "zh_CN" / "LC_MESSAGES" / "crm_contracts.po"

_PLACEHOLDER = re.compile(r"\{[^{}]*\}|%\(\w+\)\w|%\w")


@cache
def said() -> frozenset[str]:
    """Every sentence of our sources, as `make messages` collects them."""
    found = extract_from_dir(
        SOURCES, method_map=[("**.py", "tools.messages:sentences")], options_map={}, keywords={"_": None}
    )
    return frozenset(str(message) for _file, _line, message, *_rest in found)


def read(path: Path) -> Catalog:
    """A catalogue from its file."""
    with path.open("rb") as source:
        return read_po(source, locale=None if path == TEMPLATE else "zh_CN")


def placeholders(sentence: str) -> list[str]:
    """What is filled in, in any order."""
    return sorted(_PLACEHOLDER.findall(sentence))


def pairs() -> Iterator[tuple[str, str]]:
    """Each sentence that has a translation, and it."""
    yield from (
        (str(message.id), str(message.string)) for message in read(CHINESE) if message.id and message.string
    )
