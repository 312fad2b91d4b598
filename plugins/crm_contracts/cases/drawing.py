"""Drawing and shrinking with Hypothesis, whose search is separate from the asking: cases are asked side by side.

Drawn answers are gathered first and asked at once; only where one fails does Hypothesis search for the smallest, and it
finds the answers that are known already in `fails`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from crm_contracts.model.language import _

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

INSTALL = 'pip install "pytest-crm-contracts[payloads]"'


class ExtraMissing(Exception):  # noqa: N818 - a fact, told with the command that mends it
    """The extra for payloads is not installed."""

    def __init__(self) -> None:
        super().__init__(
            _("Payload cases need Hypothesis. Install it with: {command}").format(command=INSTALL)
        )


class _Found(Exception):  # noqa: N818 - how a search tells Hypothesis that it found something
    pass


class Enough(BaseException):
    """A search has asked as much as it may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How answers are drawn: the seed decides all, failures are kept under `key` in the database of the project."""

    seed: int
    key: str
    database: Path | None = None

    def drawn(self, strategy: "SearchStrategy[T]", count: int) -> list[T]:
        """Return up to `count` values, the same ones for the same seed."""
        found: list[T] = []
        self._search(strategy, found.append, count, ("generate",), kept=False)
        return found

    def smallest(
        self,
        strategy: "SearchStrategy[T]",
        fails: Callable[[T], bool],
        count: int,
        *,
        only_kept: bool = False,
    ) -> T | None:
        """Return the smallest value that fails, or None; `only_kept` looks at what failed in earlier sessions alone."""
        last: list[T] = []

        def search(value: T) -> None:
            if fails(value):
                last.append(value)
                raise _Found

        phases = ("reuse",) if only_kept else ("reuse", "generate", "shrink")
        try:
            self._search(strategy, search, count, phases, kept=True)
        except _Found:
            return last[-1]
        except Enough:
            return min(last, key=lambda value: len(repr(value)), default=None)
        except Exception:
            # A caller that fails only now and then: Hypothesis calls that flaky, and the value is a find all the same.
            if last:
                return last[-1]
            raise
        return None

    @property
    def knows_something(self) -> bool:
        """Whether an earlier session kept anything at all."""
        return self.database is not None and self.database.is_dir()

    def _search(
        self,
        strategy: "SearchStrategy[T]",
        test: Callable[[T], Any],
        count: int,
        phases: tuple[str, ...],
        *,
        kept: bool,
    ) -> None:
        hypothesis = hypothesis_here()

        def crm_case(value: T) -> None:
            test(value)

        given = hypothesis.given(strategy)(crm_case)
        given = hypothesis.settings(
            max_examples=count,
            database=self._kept() if kept else None,
            deadline=None,
            derandomize=False,
            phases=[hypothesis.Phase[name] for name in phases],
            suppress_health_check=list(hypothesis.HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
            verbosity=hypothesis.Verbosity.quiet,
        )(given)
        seeded = hypothesis.seed(self.seed)(given)
        # One inner function serves every item, and what each of them found is its own.
        seeded.hypothesis.inner_test._hypothesis_internal_add_digest = self.key.encode()  # noqa: SLF001 - as its own plugin does
        seeded()

    def _kept(self) -> Any:
        if self.database is None:
            return None
        from hypothesis.database import DirectoryBasedExampleDatabase

        return DirectoryBasedExampleDatabase(self.database)


def hypothesis_here() -> Any:
    """Hypothesis; raises ExtraMissing."""
    try:
        import hypothesis
    except ImportError:
        raise ExtraMissing from None
    return hypothesis
