"""What new connections of one run meet before HTTP: the lab's certificate, or what a fault makes of it."""

import ssl
from dataclasses import dataclass
from typing import Protocol

from crm_contracts.model.fault import Alterations


class Certificates(Protocol):
    """Whoever issues what is shown."""

    def context(self, problem: str = "", host: str = "", names: tuple[str, ...] = ()) -> ssl.SSLContext:
        """What a server at this host, and by these names, speaks TLS by."""


@dataclass(slots=True, kw_only=True, eq=False)
class Altered:
    """A fault of TLS that is on; `touched` counts the connections that met it."""

    alterations: Alterations
    touched: int = 0


class Entrance:
    """Knows what to show; of several faults the last one strikes.

    >>> Entrance(None).altered is None
    True
    """

    def __init__(
        self, certificates: Certificates | None, host: str = "", names: tuple[str, ...] = ()
    ) -> None:
        self._certificates = certificates
        self._host = host
        self._names = names
        self._altered: list[Altered] = []

    @property
    def is_tls(self) -> bool:
        """Whether this run speaks HTTPS at all."""
        return self._certificates is not None

    @property
    def altered(self) -> Altered | None:
        """The fault that a new connection meets."""
        return self._altered[-1] if self._altered else None

    def alter(self, alterations: Alterations) -> Altered:
        """Let new connections meet a fault."""
        self._context(alterations.certificate)  # Issued now, not while the first caller waits for it.
        self._altered.append(Altered(alterations=alterations))
        return self._altered[-1]

    def restore(self, altered: Altered) -> None:
        """Take it off again."""
        self._altered.remove(altered)

    def meet(self) -> tuple[ssl.SSLContext, Altered | None]:
        """A connection has begun to speak TLS: what it is shown, and the fault behind that."""
        altered = self.altered
        if altered is not None:
            altered.touched += 1
        return self._context(altered.alterations.certificate if altered else ""), altered

    def _context(self, problem: str) -> ssl.SSLContext:
        assert self._certificates is not None
        return self._certificates.context(problem, self._host, self._names)
