"""Which contract a consumer means: by name, by folder or document, or the one that its file lies in."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crm_contracts.contracts import load_contract
from crm_contracts.model.contract import Contract
from crm_contracts.project.discovery import contract_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Contracts:
    """The contracts of a project; `files` are their own files."""

    root: Path
    files: tuple[Path, ...]

    def meant(self, said: Path | str, folder: Path) -> Contract:
        """The contract that a consumer's file in `folder` means.

        Raises LookupError with the names that there are, or Problems where the contract cannot be read.
        """
        for place in self._places(str(said), folder):
            if place.is_file() or contract_file(place):
                return load_contract(place)
        raise LookupError(*sorted(self._named))

    @property
    def _named(self) -> dict[str, Path]:
        return {path.parent.name: path.parent for path in self.files}

    def _places(self, said: str, folder: Path) -> Iterator[Path]:
        if said in self._named:
            yield self._named[said]
        yield folder / said
        yield self.root / said
