"""Whether a request of a pact carries the credential that its operation asks for; its value is nobody's business."""

from http.cookies import CookieError, SimpleCookie

from crm_contracts.model.contract import AuthPolicy, Contract, Operation
from crm_contracts.model.exchange import Request
from crm_contracts.model.language import _


def missing_credential(contract: Contract, operation: Operation, request: Request) -> tuple[str, str] | None:
    """Return the rule and the sentence of what is wrong with a request's credential, or None.

    One that travels in the body is not asked for: bodies are held against their schema.
    """
    policy = contract.auth
    if not operation.secured or policy.kind == "none" or policy.where == "body":
        return None
    text = _presented(policy, request)
    if not text:
        message = _("The credential is missing: the contract wants it in the {where} {name!r}.")
        return "auth.missing", message.format(where=policy.where, name=policy.name)
    scheme = policy.scheme if policy.where == "header" else ""
    if scheme and text.partition(" ")[0].lower() != scheme.lower():
        return "auth.scheme", _("The credential is not of the scheme {scheme!r}.").format(scheme=scheme)
    return None


def asked_for(contract: Contract) -> str:
    """What the contract says of credentials, in one line.

    >>> from pathlib import Path
    >>> asked_for(Contract(name="acme", folder=Path(".")))
    'oauth2: Authorization: Bearer ...'
    """
    policy = contract.auth
    value = f"{policy.scheme} ..." if policy.scheme else "..."
    if policy.where == "header":
        return f"{policy.kind}: {policy.name}: {value}"
    return f"{policy.kind}: {policy.where} {policy.name}"


def _presented(policy: AuthPolicy, request: Request) -> str | None:
    if policy.where == "header":
        return request.header(policy.name)
    if policy.where == "query":
        return request.parameter(policy.name)
    try:
        found = SimpleCookie(request.header("cookie") or "").get(policy.name)
    except CookieError:
        return None
    return found.value if found else None
