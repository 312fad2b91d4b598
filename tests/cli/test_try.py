"""`crm-contracts try`: one call, as a person looks at it."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.project.shop import write

QUICK = ("--engine", "embedded")

ELSEWHERE = r"""\
import os
import urllib.request


class Fixed:
    def find_order(self, order_id):
        return urllib.request.urlopen("http://crm.invalid:8443/orders/" + order_id, timeout=1).read()


class Cached:
    def find_order(self, order_id):
        return {"total": 5}


def fixed(endpoint):
    return Fixed()


def cached(endpoint):
    return Cached()


class Loud:
    def find_order(self, order_id):
        print("\x1b[2Jordering\x07\n" * 50)
        raise KeyError("\x1b]0;owned\x07" + "x" * 30)


def loud(endpoint):
    return Loud()


def absent(endpoint):
    raise RuntimeError("no licence: " + os.environ["CRM_CLIENT_SECRET"])
"""


def caller(shop: Path, name: str, **driver: str) -> None:
    """A consumer of the module `elsewhere`."""
    write(shop, "elsewhere.py", ELSEWHERE)
    said = json.dumps({"python": f"elsewhere:{name}", "path": "../../..", **driver})
    text = f"consumer: {name}\ndriver: {said}\ncalls:\n  find_order: {{does: getOrder, args: {{order_id: O-1}}}}\n"
    write(shop, f"contracts/tiny-crm/consumers/{name}.yaml", text)


def test_a_call_and_what_came_of_it(call: Command):
    """Outcome, value and each attempt; nothing else goes wrong with it."""
    result = call("try", "sound.find_order")
    assert (result.returncode, result.stderr) == (0, "")
    first, second, *_rest = result.stdout.splitlines()
    assert first.startswith("sound.find_order: ok after ")
    assert second == '  value: {"total": 5}'
    assert "caller  find_order #1  ok after" in result.stdout
    assert "CRM   GET /orders/O-1  200" in result.stdout


def test_with_a_fault(call: Command):
    """Its own keys are options; the call's user was told, so the exit code is 0."""
    result = call("try", "sound.find_order", "--fault", "status", "--code", "503", "--retry-after=3s")
    assert result.returncode == 0
    assert "sound.find_order: refused after" in result.stdout
    assert "raised: shop.Away: the CRM is away" in result.stdout
    assert "fault on: the CRM answers 503, Retry-After 3 s in seconds" in result.stdout
    assert "GET /orders/O-1  503  [status]" in result.stdout


def test_a_crash_shows_where(call: Command):
    """Exit 1, and the caller's own lines."""
    result = call("try", "brittle.find_order", "--fault", "malformed_body", "--variant", "truncated", *QUICK)
    assert result.returncode == 1
    assert "brittle.find_order: crashed after" in result.stdout
    assert "  from:\n    Traceback" in result.stdout
    assert 'shop.py", line' in result.stdout


@pytest.mark.toxiproxy
def test_a_fault_of_the_line(call: Command):
    """A toxic needs an engine, and gets the real one where it is installed; durations may come from promises."""
    result = call("try", "sound.find_order", "--fault", "latency", "--latency", "1.5 * deadline")
    assert "sound.find_order: refused after" in result.stdout
    assert "fault on: bytes to the caller are 3 s late" in result.stdout


def test_arguments_in_the_place_of_the_consumers_own(call: Command):
    """As JSON; what is not said stays as the consumer's file has it."""
    result = call("try", "sound.find_order", "--args", '{"order_id": "O-2"}')
    assert "GET /orders/O-2  404" in result.stdout
    assert "refused" in result.stdout


def test_a_fault_that_never_fired_is_told(call: Command):
    """It proves nothing, so nobody may take it for a proof."""
    result = call("try", "sound.find_order", "--fault", "status", "--code", "503", "--every-nth", "2")
    assert "sound.find_order: ok" in result.stdout
    assert "the fault status never fired: No exchange that it selects was seen." in result.stdout


def test_a_program_that_has_its_own_address(shop: Path, call: Command):
    """What it was handed, with secrets as names, and the host that it went to instead."""
    caller(shop, "fixed")
    result = call("try", "fixed.find_order")
    assert result.returncode == 1
    assert "Nothing reached the lab." in result.stdout
    assert "  CRM_BASE_URL       http://127.0.0.1:" in result.stdout
    assert "  CRM_CLIENT_SECRET  client_secret#1*" in result.stdout
    assert "It reached for these hosts instead:\n  crm.invalid:8443\n" in result.stdout
    assert "Give your program `endpoint.base_url`" in result.stdout


def test_a_program_that_asks_nobody(shop: Path, call: Command):
    """An answer from a cache looks well and is not."""
    caller(shop, "cached")
    result = call("try", "cached.find_order")
    assert result.returncode == 1
    assert "cached.find_order: ok" in result.stdout
    assert "It looked up no host and began no connection" in result.stdout


def test_a_command_whose_ways_cannot_be_seen(shop: Path, call: Command):
    """Then what it was handed is all that is told."""
    write(
        shop,
        "contracts/tiny-crm/consumers/mute.yaml",
        'consumer: mute\ndriver:\n  command: [echo, \'{"total": 5}\']\n  env: {SHOP_CRM: "{endpoint.base_url}/v1"}\n'
        "calls:\n  find_order: {does: getOrder}\n",
    )
    told = call("try", "mute.find_order").stdout
    assert "The program was started with this in its environment:" in told
    assert "SHOP_CRM" in told
    assert "reached for" not in told
    assert "Look for an address that is fixed" in told


