"""Where a lab keeps its certificate authority: made when the first run needs it, gone when the lab is."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from crm_contracts.lab.tls.authority import Authority


class Safe:
    """Keeps the one authority of a lab.

    `on_folder` is told of its folder before anything is put there, so that somebody else can remove it where `close` is
    never reached.
    """

    def __init__(self, on_folder: Callable[[Path], None] = lambda _folder: None) -> None:
        self._on_folder = on_folder
        self._turn = asyncio.Lock()
        self._authority: Authority | None = None
        self._folder: Path | None = None

    async def authority(self) -> Authority:
        """The lab's own; raises LabError where the extra `tls` is not installed."""
        async with self._turn:
            if self._authority is None:
                self._folder = self._folder or Path(tempfile.mkdtemp(prefix="crm-lab-"))
                self._on_folder(self._folder)
                # On a thread: what it imports takes a tenth of a second, and other runs must not wait for it.
                self._authority = await asyncio.to_thread(Authority, self._folder)
            return self._authority

    def close(self) -> None:
        """Remove it."""
        self._authority = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
