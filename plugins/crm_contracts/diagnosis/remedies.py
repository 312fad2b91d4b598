"""What usually mends a request, by the rule that it breaks."""

from crm_contracts.model.exchange import Violation
from crm_contracts.model.language import _


def remedy(violation: Violation) -> str:
    """Return the remedy of a violation: of its very rule, else of its family.

    >>> remedy(Violation(rule="json.trailing_comma", message=""))[:26]
    'Build the body with a JSON'
    """
    family = violation.rule.partition(".")[0]
    exact = {
        "json.bom": _("Write the body as UTF-8 without a byte order mark."),
        "json.utf8": _("Encode the body as UTF-8, and count its length in bytes afterwards."),
        "json.duplicate_key": _("Name each member once: parsers differ in which of two they take."),
        "framing.long_body": _("Take Content-Length from the encoded bytes, or let the HTTP library do it."),
        "framing.short_body": _("Take Content-Length from the encoded bytes, or let the HTTP library do it."),
        "framing.no_length": _("Send a Content-Length, or let the HTTP library do it."),
        "framing.tls": _("Use https:// for this port, or let the proxy end TLS before it."),
        "content_type.charset": _("Encode JSON as UTF-8 and leave the charset away."),
        "auth.missing": _("Get a credential and send it as the contract's auth policy says."),
        "operation.unknown": _("Compare the address with the contract: version, base path, spelling."),
    }
    families = {
        "json": _(
            "Build the body with a JSON library instead of by hand, and parse it once before it is sent."
        ),
        "framing": _("Let the HTTP library write the headers; do not put them together by hand."),
        "schema": _("Compare the body with the contract's schema of this operation."),
        "content_type": _("Send the Content-Type that the contract names."),
        "auth": _("Send the credential as the contract's auth policy says."),
    }
    other = _("Compare the request with the contract's description of this operation.")
    return exact.get(violation.rule) or families.get(family, other)
