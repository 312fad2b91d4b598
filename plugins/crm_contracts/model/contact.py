"""A host that a caller reached for, as its own process tells it."""

from dataclasses import dataclass

from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A name that was looked up or an address that was connected to; port 0 where none was told.

    `refused` tells that the lab did not let it through.

    >>> str(Contact(host="crm.example", port=443)), str(Contact(host="::1", port=80))
    ('crm.example:443', '[::1]:80')
    """

    host: str
    port: int = 0
    refused: bool = False

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else host

    def remedy(self) -> str:
        """What to write for a host that was refused.

        >>> Contact(host="api.hubapi.com", port=443, refused=True).remedy()
        'tried api.hubapi.com:443; add intercept: [api.hubapi.com]'
        """
        return _("tried {contact}; add intercept: [{host}]").format(contact=self, host=self.host)
