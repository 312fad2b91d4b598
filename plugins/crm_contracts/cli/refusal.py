"""What a user is told where something cannot be done: a sentence with the alternatives, never a traceback."""

import sys
from collections.abc import Iterable

from crm_contracts.model.language import _
from crm_contracts.model.problem import Problems, nearest

MOST = 30
"""Of more words than these only the nearest is told, where the next step leads to all of them."""


class Refused(Exception):  # noqa: N818 - it is the user's, not an error of ours
    """What was asked cannot be done as it was asked (exit 4); the text says why, and what can be done.

    >>> str(Refused("There is no contract here."))
    'There is no contract here.'
    """


def unknown(sentence: str, word: str, allowed: Iterable[str], *, remedy: str = "") -> Refused:
    """A word that means nothing here: the sentence, the nearest word, all words, and the next step.

    >>> print(unknown("Unknown fault 'latancy'.", "latancy", ["latency", "status"]))
    Unknown fault 'latancy'.
      Did you mean 'latency'?
      Allowed: latency, status.
    """
    words = tuple(allowed)
    lines = [sentence]
    if meant := nearest(word, words):
        lines.append("  " + _("Did you mean {word!r}?").format(word=meant))
    if 0 < len(words) <= MOST or (words and not remedy):
        lines.append("  " + _("Allowed: {words}.").format(words=", ".join(words)))
    if remedy:
        lines.append(f"  {remedy}")
    return Refused("\n".join(lines))


def told(error: Exception) -> int:
    """Tell an error that ended a command and return the exit code: 4 usage, 1 the user's files, 3 a mistake of ours."""
    from crm_contracts.cli import OURS, USAGE
    from crm_contracts.host import LabGone
    from crm_contracts.lab import LabError

    if isinstance(error, Refused):
        return _said(str(error), USAGE)
    if isinstance(error, Problems | LabGone | LabError):
        return _said(str(error), 1)
    if isinstance(error, OSError) and error.filename:
        return _said(f"{error.filename}: {error.strerror}", 1)
    import traceback

    traceback.print_exception(error)
    return _said(
        _("This is a mistake of crm-contracts, not of yours: please report it with the text above."), OURS
    )


def _said(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code
