"""What is kept between runs, and when it may not be."""

import asyncio
import os
import signal

import pytest

from crm_contracts.consumers import ConsumerFailed
from crm_contracts.model.consumer import PythonDriver
from tests.consumers.stage import ENDPOINT, consumer, played

PLAIN = consumer(PythonDriver(factory="plain:create"), "find")


def test_runs_of_one_consumer_share_one_import():
    """Runs that start side by side are forked from one zygote."""

    async def play(stage):
        async def run(order_id):
            async with stage.run(PLAIN) as wheel:
                return (await wheel.value("find", order_id=order_id))["pid"]

        pids = await asyncio.gather(*(run(n) for n in range(8)))
        assert len(set(pids)) == 8
        assert len(stage.groups) == 9

    played(play)


def test_a_zygote_that_died_is_replaced():
    """The next run imports anew."""

    async def play(stage):
        async with stage.run(PLAIN) as wheel:
            os.kill(stage.groups[0], signal.SIGKILL)
            assert (await wheel.value("find", order_id=1))["id"] == 1
        async with stage.run(PLAIN) as wheel:
            assert (await wheel.value("find", order_id=2))["id"] == 2

    played(play)


@pytest.mark.parametrize(
    "factory, expected",
    [("early:Early", ENDPOINT.base_url), ("threaded:Threaded", True)],
    ids=["reads", "threads"],
)
def test_what_forking_would_spoil_gets_an_interpreter_of_its_own(factory, expected):
    """A module that reads the endpoint or starts threads while it is imported is imported in every run."""
    awkward = consumer(PythonDriver(factory=factory), "find")

    async def play(stage):
        for _ in range(2):
            async with stage.run(awkward) as wheel:
                found = await wheel.value("find")
                assert expected in (found if isinstance(found, list) else [found])
        assert len(stage.groups) == 3

    played(play)


def test_a_module_that_opens_files_is_not_forked(tmp_path):
    """A shared socket or epoll would let two runs disturb each other."""
    (tmp_path / "holder.py").write_text("import selectors\nkept = selectors.DefaultSelector()\nfind = len\n")
    held = consumer(PythonDriver(factory="holder:kept", path=(str(tmp_path),)), "get_map")

    async def play(stage):
        async with stage.run(held):
            pass
        assert await stage.pool.zygote(held, held.driver) is None

    played(play)


def test_libraries_that_callers_use_can_be_forked(tmp_path):
    """The usual HTTP and retry libraries leave nothing behind when they are imported."""
    libraries = "import httpx, requests, urllib3, tenacity, stamina, asyncio, logging, ssl\n"
    (tmp_path / "usual.py").write_text(libraries + "def create(): return httpx.Client()\n")
    usual = consumer(PythonDriver(factory="usual:create", path=(str(tmp_path),)), "get")

    async def play(stage):
        assert await stage.pool.zygote(usual, usual.driver) is not None

    played(play)


def test_a_module_that_cannot_be_imported_is_tried_again_in_the_next_run(tmp_path):
    """A failure is not kept: its cause may be mended meanwhile."""
    module = tmp_path / "mended.py"
    module.write_text("raise RuntimeError('not yet')\n")
    caller = consumer(PythonDriver(factory="mended:Caller", path=(str(tmp_path),)), "find")

    async def play(stage):
        with pytest.raises(ConsumerFailed, match="RuntimeError: not yet"):
            async with stage.run(caller):
                pass
        module.write_text("class Caller:\n    def find(self): return 'mended now'\n")
        async with stage.run(caller) as wheel:
            assert await wheel.value("find") == "mended now"

    played(play)


def test_only_so_many_zygotes_are_kept(monkeypatch):
    """The one that was not asked for the longest time goes first, and comes back when it is asked for."""
    monkeypatch.setattr("crm_contracts.consumers.pool.KEPT", 2)
    callers = [
        consumer(PythonDriver(factory="plain:create", env={"NUMBER": str(n)}), "find") for n in range(3)
    ]

    async def play(stage):
        for caller in (*callers, callers[2], callers[0]):
            async with stage.run(caller) as wheel:
                assert (await wheel.value("find", order_id=1))["id"] == 1
        kept = [place.zygote for place in stage.pool._places.values() if place.zygote]
        assert len(kept) == 2
        assert len(stage.groups) == 5 + 4

    played(play)
