"""The hosts that a caller reaches for."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from crm_contracts.consumers import child

CHILD = Path(child.__file__).parent
CODE = """
import json, socket, sys
sys.path.insert(0, sys.argv[1])
import contacts
told = []
heard = contacts.Contacts()
heard.install()
{before}
heard.tell(told.append)
{after}
print(json.dumps([[one["host"], one["port"]] for one in told]))
"""
TRY = "try: {act}\nexcept OSError: pass"


def contacts(*acts: str, before: str = "") -> list[list[object]]:
    """What is told of these acts, in a process of their own: a hook cannot be taken away."""
    code = CODE.format(before=before, after="\n".join(TRY.format(act=act) for act in acts))
    answer = subprocess.run(
        [sys.executable, "-I", "-c", code, str(CHILD)], capture_output=True, text=True, check=True
    )
    told: list[list[object]] = json.loads(answer.stdout.splitlines()[-1])
    return told


def test_names_and_addresses_are_told_once():
    """Lookups and connections, of every kind of socket, each host and port a single time."""
    act = "socket.create_connection(('127.0.0.1', 9), 0.2)"
    assert contacts(act, act) == [["127.0.0.1", 9]]
    assert contacts("socket.getaddrinfo('crm.invalid', 'https')") == [["crm.invalid", 443]]
    assert contacts("socket.socket().connect_ex(('127.0.0.1', 9))") == [["127.0.0.1", 9]]
    loop = "__import__('asyncio').run(__import__('asyncio').open_connection('127.0.0.1', 9))"
    assert contacts(loop) == [["127.0.0.1", 9]]


def test_what_was_done_before_somebody_listens_is_told_later():
    """A module may connect while it is imported."""
    before = TRY.format(act="socket.create_connection(('127.0.0.1', 9), 0.2)")
    assert contacts(before=before) == [["127.0.0.1", 9]]


@pytest.mark.parametrize(
    "act",
    [
        "socket.socket(socket.AF_UNIX).connect('/nowhere')",
        "socket.getaddrinfo(None, 80)",
        "socket.getaddrinfo('', 80)",
    ],
)
def test_what_is_no_host_is_not_told(act: str):
    """Sockets of files, and this machine's own wildcard."""
    assert contacts(act) == []


def test_there_is_an_end_to_it():
    """A scanner's thousand hosts say no more than its first ones."""
    act = "[socket.socket().connect_ex(('127.0.0.1', 9000 + n)) for n in range(200)]"
    assert len(contacts(act)) == 64
