"""A compressed answer that cannot be unpacked."""

import gzip
from dataclasses import dataclass, replace
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.own_answer import OwnAnswerFault, with_header
from crm_contracts.faults.wire import complete
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _

_TRAILER = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedGzip(OwnAnswerFault):
    """The answer says `Content-Encoding: gzip`, and what comes is damaged; its Content-Length fits.

    `corrupt`: a bit is wrong in the middle; `truncated`: the second half is missing; `plain`: it is not compressed at all,
    as behind a proxy that unpacks bodies and keeps the header. Libraries raise an error of their own for it, which is not
    always one of transport.

    Example: `{fault: damaged_gzip, how: truncated}`.
    Source: N19; RFC 9110 8.4.1.3, RFC 1952.
    """

    fault: Literal["damaged_gzip"] = "damaged_gzip"
    how: Annotated[
        Literal["corrupt", "truncated", "plain"], Field(description="In which way it is damaged.")
    ] = "corrupt"

    def traits(self) -> frozenset[Trait]:
        """A successful answer cannot be unpacked."""
        return frozenset({Trait.MALFORMED}) | self._ambiguous()

    def sentence(self) -> str:
        """How it is damaged, and which exchanges."""
        how = {
            "corrupt": _("with a wrong bit"),
            "truncated": _("of which the second half is missing"),
            "plain": _("that was never compressed"),
        }[self.how]
        return _("answers are gzip {how}{which}").format(how=how, which=self._aside())

    def spoil(self, request: Request, own: Answer, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The answer, packed and damaged."""
        told = with_header(own, "content-encoding", "gzip")
        return complete(request, replace(told, body=self._damaged(own.body)), now=now)

    def _damaged(self, body: bytes) -> bytes:
        if self.how == "plain":
            return body
        packed = bytearray(gzip.compress(body, mtime=0))
        if self.how == "truncated":
            return bytes(packed[: len(packed) // 2])
        # The checksum in the trailer: whatever the body, an unpacker that looks must complain.
        packed[-_TRAILER] ^= 0xFF
        return bytes(packed)
