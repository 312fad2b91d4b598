"""Finished drafts on disk, once a run has recorded more than memory should hold."""

import pickle
import tempfile
from pathlib import Path
from typing import IO

from crm_contracts.lab.draft import Draft

THRESHOLD = 96 * 1024 * 1024
"""Bytes of the wire that one run keeps in memory; later exchanges go to disk until they are asked for."""


class Spill:
    """A nameless file of one run: it is gone with the process, however that ends.

    `folder` is where the file lies (default: the system's place for temporary files).
    """

    __slots__ = ("_end", "_file", "_folder")

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._end = 0

    def put(self, draft: Draft) -> int:
        """Write a finished draft and return its place."""
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder, prefix="crm-journal-")  # noqa: SIM115 - see close
        place = self._end
        self._end += self._file.write(pickle.dumps(draft, pickle.HIGHEST_PROTOCOL))
        return place

    def get(self, place: int) -> Draft:
        """Read a draft back."""
        assert self._file is not None
        self._file.seek(place)
        draft = pickle.load(self._file)  # noqa: S301 - our own file, which has no name
        self._file.seek(self._end)
        assert isinstance(draft, Draft)
        return draft

    def close(self) -> None:
        """Let the file go; a second time does nothing."""
        if self._file is not None:
            self._file.close()
            self._file = None
