"""Text around the JSON."""

from typing import ClassVar

from crm_contracts.model.case import Served
from crm_contracts.model.exchange import Answer
from crm_contracts.model.language import _
from crm_contracts.payloads.mutations.mutation import Layer, Refusal, WholeMutation, with_body

_AROUND = (
    (b"", b"\n<!-- served by node 7 -->\n"),
    (b"", b"}"),
    (
        b"<br />\n<b>Warning</b>:  Undefined index: locale in <b>/srv/crm/api.php</b> on line <b>112</b><br />\n",
        b"",
    ),
    (b")]}',\n", b""),
)


class StrayText(WholeMutation):
    """Before or after the JSON stands text of another kind: a warning of PHP, a log line, the `)]}'` that guards against
    cross-site inclusion.

    Nothing but space may stand there (RFC 8259 2); readers of streams do not look at what follows.

    Example: `{fault: malformed_body, variant: stray_text}`.
    Source: RFC 8259 2, 9; JSONTestSuite n_structure_trailing.
    """

    name: ClassVar[str] = "stray_text"
    refusal: ClassVar[Refusal] = "may_accept"
    layer: ClassVar[Layer] = "syntax"
    ways: ClassVar[int] = 4

    def sentence(self) -> str:
        """What is wrong with it."""
        return _("with text before or after the JSON")

    def apply(self, answer: Answer, place: int) -> Served:
        """The text and the other text."""
        before, after = _AROUND[place]
        return with_body(answer, before + answer.body + after)
