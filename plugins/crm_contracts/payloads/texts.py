"""Texts that a schema takes: the empty one, long ones, other scripts, what looks like something else."""

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from hypothesis import strategies as st

from crm_contracts.contracts.patterns import PatternUnknownError, text_for
from crm_contracts.model.json import JSON
from crm_contracts.payloads.formats import of_format
from crm_contracts.payloads.making import Make, Making, until

_LONGEST: Final = 2_000
_USUAL: Final = 24
_ODD: Final = (
    *(
        "a",
        "",
        " ",
        "0",
        "null",
        "O'Brien",
        "订单 №1",
        "Zoë",
        "Straße İstanbul",
        "👩🏽‍🚀",
        "e\u0301",
        "\u202eabc",
        "\u200b",
    ),
    *(
        "a\tb\nc",
        "{id}",
        "%s%n",
        "<b>&amp;</b>",
        '"quoted"',
        "back\\slash",
        "x,y;z",
        "=1+1",
        "../../etc",
        "true",
        "1e3",
    ),
    *(
        "\x7f",
        "\u2028",
        "\ufeff",
        "\U0010ffff",
        "\x00",
        "١٢٣",
        "ｆｕｌｌ",
        "0012",
        "NaN",
        "-",
        "a" * 256,
        "字" * 1_000,
    ),
)
_ALPHABET: Final = st.characters(codec="utf-8")
_END: Final = re.compile(r"(?<!\\)((?:\\\\)*)\$(?=$|\)|\|)")


def texts(words: Mapping[str, Any], fits: Callable[[JSON], bool]) -> Make:
    """What makes texts for a schema of type string."""
    least, most = words.get("minLength", 0), words.get("maxLength")
    pattern, known = words.get("pattern"), of_format(str(words.get("format")))
    bounded = "minLength" in words or "maxLength" in words
    if isinstance(pattern, str):
        return _checked(_of_pattern(pattern, least), fits)
    if known is not None:
        # Validators differ about formats at the edge: what ours takes is what is sent.
        return _checked(known, fits)
    strategy = plain(least, most)
    return _checked(strategy, fits) if bounded else lambda making: making.draw(strategy)


def plain(least: int, most: int | None) -> st.SearchStrategy[str]:
    """Texts by length alone; the longest ones now and then."""
    longest = _LONGEST if most is None else most
    usual = max(least, min(_USUAL, longest))
    odd = tuple(text for text in _ODD if least <= len(text) <= longest)
    choices = [st.sampled_from(odd)] if odd else []
    choices.append(st.text(_ALPHABET, min_size=least, max_size=usual))
    if most is not None and usual < most <= _LONGEST:
        choices.append(st.sampled_from(("x" * most, "字" * most)))
    return st.one_of(choices)


def _checked(strategy: st.SearchStrategy[str], fits: Callable[[JSON], bool]) -> Make:
    def make(making: Making) -> JSON:
        return until(lambda inner: inner.draw(strategy), fits, making, tries=8)

    return make


def _of_pattern(pattern: str, least: int) -> st.SearchStrategy[str]:
    simple = st.integers(0, 2**16).map(lambda seed: _simple(pattern, seed, least))
    try:
        compiled = re.compile(_END.sub(r"\1\\Z", pattern), re.ASCII)
        drawn = st.from_regex(compiled, fullmatch=True, alphabet=_ALPHABET)
        drawn.validate()
    except Exception:  # noqa: BLE001 - a pattern of ECMA's that Python's `re` or Hypothesis does not know
        return simple
    return st.one_of(simple, drawn)


def _simple(pattern: str, seed: int, least: int) -> str:
    """A text by our own reader of patterns, which knows more of ECMA's; it may not fit."""
    try:
        found = text_for(pattern, Random(seed), more=seed % 3)
        return found if len(found) >= least else text_for(pattern, Random(seed), more=least)
    except PatternUnknownError:
        return ""
