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

    def names(
        self, incoming: Incoming, body: bytes, presented: str | None, *, tokens: bool
    ) -> Iterator[tuple[str, str]]:
        """Yield the name of each misplaced secret and where it stood.

        `body` is the body with its secrets already hidden, `presented` the credential that was used.
        """
        if self._stands_in_head(incoming):
            target = incoming.target.encode("latin-1")
            yield from self._but(presented, target, _("request target"), where="query")
            yield from self._headers(incoming)
        if not tokens and body is not incoming.body and body != incoming.body:
            yield from self._but(presented, incoming.body, _("request body"), where="body")

    def _stands_in_head(self, incoming: Incoming) -> bool:
        allowed = self._allowed
        words = [value for name, value in incoming.headers if name not in allowed]
        words.append(incoming.target)
        text = "\n".join(words).encode("latin-1")
        return self._secrets.redact(text) != text

    def _headers(self, incoming: Incoming) -> Iterator[tuple[str, str]]:
        for name, value in incoming.headers:
            if name not in self._allowed:
                told = _("request header {name}").format(name=name)
                yield from self._but(None, value.encode("latin-1"), told, where="")

    def _but(self, presented: str | None, data: bytes, told: str, *, where: str) -> Iterator[tuple[str, str]]:
        allowed = presented if where == self._policy.where else None
        for name in self._secrets.find(data):
            if name != allowed:
                yield name, told
