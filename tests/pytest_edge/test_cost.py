"""A user who types only `pytest` pays nothing."""

import json
import subprocess
import sys

LOADED = """
import json, sys
before = set(sys.modules)
import crm_contracts.pytest_plugin
print(json.dumps(sorted(set(sys.modules) - before)))
"""

SESSION = """
import json, sys
import pytest
class Look:
    def pytest_unconfigure(self):
        print("LOADED", json.dumps([name for name in sys.modules if name.split(".")[0] == "crm_contracts"]))
pytest.main(["-q", "--collect-only", "-p", "no:cacheprovider", "."], plugins=[Look()])
"""


def test_the_plugin_imports_pytest_and_itself_only():
    """Nothing of third parties, and nothing more of ours."""
    code = "import pytest\n" + LOADED
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout) == ["crm_contracts", "crm_contracts.pytest_plugin"]


def test_a_session_without_the_flag_loads_nothing_more(tmp_path):
    """Not at configuration, not at collection."""
    (tmp_path / "test_own.py").write_text("def test_own(): pass")
    answer = subprocess.run(
        [sys.executable, "-c", SESSION], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    (line,) = (line for line in answer.stdout.splitlines() if line.startswith("LOADED"))
    assert json.loads(line.removeprefix("LOADED")) == ["crm_contracts", "crm_contracts.pytest_plugin"]
