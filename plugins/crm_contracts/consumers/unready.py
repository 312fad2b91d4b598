"""Why a service is not ready, as far as can be seen from here: what answers at its address, and whose port it wanted."""

import asyncio
import re

from crm_contracts.consumers.client import NoReplyError, ask
from crm_contracts.model.language import _
from crm_contracts.port import holder_of

PATIENCE = 0.5
"""Seconds that the last look at an address takes at most."""
_TAKEN = re.compile(
    r"EADDRINUSE|address (?:is )?already in use|port \d+ (?:was|is) already in use|only one usage of each socket",
    re.IGNORECASE,
)
# After a colon it may be a time of day as well: that has two digits, and what follows it.
_PORT = re.compile(r"(?::|\bport\W{1,3}|['\"], )(80|\d{3,5})\b(?!:\d)", re.IGNORECASE)


async def met(url: str, path: str) -> str:
    """What is met at an address that does not answer as it should, in a sentence; empty where nobody is there."""
    try:
        reply = await asyncio.wait_for(ask(url, "GET", path), PATIENCE)
    except (NoReplyError, UnicodeDecodeError):
        return _(
            "Something answers there, but not with HTTP: is it the right port, and http or https as it should be?"
        )
    except TimeoutError:
        return _("Something listens there and does not answer.")
    except OSError:
        return ""
    return _("Its last answer there had the status {status}.").format(status=reply.status)


def port_taken(output: str) -> str:
    """Where a program says that its port is taken: which one, who holds it, and the next step; else nothing.

    >>> port_taken("listening on 8080")
    ''
    """
    said = _TAKEN.search(output)
    if said is None:
        return ""
    remedy = _("End that, or have the program listen on {{port}}, or on PORT of its environment.").format()
    port = _port(output, said)
    if port is None:
        return _("It wanted a port that another program holds.") + f" {remedy}"
    holder = holder_of(port) or _("another program")
    sentence = _("It wanted the port {port}, which is held by {holder}.")
    return f"{sentence.format(port=port, holder=holder)} {remedy}"


def _port(output: str, said: re.Match[str]) -> int | None:
    """The port that is named nearest to the complaint: in its line, else in the text around."""
    begin, end = output.rfind("\n", 0, said.start()) + 1, output.find("\n", said.end())
    line = output[begin : end if end >= 0 else len(output)]
    ports = (int(found) for text in (line, output) for found in _PORT.findall(text))
    return next((port for port in ports if 0 < port < 1 << 16), None)
