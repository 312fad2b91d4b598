"""Where a project keeps its files."""

from pathlib import Path

import pytest

from crm_contracts.project import Layout
from crm_contracts.project.layout import layout_here, shipped_scenarios


def test_defaults(tmp_path: Path):
    """contracts and scenarios; the shipped scenarios where there are none."""
    layout = Layout.of(tmp_path)
    assert layout.paths == (tmp_path / "contracts", tmp_path / "scenarios")
    assert [(source.builtin, source.tag) for source in layout.sources] == [(True, "ci")]
    (tmp_path / "scenarios").mkdir()
    assert [source.folder for source in Layout.of(tmp_path).sources] == [tmp_path / "scenarios"]


def test_shown_names(tmp_path: Path):
    """Relative to the root; shipped ones begin with builtin/."""
    layout = Layout.of(tmp_path, (), ["builtin", "scenarios/"])
    assert layout.shown(tmp_path / "scenarios/a.yaml") == "scenarios/a.yaml"
    assert layout.shown(shipped_scenarios() / "auth/a.yaml") == "builtin/auth/a.yaml"
    assert layout.shown(Path("/elsewhere/a.yaml")) == "/elsewhere/a.yaml"


@pytest.mark.parametrize(
    "file, text",
    [
        ("pytest.ini", "[pytest]\ncrm_paths = crm more\ncrm_scenarios = builtin:drill\n"),
        ("tox.ini", "[pytest]\ncrm_paths = crm more\ncrm_scenarios = builtin:drill\n"),
        ("setup.cfg", "[tool:pytest]\ncrm_paths = crm\n  more\ncrm_scenarios = builtin:drill\n"),
        (
            "pyproject.toml",
            '[tool.pytest.ini_options]\ncrm_paths = ["crm", "more"]\ncrm_scenarios = "builtin:drill"\n',
        ),
        ("pyproject.toml", '[tool.pytest]\ncrm_paths = ["crm", "more"]\ncrm_scenarios = ["builtin:drill"]\n'),
    ],
)
def test_commands_read_the_settings_of_pytest(tmp_path: Path, file: str, text: str):
    """From the nearest folder upwards that has some; other files there do not matter."""
    (tmp_path / file).write_text(text)
    inner = tmp_path / "a/b"
    inner.mkdir(parents=True)
    (inner / "setup.cfg").write_text("[metadata]\nname = other\n")
    layout = layout_here(inner)
    assert (layout.root, layout.paths) == (tmp_path, (tmp_path / "crm", tmp_path / "more"))
    assert [source.tag for source in layout.sources] == ["drill"]


def test_a_folder_without_settings_is_its_own_project(tmp_path: Path):
    """Nothing is taken from far above."""
    assert layout_here(tmp_path).root == tmp_path
