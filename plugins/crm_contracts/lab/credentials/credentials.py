"""The credentials of one run: what a request presents is recognised, taken or refused, given out and taken away."""

import time
from collections.abc import Iterable
from dataclasses import replace

from crm_contracts.lab.credentials.mint import Mint, is_minted
from crm_contracts.lab.credentials.presented import basic_of, fields_of, presented
from crm_contracts.lab.credentials.rules import InForce, Rules
from crm_contracts.lab.credentials.token import Token
from crm_contracts.lab.credentials.token_endpoint import TokenEndpoint
from crm_contracts.lab.credentials.wallet import Wallet
from crm_contracts.lab.envelope import Envelope
from crm_contracts.lab.secrets import Secrets
from crm_contracts.model.contract import AuthPolicy, Operation, Refusal
from crm_contracts.model.endpoint import Tenant
from crm_contracts.model.exchange import Answer, Credential, Grant, Request
from crm_contracts.model.fault import TokenRule, TokenTerms
from crm_contracts.model.json import FrozenJSON
from crm_contracts.model.promises import Promises

_SECRET_FIELDS = ("client_secret", "password", "refresh_token", "client_assertion", "assertion", "code")
"""What a token request may carry that nobody must read in a report; the first that is there tells who asks."""


class Credentials:
    """Who may do what in one run; everything follows from the seed, the run and the moments that are handed in.

    `now` is the CRM's monotonic time in seconds: the system's, plus all by which the lab's clock was moved. `opened`
    (default: now) is when the first credentials were given out. Nothing here waits or has sockets.

    >>> credentials = Credentials(
    ...     AuthPolicy(kind="static_token"), seed=1, run="a", secrets=Secrets(), opened=0.0
    ... )
    >>> me = credentials.tenants[0]
    >>> headers = (("authorization", f"Bearer {me.access_token}"),)
    >>> request = Request(method="GET", target="/orders", path="/orders", query=(), headers=headers, body=b"")
    >>> credentials.identify(request, 1.0)
    Credential(name='token#1', state='valid', issued=0.0)
    """

    def __init__(
        self,
        policy: AuthPolicy,
        *,
        seed: int,
        run: str,
        secrets: Secrets,
        envelope: FrozenJSON = None,
        result: FrozenJSON = "{result}",
        opened: float | None = None,
    ) -> None:
        self.policy = policy
        self.secrets = secrets
        self._mint = Mint(seed=seed, run=run)
        self._envelope = Envelope(envelope, seed=seed, place=f"credentials/{run}")
        self._rules = Rules(policy, seed=seed, run=run)
        self._wallet = Wallet(policy, self._mint, secrets, time.monotonic() if opened is None else opened)
        self._endpoint = TokenEndpoint(self._wallet, self._rules, secrets, result)

    @property
    def tenants(self) -> tuple[Tenant, ...]:
        """The two tenants with their first credentials."""
        return self._wallet.tenants

    def identify(self, request: Request, now: float) -> Credential | None:
        """Return what a request presents, by its run-keyed name, or None where it presents nothing.

        For a token request that is the client's secret or the refresh token.
        """
        if self._for_tokens(request):
            return self._client(request)
        text = presented(self.policy, request)
        if text is None:
            return None
        token = self._wallet.tokens.get(text)
        if token is None:
            secret = text.partition(":")[2] if self.policy.kind == "basic" else ""
            return self._unknown(secret or text, self._wallet.kind)
        token.presented = now
        state, tenant = token.state(now), token.tenant.name
        return Credential(name=token.name, state=state, issued=token.issued, tenant=tenant)

    def refuse(
        self,
        request: Request,  # noqa: ARG002 - part of the interface: a policy may come to look at it
        operation: Operation | None,
        credential: Credential | None,
        now: float,
    ) -> Answer | None:
        """Return the contract's refusal of what was presented, or None where it is taken or not asked for."""
        if self.policy.kind == "none" or operation is None or not operation.secured:
            return None
        token = self._wallet.by_name.get(credential.name) if credential is not None else None
        cut = token.struck_by(operation, now) if token is not None else None
        if cut is not None and cut.rule is not None:
            cut.rule.touched += 1
        if token is None or token.state(now) == "revoked" or (cut is not None and cut.revokes):
            return self._envelope.answer(self.policy.invalid)
        if cut is not None:
            return self._envelope.answer(self._expired)
        if self._lacks_scope(token, operation):
            return self._envelope.answer(self.policy.missing_scope)
        return None

    def grant(self, request: Request, now: float) -> tuple[Answer, Grant]:
        """Answer the token endpoint or the log-in; whoever delivers the answer fills in `Grant.delivered`.

        A log-in that is refused gets the contract's refusal of an invalid credential.
        """
        self._client(request)
        answer, grant = self._endpoint.grant(request, now)
        if self.policy.kind == "login" and not grant.succeeded:
            answer = self._envelope.answer(self.policy.invalid)
            return answer, replace(grant, status=answer.status)
        return answer, grant

    @property
    def pause(self) -> float:
        """How long the token endpoint takes to answer now, because of a rule; seconds."""
        return self._rules.pause()

    def lost(self, grant: Grant) -> None:
        """Take back a rotation whose answer never left, so that a repeat with the old refresh token is no reuse."""
        for refreshing in self._wallet.refreshing.values():
            if grant.succeeded and refreshing.name == grant.used_refresh:
                refreshing.replaced = False

    def revoke(self, request: Request, now: float) -> Answer:
        """Answer the revocation endpoint (RFC 7009)."""
        return self._endpoint.revoke(request, now)

    def switch_on(self, rule: TokenRule, promises: Promises, now: float) -> TokenTerms:
        """Put a token rule in force and return its terms; tokens that it takes keep them until the run ends.

        Older tokens that are still good are refused `held_for` seconds from now, where the terms say so.
        """
        force = self._rules.switch_on(rule, promises, now)
        if force.terms.held_for is not None:
            self._cut_older(force, now + force.terms.held_for, now)
        return force.terms

    def switch_off(self, rule: TokenRule) -> None:
        """Let a rule take no more tokens; what it has decided stays."""
        self._rules.switch_off(rule)

    def touched(self, rule: TokenRule) -> int:
        """How many answers a rule has changed so far: grants under its terms, and refusals because of it."""
        return self._rules.touched(rule)

    def rule_behind(self, name: str | None, operation: Operation | None, now: float) -> TokenRule | None:
        """Return the rule that refuses the token of this name now at this operation, if one does."""
        token = self._wallet.by_name.get(name) if name else None
        cut = token.struck_by(operation, now) if token else None
        return cut.rule.rule if cut and cut.rule else None

    def settled(self, grants: Iterable[Grant]) -> tuple[Grant, ...]:
        """Return the grants with `refused_from` as it became through rules and revocation."""
        return tuple(self._settled(grant) for grant in grants)

    @property
    def _expired(self) -> Refusal:
        # What has no lifetime cannot outlive it: a static token was replaced, so it is simply not valid any more.
        unsaid = not self.policy.refreshable and self.policy.expired == Refusal()
        return self.policy.invalid if unsaid else self.policy.expired

    def _cut_older(self, force: InForce, at: float, now: float) -> None:
        for token in self._wallet.by_last_use():
            if token.state(now) == "valid" and force.takes():
                token.cut(at, force)

    def _settled(self, grant: Grant) -> Grant:
        token = self._wallet.by_name.get(grant.token) if grant.token else None
        return replace(grant, refused_from=token.refused_from) if token else grant

    def _lacks_scope(self, token: Token, operation: Operation) -> bool:
        if (force := self._rules.descoping(operation)) is not None:
            force.touched += 1
            return True
        return token.scopes is not None and not token.scopes.issuperset(operation.scopes)

    def _for_tokens(self, request: Request) -> bool:
        path = request.target.partition("?")[0]
        if not self.policy.refreshable:
            return False
        return path.endswith(self.policy.token_path) or (
            self.policy.revoke_path is not None and path.endswith(self.policy.revoke_path)
        )

    def _client(self, request: Request) -> Credential | None:
        fields = fields_of(request)
        basic = basic_of(request)
        presented = {kind: fields[kind] for kind in _SECRET_FIELDS if fields.get(kind)}
        if basic is not None and basic[1]:
            presented["client_secret"] = basic[1]
        found = [self._client_credential(secret, kind) for kind, secret in presented.items()]
        strays = [credential for credential in found if credential.state == "stray"]
        return next(iter(strays or found), None)

    def _client_credential(self, secret: str, kind: str) -> Credential:
        if self._wallet.knows(secret):
            return Credential(name=self.secrets.name(secret, kind), state="valid")
        return self._unknown(secret, kind)

    def _unknown(self, text: str, kind: str) -> Credential:
        stray = is_minted(text) and not self._mint.made(text)
        return Credential(name=self.secrets.name(text, kind), state="stray" if stray else "unknown")
