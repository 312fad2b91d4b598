"""Secrets that stand where they do not belong, looked for before they are redacted."""

from collections.abc import Iterator

from crm_contracts.lab.secrets import Secrets
from crm_contracts.lab.wire import Incoming
from crm_contracts.model.contract import AuthPolicy
from crm_contracts.model.language import _


class LeakSearch:
    """Looks through a request for secrets outside the place that the contract gives them.

    Logs and proxies keep targets, so a secret in one is a leak unless the contract itself wants it there. Token
    requests carry secrets in their body and in `Authorization` by design.
    """

    def __init__(self, policy: AuthPolicy, secrets: Secrets) -> None:
        self._policy = policy
        self._secrets = secrets
        own = policy.name.lower() if policy.where == "header" else "authorization"
        self._allowed = frozenset({own, "cookie"} if policy.where == "cookie" else {own})

    def names(self, incoming: Incoming, presented: str | None, *, tokens: bool) -> Iterator[tuple[str, str]]:
        """Yield the name of each misplaced secret and where it stood; `presented` is the credential that was used."""
        secrets, where = self._secrets, self._policy.where
        target = incoming.target.encode("latin-1", "replace")
        if secrets.redact(target) != target:
            yield from self._but(presented if where == "query" else None, target, _("request target"))
        others = self._other_headers(incoming)
        if secrets.redact(others) != others:
            yield from self._headers(incoming)
        if not tokens and incoming.body and secrets.redact(incoming.body) != incoming.body:
            yield from self._but(presented if where == "body" else None, incoming.body, _("request body"))

    def _other_headers(self, incoming: Incoming) -> bytes:
        allowed = self._allowed
        return "\n".join([value for name, value in incoming.headers if name not in allowed]).encode("latin-1")

    def _headers(self, incoming: Incoming) -> Iterator[tuple[str, str]]:
        for name, value in incoming.headers:
            if name not in self._allowed:
                where = _("request header {name}").format(name=name)
                yield from self._but(None, value.encode("latin-1"), where)

    def _but(self, allowed: str | None, data: bytes, where: str) -> Iterator[tuple[str, str]]:
        for name in self._secrets.find(data):
            if name != allowed:
                yield name, where
