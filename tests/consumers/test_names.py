"""The lab's own host name, found and lost in the middle of a run."""

import asyncio
import sys
from dataclasses import replace
from typing import cast

import pytest

from crm_contracts.consumers import hosts
from crm_contracts.consumers.command import CommandCaller
from crm_contracts.lab.names import Resolver
from crm_contracts.model.consumer import CommandDriver, Consumer, HttpDriver, PythonDriver
from crm_contracts.model.endpoint import Endpoint
from tests.consumers.stage import CALLERS, ENDPOINT, consumer, played

NAMED = replace(ENDPOINT, base_url="http://crm.test:9/crm/v3")
FORKED = consumer(PythonDriver(factory="looking:create"), "look")
FRESH = consumer(PythonDriver(factory="looking:create", import_="per_run"), "look")
WAYS = ("kept", "named", "bytes", "simple", "loop", "connection")


@pytest.mark.parametrize(
    "url, name",
    [
        ("https://crm.test:8443/v3", "crm.test"),
        ("http://127.0.0.1:9/v3", ""),
        ("http://[::1]:9/v3", ""),
        ("http://localhost:9", ""),
    ],
)
def test_an_endpoint_knows_whether_it_has_a_name(url: str, name: str):
    """An address in numbers needs no resolver."""
    assert replace(ENDPOINT, base_url=url).host_name == name


@pytest.mark.parametrize("looking", [FORKED, FRESH], ids=["forked", "fresh"])
def test_a_python_caller_finds_the_name_loses_it_and_finds_it_again(looking: Consumer):
    """Whatever it asks by, also by a function that its module kept; look-ups in vain are told."""

    async def play(stage):
        async with stage.run(looking, NAMED) as wheel:
            assert isinstance(wheel.driver, Resolver)
            assert wheel.driver.cannot_resolve() is None
            found = [await wheel.value("look", way=way, host="crm.test") for way in WAYS]
            assert wheel.driver.lookups == ()
            assert await wheel.driver.resolve(known=False)
            lost = [await wheel.value("look", way=way, host="CRM.test.") for way in WAYS if way != "simple"]
            seen = len(wheel.driver.lookups)
            other = await wheel.value("look", way="kept", host="localhost")
            assert await wheel.driver.resolve(known=True)
            return found, lost, seen, other, await wheel.value("look", way="kept", host="crm.test")

    found, lost, seen, other, again = played(play)
    assert found == ["127.0.0.1"] * len(WAYS)
    assert lost == ["gaierror True"] * (len(WAYS) - 1)
    assert seen == len(WAYS) - 1
    assert other in {"127.0.0.1", "::1"}
    assert again == "127.0.0.1"


def test_a_caller_whose_endpoint_is_in_numbers_is_left_alone():
    """No name is ours then."""

    async def play(stage):
        async with stage.run(FORKED) as wheel:
            await wheel.driver.resolve(known=False)
            return await wheel.value("look", way="kept", host="127.0.0.1")

    assert played(play) == "127.0.0.1"


@pytest.mark.skipif(hosts.library() is None, reason="nss_wrapper is not installed")
def test_a_program_finds_the_name_loses_it_and_finds_it_again():
    """Under nss_wrapper; a look-up of our own confirms each change."""
    command = CommandDriver(command=(sys.executable, str(CALLERS / "looking.py"), "{args}"))
    looking = consumer(command, "look")

    async def play(stage):
        async with stage.run(looking, NAMED) as wheel:
            first = (await wheel.call("look", host="crm.test")).value
            assert await wheel.driver.resolve(known=False)
            second = (await wheel.call("look", host="crm.test")).value
            assert await wheel.driver.resolve(known=True)
            return first, second, (await wheel.call("look", host="crm.test")).value

    assert played(play) == ("127.0.0.1", "gaierror True", "127.0.0.1")


@pytest.mark.parametrize(
    "driver",
    [CommandDriver(command=("true",)), HttpDriver(start=("true",))],
    ids=["command", "http"],
)
def test_without_nss_wrapper_the_reason_says_how_to_get_it(
    driver: CommandDriver | HttpDriver, monkeypatch: pytest.MonkeyPatch
):
    """It is the machine that lacks something, not the caller."""
    monkeypatch.setattr(hosts, "library", lambda: None)

    async def play(stage):
        from crm_contracts.consumers import open_driver

        return cast("Resolver", open_driver(consumer(driver, "look"), stage.pool, stage.groups.append))

    why = played(play).cannot_resolve()
    assert "apt install libnss-wrapper" in why
    assert "cannot: [dns]" in why


def test_the_hosts_file_is_in_memory():
    """Nothing of it is left behind, however this process ends."""

    async def play() -> str:
        names = hosts.Hosts("crm.test")
        try:
            return dict(names.environment()).get("NSS_WRAPPER_HOSTS", "/proc/")
        finally:
            names.close()

    assert asyncio.run(play()).startswith("/proc/")


def test_a_command_has_no_name_to_lose_where_none_was_given():
    """Its endpoint is in numbers."""

    async def play(stage) -> bool:
        caller = CommandCaller(
            consumer(CommandDriver(command=("true",))), CommandDriver(command=("true",)), stage.groups.append
        )
        await caller.start(Endpoint(base_url="http://127.0.0.1:9", token_url="", tenants=ENDPOINT.tenants))
        return await caller.resolve(known=False)

    assert played(play) is False


def test_a_look_up_in_vain_shows_nothing_of_ours():
    """Its traceback is the caller's own, as with a real resolver."""

    async def play(stage):
        async with stage.run(consumer(PythonDriver(factory="looking:create"), "crash"), NAMED) as wheel:
            await wheel.driver.resolve(known=False)
            return await wheel.call("crash", host="crm.test")

    failure = played(play).failure
    assert failure.type == "socket.gaierror"
    assert "looking.py" in failure.traceback
    assert "names.py" not in failure.traceback
