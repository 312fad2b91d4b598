"""`crm-contracts new`: what it writes runs as it stands, and so does every command that it prints."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from crm_contracts.project.layout import shipped_scenarios
from tests.cli.conftest import Called, Command
from tests.project.shop import write

OPENAPI = {
    "openapi": "3.0.3",
    "info": {"title": "Parts CRM", "version": "1"},
    "servers": [{"url": "https://crm.example/v2"}],
    "paths": {
        "/parts": {
            "get": {
                "operationId": "listParts",
                "responses": {
                    "200": {
                        "description": "all",
                        "content": {
                            "application/json": {
                                "schema": {"type": "array", "items": {"$ref": "schemas/part.json"}}
                            }
                        },
                    }
                },
            }
        },
        "/parts/{partId}": {
            "get": {
                "operationId": "getPart",
                "parameters": [
                    {"name": "partId", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "responses": {
                    "200": {
                        "description": "one",
                        "content": {"application/json": {"schema": {"$ref": "schemas/part.json"}}},
                    }
                },
            }
        },
    },
}
PART = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "string", "example": "P-7"}, "name": {"type": "string", "maxLength": 20}},
}
AUTHS = {
    "oauth2": "{kind: oauth2, token_path: /oauth/token, access_token_lifetime: 1h}",
    "static": '{kind: static_token, in: header, name: X-Api-Key, scheme: ""}',
    "query": "{kind: api_key, in: query, name: api_key}",
    "basic": "{kind: basic}",
    "open": "{kind: none}",
}


@pytest.fixture
def empty(shop: Path, call: Command, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with nothing but pytest's own settings."""
    folder = shop / "empty"
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:randomly\n")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder


def commands(result: Called) -> list[str]:
    """The commands that were printed."""
    return [line.strip() for line in result.stdout.splitlines() if line.startswith("  ")]


