"""A host that a caller reached for, as its own process tells it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A name that was looked up or an address that was connected to; port 0 where none was told.

    >>> str(Contact(host="crm.example", port=443)), str(Contact(host="::1", port=80))
    ('crm.example:443', '[::1]:80')
    """

    host: str
    port: int = 0

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else host
