"""Every command in the two READMEs is run, and prints what they show."""

import re
from pathlib import Path

import pytest

from tests.docs.page import Block, blocks, commands
from tests.docs.terminal import Terminal

ROOT = Path(__file__).parents[2]
READMES = ["README.md", "README.zh-CN.md"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize("readme", READMES)
def test_commands_in_the_clone(readme: str):
    """Make knows both targets; both incidents fail as shown."""
    for block in blocks(ROOT / readme):
        if "dry run" in block.notes:
            for command in commands(block):
                target = command.words.removeprefix("make ")
                assert Terminal(ROOT).run(f"make -n {target} | grep -q .venv/bin").returncode == 0
        elif block.is_terminal and "in" not in block.notes:
            Terminal(ROOT).type(block)


def test_commands_in_an_empty_folder(tmp_path: Path):
    """The five steps lead from nothing to verdicts and a scenario; they are the same in both languages."""
    steps, same = (_steps(readme) for readme in READMES)
    assert len(steps) == 4
    assert [block.text for block in steps] == [block.text for block in same]
    for block in steps:
        Terminal(tmp_path).type(block)


def test_both_have_the_same_commands():
    """In the same order, apart from the language that is chosen; and the same links."""
    english, chinese = (blocks(ROOT / readme) for readme in READMES)
    assert [_words(block) for block in english] == [_words(block) for block in chinese]
    assert _links("README.md") == _links("README.zh-CN.md")


def _steps(readme: str) -> list[Block]:
    return [block for block in blocks(ROOT / readme) if block.is_terminal and "in" in block.notes]


def _words(block: Block) -> list[str]:
    return [command.words.replace(" --crm-lang zh_CN", "") for command in commands(block)]


def _links(readme: str) -> set[str]:
    found = re.findall(r"\]\(([^)]+)\)", (ROOT / readme).read_text(encoding="utf-8"))
    return {link for link in found if not link.startswith("README")}
