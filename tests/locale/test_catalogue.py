"""Every sentence has its translation, and the compiled catalogue is the written one."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from babel.messages.mofile import write_mo

from crm_contracts.catalogue import Entry, check_entries, fault_entries
from crm_contracts.model.language import choose_language
from tests.locale.catalogue import CHINESE, TEMPLATE, pairs, placeholders, read, said

NEXT_STEP = "run `make messages`, then translate what is empty in crm_contracts.po, and run it again"
WORDS_OF_EVERYBODY = frozenset({"Python", "Retry-After", "pact", "passed", "xfailed", "xpassed"})
"""Names, and words that stand in verdicts.json."""
_CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def chinese() -> Iterator[None]:
    """Chinese for one test."""
    choose_language("zh_CN")
    yield
    choose_language("en")


def test_every_sentence_has_a_translation():
    """No sentence of ours is English on a Chinese terminal."""
    translated = {message.id for message in read(CHINESE) if message.id and message.string}
    assert not sorted(said() - translated), NEXT_STEP


def test_the_files_hold_what_the_sources_say():
    """Neither template nor catalogue keeps a sentence that nobody says any more, or a guess."""
    for path in (TEMPLATE, CHINESE):
        catalogue = read(path)
        assert {message.id for message in catalogue if message.id} == said(), NEXT_STEP
        assert not catalogue.obsolete
        assert not [message.id for message in catalogue if message.id and message.fuzzy]


def test_every_placeholder_is_kept():
    """With its conversion; the order is the language's own."""
    assert not [english for english, ours in pairs() if placeholders(english) != placeholders(ours)]


def test_translations_are_in_chinese():
    """None is a copy of the English, unless it is made of names, words of verdicts.json and marks alone."""
    copies = [english for english, ours in pairs() if english == ours and english not in WORDS_OF_EVERYBODY]
    assert not [text for text in copies if not re.fullmatch(r"(\{\w+\}|passed|failed|unknown|\W)+", text)]


def test_a_sentence_ends_as_the_english_one_does():
    """Full stops and blanks at the ends are part of how sentences are put together."""
    for english, ours in pairs():
        stops = english.endswith((".", "?", "!")) and not english.endswith(("...", "n.a."))
        assert ours.endswith(("。", "？", "！")) == stops, english
        assert ours == ours.rstrip() or english != english.rstrip(), english


def test_the_compiled_catalogue_is_current():
    """Wheels and editable installs carry the compiled one."""
    compiled = BytesIO()
    write_mo(compiled, read(CHINESE))
    assert CHINESE.with_suffix(".mo").read_bytes() == compiled.getvalue(), NEXT_STEP


@pytest.mark.parametrize("entries", [fault_entries, check_entries])
def test_what_docstrings_say_is_translated(chinese: None, entries):
    """`crm-contracts list` and `describe` read them from the code."""
    for entry in entries():
        assert not [text for text in _texts(entry) if not _CHINESE.search(text)], entry.name


def _texts(entry: Entry) -> Iterator[str]:
    yield entry.sentence
    yield from entry.text
    yield from entry.remedies
    yield from (setting.meaning for setting in entry.settings if setting.meaning)
    for label, text in entry.facts:
        yield from (label, text) if text else (label,)
