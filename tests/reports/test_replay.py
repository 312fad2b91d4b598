"""The command that does a run again."""

import os
import shlex
from pathlib import Path

import pytest

from crm_contracts.reports import Replay
from crm_contracts.reports.replay import pytest_program


def test_paths_are_seen_from_where_somebody_stands(tmp_path: Path):
    """Ids begin at the root."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/a.yaml").touch()
    replay = Replay(root=tmp_path, here=tmp_path / "scenarios", seed=3)
    assert replay.command("scenarios/a.yaml::vac") == 'pytest --crm-contracts "a.yaml::vac" --crm-seed 3'
    assert (
        replay.command("builtin/a.yaml::vac") == 'pytest --crm-contracts "builtin/a.yaml::vac" --crm-seed 3'
    )


@pytest.mark.parametrize("name", ["my file.yaml", "$HOME.yaml", "a`b`.yaml", 'a"b.yaml', "a'b.yaml"])
def test_a_shell_reads_back_the_id(tmp_path: Path, name: str):
    """Whatever the file is called."""
    replay = Replay(root=tmp_path, here=tmp_path)
    assert shlex.split(replay.command(f"scenarios/{name}::vac"))[2] == f"scenarios/{name}::vac"


def test_pytest_is_called_by_name_only_where_the_shell_finds_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Else by the way to this interpreter, as short as it is from here."""
    bin_folder = tmp_path / "my env/bin"
    bin_folder.mkdir(parents=True)
    (bin_folder / "pytest").touch(mode=0o755)
    python = bin_folder / "python"
    monkeypatch.setenv("PATH", os.fspath(bin_folder))
    assert pytest_program(tmp_path, python) == "pytest"
    monkeypatch.setenv("PATH", "/nowhere")
    assert pytest_program(tmp_path, python) == "'my env/bin/python' -m pytest"
    assert pytest_program(Path("/elsewhere"), python) == f"'{bin_folder}/python' -m pytest"
