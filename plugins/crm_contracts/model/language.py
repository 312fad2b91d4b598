"""The language of sentences for users: gettext, chosen once a process.

Every sentence that a user can read passes through `_`. The sentence in the source is English; catalogues lie in
`crm_contracts/locale`.
"""

import gettext
import os
from collections.abc import Sequence
from pathlib import Path

LOCALE = Path(__file__).parent.parent / "locale"
LANGUAGES = ("en", "zh_CN")

_current: gettext.NullTranslations = gettext.NullTranslations()


def choose_language(wanted: str | None = None) -> str:
    """Choose the language of all later sentences and tell which one it became.

    `wanted` is a language tag (`zh_CN`, `zh-CN`, `en`); without one, `LC_ALL`, `LC_MESSAGES` and `LANG` decide, and
    a language that has no catalogue means English.

    >>> choose_language("en")
    'en'
    """
    global _current  # noqa: PLW0603 - one process speaks one language
    tag = _known(wanted or _from_environment())
    _current = gettext.translation("crm_contracts", LOCALE, languages=[tag], fallback=True)
    return tag


def asked_for(words: Sequence[str]) -> str | None:
    """Return what `--crm-lang` says on a command line that nobody has parsed yet.

    >>> asked_for(["doctor", "--crm-lang", "zh_CN"])
    'zh_CN'
    """
    for word, following in zip(words, (*words[1:], ""), strict=False):
        if word == "--crm-lang":
            return following or None
        if word.startswith("--crm-lang="):
            return word.partition("=")[2]
    return None


def _(sentence: str) -> str:
    """Return the sentence in the chosen language, or as it stands where the catalogue lacks it."""
    return _current.gettext(sentence)


def _from_environment() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value
    return "en"


def _known(tag: str) -> str:
    return "zh_CN" if tag.replace("-", "_").lower().startswith("zh") else "en"
