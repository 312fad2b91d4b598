"""Each request is strictly valid and matches the contract."""

from dataclasses import dataclass
from typing import Literal

from crm_contracts.checks.finding import failed, passed, unknown
from crm_contracts.model.exchange import Exchange, Violation
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.problem import columns
from crm_contracts.model.run import Run
from crm_contracts.model.verdict import Finding, Layer

AROUND = 32
"""Bytes shown on either side of the offending one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsConform:
    """Each request that reached the CRM is strictly valid HTTP and JSON and matches the contract.

    A request that was cut off while a connection broke is nobody's fault and is not judged.

    Example: `{check: requests_conform}`.
    Source: N4 (the trailing comma); RFC 8259; RFC 9112.
    """

    check: Literal["requests_conform"] = "requests_conform"

    def applies(self, run: Run) -> str | None:
        """Always: every caller sends requests."""
        return None

    def judge(self, run: Run, journal: Journal) -> Finding:
        """Fail at the first request that breaks the contract."""
        seen = [e for e in journal.exchanges if not e.stray and (e.complete or not e.readable)]
        if not seen:
            return unknown(self.check, _("no request reached the CRM"))
        broken = [exchange for exchange in seen if exchange.violations]
        if not broken:
            return passed(self.check)
        first, violation = broken[0], broken[0].violations[0]
        return failed(
            self.check,
            _("{method} {target}: {message} ({rule})").format(
                method=first.method or "?",
                target=first.target or "?",
                message=violation.message,
                rule=violation.rule,
            ),
            layer=Layer.REQUEST,
            evidence=evidence(first, violation),
            remedy=_remedy(violation),
            exchanges=broken,
        )


def evidence(exchange: Exchange, violation: Violation) -> str:
    """The raw bytes around the offending one with a caret under it, or the JSON pointer."""
    raw = exchange.body.kept if violation.part == "body" else exchange.head
    where = _("at {pointer}").format(pointer=violation.pointer) if violation.pointer else ""
    if violation.offset is None or violation.offset > len(raw):
        return where or _printable(raw[: 2 * AROUND])
    start = _letter(raw, max(0, violation.offset - AROUND))
    before = _printable(raw[start : violation.offset])
    line = before + _printable(raw[violation.offset : _letter(raw, violation.offset + AROUND)])
    byte = _("byte {offset} of the {part}").format(offset=violation.offset, part=violation.part)
    return "\n".join(filter(None, (line, " " * columns(before) + "^ " + byte, where)))


def _letter(raw: bytes, offset: int) -> int:
    """The offset, moved on to where a letter of UTF-8 begins."""
    while offset < len(raw) and 0x80 <= raw[offset] < 0xC0:
        offset += 1
    return offset


def _printable(data: bytes) -> str:
    shown = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    text = data.decode("utf-8", "backslashreplace")
    return "".join(shown.get(c) or (c if c.isprintable() else f"\\x{ord(c):02x}") for c in text)


def _remedy(violation: Violation) -> str:
    family = violation.rule.partition(".")[0]
    remedies = {
        "json": _(
            "Build the body with a JSON library instead of by hand, and parse it once before it is sent."
        ),
        "framing": _("Let the HTTP library write the headers; do not put them together by hand."),
        "schema": _(
            "Compare the body with the contract's schema; `crm-contracts lint` shows where the contract stands."
        ),
        "auth": _("Send the credential as the contract's auth policy says."),
    }
    return remedies.get(family, _("Compare the request with the contract's description of this operation."))