def paste(folder: Path, command: str, *more: str) -> "subprocess.CompletedProcess[str]":
    """Run a printed command as a person does."""
    return subprocess.run(
        [*shlex.split(command), *more], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.slow
def test_from_nothing_to_a_verdict(empty: Path, call: Command):
    """A contract, a consumer, one call, one with a fault, and the judged baseline: each printed command, pasted."""
    made = call("new", "contract", "my-crm")
    assert made.returncode == 0
    assert made.stdout.splitlines()[:2] == [
        "contracts/my-crm/contract.yaml is written.",
        "contracts/my-crm/data.yaml is written.",
    ]
    lint, serve, consumer = commands(made)
    assert paste(empty, lint).stdout == "Files: 1. Problems: 0.\n"
    assert serve.endswith("serve --contract my-crm")
    second = paste(empty, consumer)
    assert second.returncode == 0, second.stderr
    plain, broken, judged = commands(Called(0, second.stdout, ""))
    assert "my-caller.get_order: ok after" in paste(empty, plain).stdout
    assert "my-caller.get_order: refused after" in paste(empty, broken).stdout
    answer = paste(empty, judged, "-q")
    assert answer.returncode == 0, answer.stdout
    assert "1 passed" in answer.stdout.splitlines()[-1]
    assert call("lint").returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("driver", ["http", "command"])
def test_a_program_in_another_process(empty: Path, call: Command, driver: str):
    """A service and a command run as well as an object."""
    call("new", "contract", "my-crm")
    result = call("new", "consumer", "desk", "--driver", driver)
    assert result.returncode == 0, result.stderr
    assert "desk.get_order: ok after" in call("try", "desk.get_order").stdout
    told = call("try", "desk.get_order", "--fault", "status", "--code", "503")
    assert (told.returncode, "desk.get_order: refused after" in told.stdout) == (0, True), told.stdout
    assert call("lint").returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("auth", AUTHS)
def test_each_way_to_prove_who_one_is(empty: Path, call: Command, auth: str):
    """The program that is written has the credential where the contract wants it."""
    call("new", "contract", "my-crm")
    path = empty / "contracts/my-crm/contract.yaml"
    head, _auth, rest = path.read_text().partition("auth:\n  kind: oauth2")
    path.write_text(
        f"{head}auth: {AUTHS[auth]}\n# {rest.replace('  token_path', '# ').replace('  access_token', '# ')}"
    )
    assert call("new", "consumer", "desk").returncode == 0
    result = call("try", "desk.get_order")
    assert "desk.get_order: ok after" in result.stdout, (result.stdout, path.read_text())


@pytest.mark.slow
def test_a_document_is_taken_as_it_is(empty: Path, call: Command):
    """With the files that it refers to, and a known record made of its own examples."""
    write(empty, "their/spec.json", json.dumps(OPENAPI))
    write(empty, "their/schemas/part.json", json.dumps(PART))
    result = call("new", "contract", "parts", "--from", "their/spec.json")
    assert result.returncode == 0, result.stderr
    home = empty / "contracts/parts"
    assert (home / "spec.json").read_text() == json.dumps(OPENAPI)
    assert (home / "schemas/part.json").is_file()
    assert 'part:\n    in: parts\n    id: "P-7"\n' in (home / "data.yaml").read_text()
    assert call("lint").returncode == 0
    assert call("new", "consumer", "stock").returncode == 0
    told = call("try", "stock.get_part").stdout
    assert "stock.get_part: ok after" in told
    assert "GET /v2/parts/P-7  200" in told


def test_a_document_that_cannot_be_read(empty: Path, call: Command):
    """Its problems, at their place; nothing is written."""
    write(
        empty,
        "spec.yaml",
        "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a: {get: {$ref: '#/nowhere'}}\n",
    )
    result = call("new", "contract", "parts", "--from", "spec.yaml")
    assert result.returncode == 1
    assert "spec.yaml:4:" in result.stderr
    assert not (empty / "contracts").exists()
    assert "There is no file nowhere.yaml." in call("new", "contract", "x", "--from", "nowhere.yaml").stderr


def test_a_shipped_scenario_is_copied(empty: Path, call: Command):
    """Under its new name, with its comments; the way to the schema is right, and the schema is there."""
    result = call("new", "scenario", "deep/down/my-hole", "--from", "network/black-hole")
    assert result.returncode == 0
    text = (empty / "scenarios/deep/down/my-hole.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=../../scenario.schema.json\nscenario: my-hole\n")
    original = (shipped_scenarios() / "network/black-hole.yaml").read_text()
    assert text.splitlines()[2:] == original.splitlines()[2:]
    assert json.loads((empty / "scenarios/scenario.schema.json").read_text())["title"]
    assert "crm_scenarios = builtin:ci scenarios" in result.stdout
    again = call("new", "scenario", "my-hole-2", "--from", "scenarios/deep/down/my-hole.yaml")
    assert again.returncode == 0
    assert "builtin:ci" not in again.stdout
    assert call("lint").returncode == 0


def test_own_scenarios_lie_where_the_ini_file_says(empty: Path, call: Command):
    """Else they would never be run."""
    (empty / "pytest.ini").write_text("[pytest]\ncrm_scenarios = builtin:ci worries\n")
    result = call("new", "scenario", "mine")
    assert (empty / "worries/mine.yaml").is_file()
    assert "builtin:ci" not in result.stdout


def test_nothing_is_overwritten(empty: Path, call: Command):
    """Neither one file nor some of several."""
    call("new", "contract", "my-crm")
    data = empty / "contracts/my-crm/data.yaml"
    data.write_text("known: {order: {in: orders, id: O-7}}\n")
    (empty / "contracts/my-crm/contract.yaml").unlink()
    result = call("new", "contract", "my-crm")
    assert result.returncode == 4
    assert result.stderr == "contracts/my-crm/data.yaml is there already; nothing was written.\n"
    assert not (empty / "contracts/my-crm/contract.yaml").exists()
    assert "O-7" in data.read_text()


@pytest.mark.parametrize(
    "words, sentence",
    [
        (("contrct", "x"), "'contrct' cannot be made.\n  Did you mean 'contract'?"),
        (("contract", "my crm"), "'my crm' is no name for a contract"),
        (("contract", "../x"), "'../x' is no name for a contract"),
        (("consumer", "My_Caller"), "'My_Caller' is no name for a consumer"),
        (("consumer", "x"), "No contract is here. Write one: "),
        (("consumer", "x", "--from", "y"), "--from copies documents and scenarios"),
        (("consumer", "x", "--contract", "acme-crm"), "This contract does not lie in contracts."),
        (("scenario", "../x"), "'../x' lies outside of scenarios."),
        (
            ("scenario", "x", "--from", "black-hol"),
            "There is no scenario 'black-hol'.\n  Did you mean 'black-hole'?",
        ),
    ],
)
def test_words_that_mean_nothing(empty: Path, call: Command, words: tuple[str, ...], sentence: str):
    """Exit 4, the alternatives, and no file."""
    result = call("new", *words)
    assert (result.returncode, result.stdout) == (4, "")
    assert sentence in result.stderr
    assert [path.name for path in empty.iterdir()] == ["pytest.ini"]


def test_help_of_every_command_is_quick_and_complete():
    """Each tells its options; none of them loads what only its work needs."""
    code = (
        "import sys, crm_contracts.cli as c\n"
        "try: c.main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print([n for n in ('pydantic', 'yaml', 'rich', 'pytest', 'crm_contracts.project') if n in sys.modules])"
    )
    for name in ("try", "serve", "fault", "list", "describe", "new", "known"):
        answer = subprocess.run(
            [sys.executable, "-c", code, name, "--help"], capture_output=True, text=True, check=True
        )
        assert answer.stdout.startswith("usage: crm-contracts "), name
        assert answer.stdout.splitlines()[-1] == "[]", name


@pytest.mark.slow
def test_the_reference_contract_is_copied_by_name(empty: Path, call: Command):
    """As a new contract's comment says it, under its own name, without callers, and it can be called at once."""
    call("new", "contract", "my-crm")
    text = (empty / "contracts/my-crm/contract.yaml").read_text()
    (said,) = [line for line in text.splitlines() if "--from acme-crm" in line]
    made = call(*shlex.split(said.lstrip("# "))[1:])
    assert made.returncode == 0, made.stderr
    assert "\ncontract: acme " in (empty / "contracts/acme/contract.yaml").read_text()
    assert (empty / "contracts/acme/variants/expired-as-403.yaml").is_file()
    assert not (empty / "contracts/acme/consumers").exists()
    assert call("lint", "contracts/acme").returncode == 0
    assert call("new", "consumer", "desk", "--contract", "acme").returncode == 0
    assert "desk.get_contact: ok after" in call("try", "desk.get_contact").stdout


def test_a_document_that_is_not_there(empty: Path, call: Command):
    """What could be copied instead is named."""
    told = call("new", "contract", "my-crm", "--from", "acme-cmr")
    assert told.returncode == 4
    assert "There is no file acme-cmr. Shipped contracts can be copied by name: acme-crm." in told.stderr


def test_values_that_are_made_up_are_called_that(empty: Path, call: Command):
    """Where the contract gives no example of an id, the value is one that it takes, and a comment says whose it is."""
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Parts", "version": "1"},
        "paths": {"/parts/{partId}": OPENAPI["paths"]["/parts/{partId}"]},  # type: ignore[index]
    }
    text = json.dumps(document).replace('"$ref": "schemas/part.json"', '"type": "object"')
    (empty / "openapi.json").write_text(text)
    call("new", "contract", "parts", "--from", "openapi.json")
    assert call("new", "consumer", "desk").returncode == 0
    written = (empty / "contracts/parts/consumers/desk.yaml").read_text()
    comment, _line, does = written.partition("calls:\n")[2].splitlines()[:3]
    assert comment.startswith("  # These values are made up")
    assert does == '  get_part: {does: getPart, args: {part_id: "1001"}}'
    assert call("lint").returncode == 0
