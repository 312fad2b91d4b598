"""Does the auth policy add up? What cannot be refreshed has no lifetimes and gives no sign to refresh."""

from collections.abc import Iterator
from typing import Final

from crm_contracts.contracts.lint.findings import Linted
from crm_contracts.contracts.overlay import AuthFile
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problem

_OF_TOKENS: Final = ("token_path", "login", "token_at", "grants", "refresh_token", "access_token_lifetime")


def unrefreshable(linted: Linted) -> Iterator[Problem]:
    """Tell which settings of a credential that is not issued speak of issuing it."""
    says, auth = linted.says.auth, linted.contract.auth
    if says is None or auth.refreshable:
        return
    for word in _OF_TOKENS:
        if getattr(says, word) is not None:
            message = _("A credential of kind {kind} is not issued by the CRM, so it has no {word}.")
            yield from linted.in_overlay(
                "auth", word, message=message.format(kind=auth.kind, word=word), key=True
            )
    for word in ("expired", "invalid"):
        answer = getattr(says, word)
        if answer is not None and answer.refresh_signal:
            message = _("A credential of kind {kind} cannot be refreshed.").format(kind=auth.kind)
            remedy = _(
                "Write `refresh_signal: false`: the right reply is one attempt, refused, and an alert."
            )
            yield from linted.in_overlay("auth", word, "refresh_signal", message=message, remedy=remedy)


def issued(linted: Linted) -> Iterator[Problem]:
    """Tell which settings of an issued token contradict each other."""
    says, auth = linted.says.auth, linted.contract.auth
    if says is None or not auth.refreshable:
        return
    if auth.kind == "login":
        yield from _of_login(linted, says)
    elif says.login is not None:
        message = _("`login` belongs to kind login; kind {kind} has a token_path.").format(kind=auth.kind)
        yield from linted.in_overlay("auth", "login", message=message, key=True)
    if auth.kind == "oauth2" and not auth.grants:
        yield from linted.in_overlay("auth", "grants", message=_("Without a grant nobody gets a token."))
    yield from _lifetimes(linted, says)


def _of_login(linted: Linted, says: AuthFile) -> Iterator[Problem]:
    if says.login is None and says.token_path is None:
        message = _("Kind login needs the request that logs in.")
        yield from linted.in_overlay("auth", message=message, key=True, remedy=_("Add `login: POST /login`."))
    for word in ("grants", "refresh_token"):
        if getattr(says, word) is not None:
            message = _("A log-in knows no {word}.").format(word=word)
            yield from linted.in_overlay("auth", word, message=message, key=True)


def _lifetimes(linted: Linted, says: AuthFile) -> Iterator[Problem]:
    auth = linted.contract.auth
    refresh = says.refresh_token
    if says.access_token_lifetime is not None and says.access_token_lifetime < 1:
        message = _("The lifetime is told as expires_in, in whole seconds; the least is 1s.")
        yield from linted.in_overlay("auth", "access_token_lifetime", message=message)
    if refresh is not None and auth.kind == "oauth2" and "refresh_token" not in auth.grants:
        message = _("The grants do not contain refresh_token, so a refresh token is of no use.")
        yield from linted.in_overlay("auth", "refresh_token", message=message, key=True)
    if refresh is not None and refresh.lifetime is not None and refresh.lifetime < auth.lifetime:
        message = _("The refresh token dies before the access token that it shall renew.")
        if auth.lifetime != float("inf"):
            yield from linted.in_overlay("auth", "refresh_token", "lifetime", message=message)
    if refresh is not None and refresh.reuse is not None and not refresh.rotates:
        message = _("`reuse` speaks of replaced refresh tokens; these are never replaced.")
        remedy = _("Add `rotates: true`, or leave it out.")
        yield from linted.in_overlay(
            "auth", "refresh_token", "reuse", message=message, key=True, remedy=remedy
        )


def refusals(linted: Linted) -> Iterator[Problem]:
    """Tell where a refused credential cannot be told from a success."""
    says, auth = linted.says.auth, linted.contract.auth
    if says is None:
        return
    for word in ("expired", "invalid", "missing_scope"):
        answer = getattr(says, word)
        refusal = getattr(auth, word)
        if (
            answer is not None
            and refusal.status < 400
            and refusal.body is None
            and linted.says.errors is None
        ):
            message = _("With status {status} a caller cannot tell the refusal from a success.")
            yield from linted.in_overlay(
                "auth",
                word,
                "status",
                message=message.format(status=refusal.status),
                remedy=_("Say in `body` how the CRM tells it: `body: {code: 302, msg: please log in}`."),
            )


RULES = (unrefreshable, issued, refusals)
