"""One lab for a whole session: started when it is first needed, anew when it is gone, closed at the end."""

from pathlib import Path

from crm_contracts.host import LabClient
from crm_contracts.host.frames import About
from crm_contracts.lab import LabSettings


class LabKeeper:
    """Keeps the lab of one process; `folder` is its working folder. Closing ends the lab and everything that it started; twice does no harm."""

    def __init__(self, settings: LabSettings, *, language: str = "en", folder: Path | None = None) -> None:
        self.settings = settings
        self.language = language
        self.folder = folder
        self._lab: LabClient | None = None
        self._about: About | None = None

    @property
    def about(self) -> About | None:
        """What the lab is made of, or None while none was needed."""
        return self._about

    def lab(self) -> LabClient:
        """The living lab; raises LabGone where it cannot be started."""
        if self._lab is not None and not self._lab.alive:
            self.close()
        if self._lab is None:
            self._lab = LabClient(self.settings, language=self.language, folder=self.folder)
            self._about = self._lab.about()
        return self._lab

    def close(self) -> None:
        """End the lab, if there is one."""
        lab, self._lab = self._lab, None
        if lab is not None:
            lab.close()