def test_a_program_that_does_not_start(shop: Path, call: Command):
    """Its own words are shown, without the secret that it let slip."""
    caller(shop, "absent")
    result = call("try", "absent.find_order")
    assert result.returncode == 1
    assert "absent did not come to its call." in result.stdout
    assert "RuntimeError: no licence: client_secret#1" in result.stdout
    assert "Nothing reached the lab" not in result.stdout


NOT_STARTED = {
    "a service that is not there": (
        "driver: {http: {start: [python3, no-such-file.py], ready: /, ready_within: 5s}}",
        "request: GET /orders/O-1",
        "The service ended with exit code 2 before it was ready.",
    ),
    "a module that is not there": (
        "driver: {python: 'no_such_module:create'}",
        "args: {order_id: O-1}",
        "The module 'no_such_module' was not found.",
    ),
    "a command that is not there": (
        "driver: {command: [no-such-program]}",
        "args: {}",
        "'no-such-program' cannot be started",
    ),
}


@pytest.mark.parametrize("case", NOT_STARTED)
def test_what_never_started_is_told_as_that_alone(shop: Path, call: Command, case: str):
    """No advice about hosts, environments or other interpreters for a program that nobody saw run."""
    driver, how, sentence = NOT_STARTED[case]
    text = f"consumer: away\n{driver}\ncalls:\n  find_order: {{does: getOrder, {how}}}\n"
    write(shop, "contracts/tiny-crm/consumers/away.yaml", text)
    result = call("try", "away.find_order")
    assert result.returncode == 1
    assert result.stdout.startswith(f"away did not come to its call.\n{sentence}")
    for other in ("reached", "CRM_BASE_URL", "endpoint.base_url", "interpreter is"):
        assert other not in result.stdout
    ours = result.stdout.partition("it printed")[0].splitlines()
    assert max(map(len, ours)) <= 80


def test_what_a_program_prints_is_shown_and_not_obeyed(shop: Path, call: Command):
    """Codes for the terminal are shown by number; of many lines the last are shown."""
    caller(shop, "loud")
    result = call("try", "loud.find_order")
    assert not set("\x1b\x07") & set(result.stdout)
    assert r"KeyError: '\x1b]0;owned\x07" in result.stdout or r"\\x1b" in result.stdout
    assert r"    \x1b[2Jordering\x07" in result.stdout
    assert "... 30 earlier lines ..." in result.stdout


@pytest.mark.parametrize(
    "words, sentence",
    [
        (("sond.find_order",), "There is no consumer 'sond'.\n  Did you mean 'sound'?"),
        (("sound.find_ordr",), "sound has no call 'find_ordr'.\n  Did you mean 'find_order'?"),
        (("sound",), "Which call? Say one of:\n  "),
        (("sound.find_order", "--code", "503"), "--code 503: settings belong to a fault; name it:"),
        (("sound.find_order", "--args", "[1]"), "--args wants a JSON object:"),
        (
            ("sound.find_order", "--fault", "status", "503"),
            "'503' is no setting; write settings of a fault as",
        ),
        (("sound.find_order", "--fault", "status", "--code"), "--code lacks its value: --code VALUE"),
        (
            ("sound.find_order", "--fault", "status", "--code", "1", "--code", "2"),
            "--code stands here twice.",
        ),
        (("sound.find_order", "--fault", "token_expired"), "this contract asks for no credential."),
    ],
)
def test_words_that_mean_nothing(call: Command, words: tuple[str, ...], sentence: str):
    """Exit 4, the nearest word, the alternatives, the next step; never a traceback."""
    result = call("try", *words)
    assert (result.returncode, result.stdout) == (4, "")
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "words, lines",
    [
        (
            ("--fault", "status", "--code", "5o3", "--retry-aftr", "3s"),
            [
                "command line:1:23: Expected a whole number, found text '5o3'.",
                "    --fault status --code 5o3 --retry-aftr 3s",
                "                          ^",
                "command line:1:27: Unknown key 'retry_aftr'.",
                "                              ^",
                "  Did you mean 'retry_after'?",
            ],
        ),
        (("--fault", "latancy"), ["command line:1:9: Unknown fault 'latancy'.", "  Did you mean 'latency'?"]),
        (("--fault", "status"), ["command line:1:9: The key 'code' is missing."]),
        (("--args", "{x"), ["--args:1:2: This is no valid JSON"]),
    ],
)
def test_settings_that_are_wrong_are_shown_where_they_stand(
    call: Command, words: tuple[str, ...], lines: list[str]
):
    """The line as it was typed, a caret, what is allowed; exit 1, as for any file."""
    result = call("try", "sound.find_order", *words)
    assert result.returncode == 1
    for line in lines:
        assert line in result.stderr
    assert "Traceback" not in result.stderr


def test_a_contract_that_cannot_be_read(shop: Path, call: Command):
    """Its problem, at its place."""
    write(shop, "contracts/tiny-crm/contract.yaml", "contract: tiny-crm\nauht: {kind: none}\n")
    result = call("try", "sound.find_order")
    assert result.returncode == 1
    assert "contracts/tiny-crm/contract.yaml:2:1: Unknown key 'auht'." in result.stderr
