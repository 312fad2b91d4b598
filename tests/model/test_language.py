"""Which language is spoken."""

from collections.abc import Iterator

import pytest

from crm_contracts.model.language import _, asked_for, choose_language

SENTENCE = "The file is empty."


@pytest.fixture(autouse=True)
def english_afterwards(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody's environment decides, and the next test is spoken to in English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    yield
    choose_language("en")


@pytest.mark.parametrize(
    "environment, language",
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh_CN"),
        ({"LC_MESSAGES": "zh_CN", "LANG": "en_US.UTF-8"}, "zh_CN"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_environment_chooses(environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch):
    """LC_ALL before LC_MESSAGES before LANG, as everywhere; what we do not speak is English."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert choose_language() == language


@pytest.mark.parametrize("tag", ["zh_CN", "zh-CN", "zh_CN.UTF-8", "zh", "zh-Hans-CN"])
def test_what_is_asked_for_goes_before_the_environment(tag: str, monkeypatch: pytest.MonkeyPatch):
    """However it is written."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert choose_language(tag) == "zh_CN"
    assert _(SENTENCE) == "文件为空。"
    assert choose_language("en") == "en"
    assert _(SENTENCE) == SENTENCE


def test_a_sentence_that_no_catalogue_has_stays_as_it_is():
    """Better English than nothing."""
    choose_language("zh_CN")
    assert _("Nobody wrote this sentence.") == "Nobody wrote this sentence."


@pytest.mark.parametrize(
    "words, language",
    [
        (["--crm-lang", "zh_CN", "doctor"], "zh_CN"),
        (["doctor", "--crm-lang=en"], "en"),
        (["doctor", "--crm-lang"], None),
        (["doctor"], None),
        ([], None),
    ],
)
def test_the_command_line_is_read_before_it_is_parsed(words: list[str], language: str | None):
    """Help is for people, too."""
    assert asked_for(words) == language
