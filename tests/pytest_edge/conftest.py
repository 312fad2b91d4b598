"""A small project of a user: one contract, two callers of one call each, two scenarios; all real, all quick."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import crm_contracts.pytest_items  # noqa: F401
from crm_contracts.contracts import lint_contract
from crm_contracts.model.language import choose_language
from crm_contracts.project import Layout, Project
from tests.project.shop import write_settings, write_shop


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Import everything once: pytester forgets what is imported while it runs, and C extensions do not stand that."""
    root = tmp_path_factory.mktemp("warm")
    write_shop(root)
    project = Project(layout=Layout.of(root))
    assert not [problem for path in project.files for problem in project.problems_of(path)]
    assert not list(lint_contract(project.contracts[0].parent))


@pytest.fixture
def shop(warm: None, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The project's root, in which pytest is called."""
    for name in ("CI", "BUILD_NUMBER", "LANG", "LC_ALL", "LC_MESSAGES", "PYTEST_XDIST_WORKER"):
        monkeypatch.delenv(name, raising=False)
    write_settings(pytester.path)
    write_shop(pytester.path)
    yield pytester.path
    choose_language("en")
