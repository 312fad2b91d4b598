"""Secrets of a pact file: what stands under a secret's name is shown as dots."""

from crm_contracts.model.json import JSON
from crm_contracts.model.secret_names import is_secret

DOTS = "..."


def hidden(value: JSON, name: str, *names: str) -> JSON:
    """Return a value with the secrets in it hidden; `names` are further ones under which the contract puts one.

    >>> hidden({"authorization": ["Bearer pJx82hQm"], "id": 7}, "headers")
    {'authorization': ['Bearer ...'], 'id': 7}
    """
    if isinstance(value, dict):
        return {key: hidden(part, key, *names) for key, part in value.items()}
    if isinstance(value, list):
        return [hidden(part, name, *names) for part in value]
    if isinstance(value, str) and (is_secret(name) or name.lower() in {one.lower() for one in names}):
        return _dotted(value)
    return value


def _dotted(text: str) -> str:
    """A scheme is no secret."""
    scheme, blank, _secret = text.partition(" ")
    return f"{scheme}{blank}{DOTS}" if blank else DOTS
