"""Who may do what: tenants, tokens, the token endpoint, and the token rules that upset them."""

from crm_contracts.lab.credentials.credentials import Credentials

__all__ = ["Credentials"]
