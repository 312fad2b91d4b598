"""From the wheel to a first verdict: three commands, in a folder that has nothing to do with this repository."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.project.shop import write

ROOT = Path(__file__).parents[2]
OFFLINE = re.compile(
    r"No matching distribution|Could not find a version|Max retries exceeded|NewConnectionError"
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

# What the user has: a vendor's document, a program that knows nothing of us, and four lines that say how it is called.
DOCUMENT = """\
openapi: 3.0.3
info: {title: Desk CRM, version: "1"}
servers: [{url: https://api.desk.example/v2}]
security: [{token: []}]
paths:
  /tickets/{ticketId}:
    get:
      operationId: readTicket
      parameters: [{name: ticketId, in: path, required: true, schema: {type: string}}]
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Ticket"}}}}
  /tickets:
    get:
      operationId: listTickets
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema: {type: object, properties: {results: {type: array, items: {$ref: "#/components/schemas/Ticket"}}}}
components:
  securitySchemes:
    token: {type: oauth2, flows: {clientCredentials: {tokenUrl: https://api.desk.example/oauth/token, scopes: {}}}}
  schemas:
    Ticket:
      {type: object, required: [id, subject], properties: {id: {type: string}, subject: {type: string}}}
"""
PROGRAM = """\
import json
import os
import urllib.parse
import urllib.request


class DeskAway(Exception):
    pass


class Desk:
    def ticket(self, number):
        try:
            request = urllib.request.Request(os.environ["DESK_API"] + "/tickets/" + number)
            request.add_header("Authorization", "Bearer " + self.token())
            return self.read(request)["subject"]
        except (OSError, ValueError, KeyError) as failed:
            raise DeskAway("the desk is closed") from failed

    def token(self):
        form = {"grant_type": "client_credentials", "client_id": os.environ["DESK_ID"]}
        form["client_secret"] = os.environ["DESK_SECRET"]
        return self.read(os.environ["DESK_TOKENS"], urllib.parse.urlencode(form).encode())["access_token"]

    def read(self, *request):
        with urllib.request.urlopen(*request, timeout=0.5) as answer:
            return json.load(answer)
"""
CONSUMER = """\
consumer: desk
driver:
  python: desk:Desk
  path: ../../..
  env:
    DESK_API: "{endpoint.base_url}"
    DESK_TOKENS: "{endpoint.token_url}"
    DESK_ID: "{endpoint.client_id}"
    DESK_SECRET: "{endpoint.client_secret}"
calls: {ticket: {does: readTicket, args: {number: "{known.ticket.id}"}}}
outcomes: {refused: {raises: [DeskAway]}}
promises: {deadline: 2s, attempts: 1, recovers_within: 2s}
"""
OWN = """\
scenario: desk-closed
title: The CRM is closed for the night
during: [{call: ticket}]
faults: [{fault: status, code: 503}]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """A shell in an empty folder, whose PATH leads to a fresh environment and to nothing of ours."""

    folder: Path
    environment: Path

    def run(self, command: str) -> "subprocess.CompletedProcess[str]":
        """Run one command as it is typed; what it printed is in `stdout`."""
        kept = {
            name: value for name, value in os.environ.items() if name.startswith("PIP_") or name == "HOME"
        }
        path = f"{self.environment / 'bin'}:/usr/local/bin:/usr/bin:/bin"
        return subprocess.run(
            command,
            shell=True,
            cwd=self.folder,
            env={**kept, "PATH": path, "LANG": "C.UTF-8", "PIP_CONSTRAINT": str(self.folder / "locked.txt")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=500,
            check=False,
        )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=200)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A user's folder with a program of theirs, and a fresh environment."""
    folder, environment = tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True, timeout=200)
    lines = re.findall(
        r"^[\w.-]+==[^\s\\]+(?: *;[^\\\n]*)?", (ROOT / "requirements.lock").read_text(), re.MULTILINE
    )
    write(folder, "locked.txt", "\n".join(lines) + "\n")
    write(folder, "desk-openapi.yaml", DOCUMENT)
    write(folder, "desk.py", PROGRAM)
    return Shell(folder=folder, environment=environment)


@pytest.fixture(scope="module")
def installed(shell: Shell, wheel: Path) -> Shell:
    """The first command is done."""
    done = shell.run(f"pip install {wheel}")
    if done.returncode and OFFLINE.search(done.stdout) and os.environ.get("CI") not in {"true", "1"}:
        pytest.skip(
            f"no package index can be reached, so NOTHING was installed: {done.stdout.splitlines()[-1]}"
        )
    assert done.returncode == 0, done.stdout
    return shell


@pytest.fixture(scope="module")
def verdicts(installed: Shell) -> "subprocess.CompletedProcess[str]":
    """The second and the third command, with the consumer's file written between them."""
    made = installed.run("crm-contracts new contract desk-crm --from desk-openapi.yaml")
    assert made.returncode == 0, made.stdout
    write(installed.folder, "contracts/desk-crm/consumers/desk.yaml", CONSUMER)
    return installed.run("pytest --crm-contracts")


def test_the_third_command_gives_verdicts(verdicts: "subprocess.CompletedProcess[str]"):
    """The baseline of a caller that is not ours, and the shipped scenarios that fit it, all passed."""
    assert verdicts.returncode == 0, verdicts.stdout
    assert "contracts/desk-crm/consumers/desk.yaml" in verdicts.stdout
    assert re.search(r"auth/token-expired +passed", verdicts.stdout), verdicts.stdout
    assert str(ROOT) not in verdicts.stdout


def test_own_and_shipped_scenarios_together(verdicts: "subprocess.CompletedProcess[str]", installed: Shell):
    """`crm_scenarios = builtin:ci scenarios/`; shipped ones have ids that begin with builtin/ and can be chosen by them."""
    write(installed.folder, "scenarios/desk-closed.yaml", OWN)
    write(installed.folder, "pytest.ini", "[pytest]\ncrm_scenarios = builtin:ci scenarios/\n")
    ids = installed.run("pytest --crm-contracts --collect-only -q").stdout.splitlines()
    assert "scenarios/desk-closed.yaml::desk" in ids
    assert "builtin/auth/token-expired.yaml::desk" in ids
    chosen = "builtin/auth/token-expired.yaml::desk scenarios/desk-closed.yaml::desk"
    done = installed.run(f"pytest --crm-contracts -v {chosen}")
    assert "2 passed" in done.stdout, done.stdout


def test_tests_by_hand_work_from_the_wheel(verdicts: "subprocess.CompletedProcess[str]", installed: Shell):
    """The fixtures need nothing but what the first command brought."""
    write(
        installed.folder,
        "test_desk.py",
        "import pytest\nfrom desk import Desk, DeskAway\n\n\n"
        "def test_desk(crm_endpoint, crm_fault, crm_journal, crm_verdicts, monkeypatch):\n"
        "    names = {'API': 'base_url', 'TOKENS': 'token_url', 'ID': 'client_id', 'SECRET': 'client_secret'}\n"
        "    for name, field in names.items():\n"
        "        monkeypatch.setenv('DESK_' + name, getattr(crm_endpoint, field))\n"
        "    with crm_fault('down'), crm_journal.call('ticket'), pytest.raises(DeskAway):\n"
        "        Desk().ticket('example')\n"
        "    with crm_journal.call('ticket') as call:\n"
        "        call.value = Desk().ticket('example')\n"
        "    crm_verdicts.assert_passed('outcomes', 'deadline', 'recovery')\n",
    )
    done = installed.run("python -m pytest -q test_desk.py")
    assert "1 passed" in done.stdout, done.stdout


def test_nothing_but_the_light_core_was_installed(installed: Shell):
    """Whoever wants Hypothesis, Schemathesis, Pact or charts asks for an extra."""
    names = installed.run("pip list --format freeze").stdout.lower()
    assert "pytest-crm-contracts==" in names
    assert not [
        name for name in ("hypothesis", "schemathesis", "pact", "plotly", "jinja2") if f"{name}" in names
    ]
