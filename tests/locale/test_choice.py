"""The whole way: a process is told its language, and everything that it starts speaks it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project.shop import write_settings, write_shop

COMMAND = ("-m", "crm_contracts.cli")
PYTEST = ("-m", "pytest", "-p", "no:cacheprovider", "--crm-contracts", "--crm-engine", "embedded")


def speak(folder: Path, *words: str, **environment: str) -> str:
    """What a Python of ours prints in an environment that says no language but the given one."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTEST_"))
    }
    answer = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**kept, "PYTHONUTF8": "1", "COLUMNS": "80", **environment},
        capture_output=True,
        timeout=60,
        check=False,
    )
    return (answer.stdout + answer.stderr).decode()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project with a caller that crashes."""
    write_settings(tmp_path)
    write_shop(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "words, environment",
    [
        (("--crm-lang", "zh_CN", "doctor"), {}),
        (("--crm-lang=zh-CN", "doctor"), {"LC_ALL": "en_US.UTF-8"}),
        (("doctor",), {"LANG": "zh_CN.UTF-8"}),
        (("doctor",), {"LC_ALL": "zh_CN.UTF-8", "LANG": "C"}),
    ],
)
def test_the_command_speaks_chinese(tmp_path: Path, words: tuple[str, ...], environment: dict[str, str]):
    """By --crm-lang or by the environment."""
    lines = speak(tmp_path, *COMMAND, *words, **environment).splitlines()
    assert any(line.startswith("引擎   ") for line in lines)
    assert any(line.startswith("调用方   ") and line.endswith(" 0") for line in lines)


def test_without_a_word_it_speaks_english(tmp_path: Path):
    """Also in a language that we do not have."""
    told = speak(tmp_path, *COMMAND, "doctor", LANG="de_DE.UTF-8")
    assert "\nengine   " in told
    assert "引擎" not in told


def test_help_is_chinese_to_its_edges(tmp_path: Path):
    """Argparse's own sentences, too, and those of usage errors."""
    told = speak(tmp_path, *COMMAND, "--crm-lang", "zh_CN", "drill", "--help")
    assert told.startswith("用法：")
    assert "选项:" in told
    assert not {"usage", "options", "show"} & set(told.replace(":", " ").split())
    wrong = speak(tmp_path, *COMMAND, "--crm-lang", "zh_CN", "drill", "--seed", "x")
    assert "参数 --seed：'x' 不是有效的 int 值" in wrong


def test_the_options_of_pytest_are_explained_in_chinese(tmp_path: Path):
    """In pytest's own help."""
    told = speak(tmp_path, "-m", "pytest", "--help", LANG="zh_CN.UTF-8")
    assert "调用 CRM 的程序经得住考验吗？" in told


def test_a_terminal_without_chinese_letters_gets_their_numbers(tmp_path: Path):
    """No command ends because of a letter."""
    told = speak(
        tmp_path, *COMMAND, "--crm-lang", "zh_CN", "doctor", PYTHONUTF8="0", PYTHONIOENCODING="ascii"
    )
    assert "\\u5f15\\u64ce" in told
    assert "Traceback" not in told


@pytest.mark.slow
@pytest.mark.parametrize("by", ["option", "environment"])
def test_a_run_is_told_in_chinese_from_header_to_summary(shop: Path, by: str):
    """What the lab's process finds, what the runner concludes, and what pytest prints."""
    words, environment = (("--crm-lang", "zh_CN"), {}) if by == "option" else ((), {"LANG": "zh_CN.UTF-8"})
    told = speak(shop, *PYTEST, "scenarios/away.yaml", *words, **environment)
    lines = told.splitlines()
    assert "crm-contracts: 引擎：内嵌（按要求），种子 0" in lines
    assert "故障: CRM 返回 503" in lines
    assert "HTTPError 不在已声明的异常之中" in told
    assert "原样重放这次运行：" in lines
    assert "    在调用 CRM 的地方捕获它，并以已声明的拒绝或降级数据应答。" in lines
    assert any(line.endswith("个 failed; 引擎：内嵌（按要求），种子 0") for line in lines)


def test_a_mistake_in_a_file_is_told_in_chinese(shop: Path):
    """With the nearest word and what is allowed."""
    (shop / "scenarios" / "broken.yaml").write_text(
        "scenario: broken\ntitle: 断网\nduring: [{call: reads}]\nfaults: [{fault: latancy}]\n"
    )
    told = speak(shop, *COMMAND, "--crm-lang", "zh_CN", "lint")
    assert "scenarios/broken.yaml:4:18: 未知的 fault：'latancy'。" in told
    assert "  是否想写 'latency'？\n  允许：latency, " in told
