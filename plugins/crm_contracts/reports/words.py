"""The words of verdicts, phases and places that stand in files as keys, as a reader's language has them."""

from crm_contracts.checks.finding import phase_name
from crm_contracts.model.language import _
from crm_contracts.model.verdict import Layer, Side

__all__ = ["layer_name", "phase_name", "side_name", "verdict_name"]


def verdict_name(word: str) -> str:
    """The word of a run or a check in a table; what is no verdict stays as it is.

    >>> verdict_name("passed"), verdict_name("-")
    ('passed', '-')
    """
    return {
        "passed": _("passed"),
        "failed": _("failed"),
        "unknown": _("unknown"),
        "xfailed": _("xfailed"),
        "xpassed": _("xpassed"),
        "n.a.": _("n.a."),
    }.get(word, word)


def side_name(side: Side) -> str:
    """Which side to look at first, in words."""
    return {
        Side.CALLER: _("the caller"),
        Side.NETWORK: _("the network"),
        Side.CRM: _("the CRM"),
        Side.CREDENTIALS: _("the credentials"),
    }[side]


def layer_name(layer: Layer) -> str:
    """The layer that failed, in words; what is a name everywhere stays as it is."""
    return {
        Layer.AUTH: _("auth (tokens and keys)"),
        Layer.REQUEST: _("request (what the caller sent)"),
        Layer.RESPONSE: _("response (what the CRM answered)"),
        Layer.DATA: _("data (what was stored or shown)"),
        Layer.TIMING: _("timing"),
    }.get(layer, layer.value.upper())
