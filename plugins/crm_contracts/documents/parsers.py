"""What the parsers of others say of a broken text, in the user's language."""

from crm_contracts.model.language import _


def in_our_words(said: str) -> str:
    """What libyaml or Python's json said, translated where we know it.

    >>> in_our_words("found something new")
    'found something new'
    """
    return _(said)


def sentences() -> tuple[str, ...]:
    """What they can say of the files that we read; a sentence that they word anew stays English."""
    return (*_of_yaml(), *_of_json())


def _of_yaml() -> tuple[str, ...]:
    return (
        _("block sequence entries are not allowed in this context"),
        _("mapping values are not allowed in this context"),
        _("could not find expected ':'"),
        _("did not find expected ',' or ']'"),
        _("did not find expected ',' or '}'"),
        _("did not find expected '-' indicator"),
        _("did not find expected <document start>"),
        _("did not find expected alphabetic or numeric character"),
        _("did not find expected comment or line break"),
        _("did not find expected hexdecimal number"),
        _("did not find expected key"),
        _("did not find expected node content"),
        _("did not find expected whitespace or line break"),
        _("found a tab character that violates indentation"),
        _("found a tab character where an indentation space is expected"),
        _("found an indentation indicator equal to 0"),
        _("found character that cannot start any token"),
        _("found incompatible YAML document"),
        _("found invalid Unicode character escape code"),
        _("found undefined tag handle"),
        _("found unexpected ':'"),
        _("found unexpected document indicator"),
        _("found unexpected end of stream"),
        _("found unknown directive name"),
        _("found unknown escape character"),
    )


def _of_json() -> tuple[str, ...]:
    return (
        _("Expecting property name enclosed in double quotes"),
        _("Expecting ':' delimiter"),
        _("Expecting ',' delimiter"),
        _("Expecting value"),
        _("Extra data"),
        _("Illegal trailing comma before end of object"),
        _("Illegal trailing comma before end of array"),
        _("Unterminated string starting at"),
        _("Invalid control character at"),
        _("Invalid \\escape"),
        _("Invalid \\uXXXX escape"),
    )
