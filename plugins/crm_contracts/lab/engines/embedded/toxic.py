"""What a toxic is, inside the embedded engine: settings, and what they do to one direction of one connection."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from crm_contracts.lab.engines.embedded.stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Toxic:
    """A frozen dataclass of whole numbers with one `pipe`; start a new one from `toxics/noop.py`.

    `pipe` takes chunks from its stage and gives them on; the connection is closed when it returns. It may be cancelled
    at any `await`: the chunk that it holds is then passed on untouched.
    """

    type: ClassVar[str]
    room: ClassVar[int] = 1
    """Chunks that may wait before the toxic; then the sender is held up."""
    closes_when_removed: ClassVar[bool] = False
    resets: ClassVar[bool] = False
    """Whether connections opened under it end with RST."""

    async def pipe(self, stage: "Stage") -> None:
        """Pass bytes on until the end of the stream, in this toxic's way."""
        raise NotImplementedError

    def attributes(self) -> Mapping[str, int]:
        """Its settings by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
