"""Names under which secrets travel, in headers, parameters, forms and bodies."""

import re

_NAME = re.compile(
    r"(?:^|[_-])(?:authorization|auth|cookie|token|secret|password|passwd|pwd|api[_-]?key|apikey|key|credential|session|signature)s?$"
    r"|(?:token|secret|password|apikey|api_key|sessionid|credential)$",
    re.IGNORECASE,
)
# A grant's name and a token's kind are words that everybody may read.
_PUBLIC = frozenset({"idempotency-key", "token_type", "grant_type", "postman-token", "token_type_hint"})


def is_secret(name: str) -> bool:
    """Whether what travels under a name is nobody else's business.

    >>> (
    ...     is_secret("X-Crm-Token"),
    ...     is_secret("client_secret"),
    ...     is_secret("Content-Type"),
    ...     is_secret("Idempotency-Key"),
    ... )
    (True, True, False, False)
    """
    return name.lower() not in _PUBLIC and _NAME.search(name) is not None
