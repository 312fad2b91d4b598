"""A docstring of a fault or a check, taken apart: sentence, paragraphs, example, source."""

import inspect
import re
from dataclasses import dataclass

from crm_contracts.model.language import _

_EXAMPLE = re.compile(r"^Example: `(?P<example>.*)`\.?$", re.MULTILINE)
_SOURCE = re.compile(r"^Source: (?P<source>.*?)\.?$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Docstring:
    """What a docstring says, each paragraph in one line."""

    sentence: str
    text: tuple[str, ...] = ()
    example: str = ""
    source: str = ""

    @classmethod
    def of(cls, thing: object) -> "Docstring":
        """Read the docstring of a class or function.

        >>> class Away:
        ...     '''Nobody is there.
        ...
        ...     Example: `{fault: away}`.
        ...     Source: N11.
        ...     '''
        >>> Docstring.of(Away).example
        '{fault: away}'
        """
        whole = inspect.getdoc(thing) or ""
        example, source = _EXAMPLE.search(whole), _SOURCE.search(whole)
        rest = _SOURCE.sub("", _EXAMPLE.sub("", whole))
        first, *others = [" ".join(part.split()) for part in re.split(r"\n\s*\n", rest) if part.strip()] or [
            ""
        ]
        return cls(
            sentence=translated(first),
            text=tuple(map(translated, others)),
            example=example["example"] if example else "",
            source=source["source"] if source else "",
        )


def translated(sentence: str) -> str:
    """A sentence of the code in the reader's language; the empty one stays empty."""
    return _(sentence) if sentence else ""
