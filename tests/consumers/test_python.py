"""The python driver, with real callers in processes of their own."""

import asyncio
import time

import pytest

from crm_contracts.consumers import ConsumerFailed
from crm_contracts.consumers.python import PythonCaller
from crm_contracts.model.consumer import PythonDriver
from tests.consumers.stage import ENDPOINT, Stage, consumer, is_gone, oldest_python, played

CALLS = (
    *("find", "told", "variable", "opaque", "pages", "refuse", "stumble", "leave", "vanish", "crash", "hang"),
    *("nap", "meet", "chatter", "limited", "bear", "clocks", "stop_the_world"),
)
PLAIN = consumer(PythonDriver(factory="plain:create"), *CALLS)
FRESH = consumer(PythonDriver(factory="plain:create", import_="per_run"), *CALLS)
AWAITED = consumer(
    PythonDriver(factory="awaited:create"), "find", "nap", "meet", "pages", "hang", "refuse", "plain"
)


@pytest.fixture(params=[PLAIN, FRESH], ids=["forked", "fresh"])
def plain(request):
    return request.param


def test_a_method_returns_its_value_with_the_callers_own_stamps(plain):
    """A call gives the method's value as JSON and stamps of the system's monotonic clock."""

    async def play(stage):
        before = time.monotonic()
        async with stage.run(plain) as wheel:
            result = await wheel.call("find", order_id="O-1")
        assert result.returned
        assert result.comparable
        assert result.value["id"] == "O-1"
        assert before < result.started <= result.ended < time.monotonic()

    played(play)


def test_every_run_has_a_process_of_its_own(plain):
    """Nothing of one run is known to the next: its object, its modules and its process are new."""

    async def play(stage):
        seen = []
        for _ in range(2):
            async with stage.run(plain) as wheel:
                await wheel.call("find", order_id=1)
                seen.append(await wheel.value("find", order_id=2))
        assert [one["calls"] for one in seen] == [2, 2]
        assert seen[0]["pid"] != seen[1]["pid"]
        assert all(one["pid"] == one["group"] in stage.groups for one in seen)

    played(play)


def test_the_factory_is_given_the_endpoint_without_showing_its_secrets(plain):
    """The endpoint crosses as attributes, and printing it tells no secret."""

    async def play(stage):
        async with stage.run(plain) as wheel:
            base, client, secret, shown = await wheel.value("told")
            assert (base, client, secret) == (ENDPOINT.base_url, "client-one", "secret-two")
            assert "secret" not in shown
            assert await wheel.value("variable", which="CRM_CLIENT_ID") == "client-one"
            assert await wheel.value("variable", which="http_proxy") == ""

    played(play)


def test_variables_of_the_file_are_filled_from_the_endpoint():
    """`env:` renames the endpoint's variables for existing programs."""
    driver = PythonDriver(
        factory="plain:create", env={"HUBSPOT_API": "{endpoint.base_url}/x", "MODE": "test"}
    )

    async def play(stage):
        async with stage.run(consumer(driver, "variable")) as wheel:
            assert await wheel.value("variable", which="HUBSPOT_API") == f"{ENDPOINT.base_url}/x"
            assert await wheel.value("variable", which="MODE") == "test"

    played(play)


def test_an_exception_is_reported_with_its_bases_and_whose_it_is(plain):
    """The type, its bases, the traceback in the caller's code, and whether the type is the caller's own."""

    async def play(stage):
        async with stage.run(plain) as wheel:
            own = (await wheel.call("refuse")).failure
            builtin = (await wheel.call("stumble")).failure
        assert (own.type, own.message, own.own) == ("plain.CrmUnavailable", "not now", True)
        assert (builtin.type, builtin.own) == ("KeyError", False)
        assert builtin.bases[:2] == ("LookupError", "Exception")
        assert "plain.py" in builtin.traceback
        assert "child" not in builtin.traceback

    played(play)


def test_a_value_without_a_form_in_json_is_not_comparable():
    """What has only a repr crosses as that repr and says that it cannot be compared."""

    async def play(stage):
        async with stage.run(PLAIN) as wheel:
            result = await wheel.call("opaque")
            assert not result.comparable
            assert result.value.startswith("<object object")
            assert await wheel.value("pages") == [{"page": 1}, {"page": 2}]

    played(play)


def test_printing_disturbs_nothing_and_is_kept(plain):
    """A caller may print as much as it likes, to stdout too."""

    async def play(stage):
        async with stage.run(plain) as wheel:
            assert await wheel.value("chatter") == "quiet"
        assert "printed to stdout" in wheel.driver.output
        assert "printed to stderr" in wheel.driver.output
        assert "tidied up" in wheel.driver.output

    played(play)


def test_a_caller_that_exits_is_told_and_then_gone(plain):
    """SystemExit is the call's end and the program's: later calls find it dead."""

    async def play(stage):
        async with stage.run(plain) as wheel:
            result, later = await wheel.call("leave"), await wheel.call("find", order_id=1)
        assert result.failure.type == "SystemExit"
        assert (later.died, later.exit) == (True, 3)

    played(play)


@pytest.mark.parametrize("name, code, signal", [("vanish", 4, None), ("crash", None, 11)])
def test_a_caller_that_dies_takes_open_and_later_calls_with_it(plain, name, code, signal):
    """A death is reported for every open call and all later ones, with the last words."""

    async def play(stage):
        async with stage.run(plain) as wheel:
            nap = asyncio.create_task(wheel.call("nap", seconds=50))
            await asyncio.sleep(0.1)
            results = [await wheel.call(name), await nap, await wheel.call("find", order_id=1)]
        assert all((r.died, r.exit, r.signal) == (True, code, signal) for r in results), results
        assert name == "crash" or "last words" in results[0].output

    played(play)


def test_a_hung_call_is_given_up_with_its_stack_and_the_caller_lives_on(plain):
    """The stack names the line that waits; other calls of the same process go on."""

    async def play(stage):
        async with stage.run(plain) as wheel:
            result = await wheel.call("hang", within=0.2)
            assert (result.hung, result.ended) == (True, None)
            assert "in wait_for_the_crm" in result.output
            assert (await wheel.value("find", order_id=1))["id"] == 1

    played(play)


def test_a_process_that_is_stuck_as_a_whole_is_ended_and_never_waited_for_again(monkeypatch):
    """Where not even a thread answers, the stack comes from a signal, and later calls are told at once."""
    monkeypatch.setattr("crm_contracts.consumers.python.ANSWERS_WITHIN", 0.5)
    monkeypatch.setattr("crm_contracts.consumers.python.BEGINS_WITHIN", 0.5)

    async def play(stage):
        async with stage.run(PLAIN) as wheel:
            first = await wheel.call("stop_the_world", within=0.2)
            assert first.hung
            assert "in stop_the_world" in first.output
            assert (await wheel.call("find", order_id=1)).hung
            before = time.monotonic()
            assert (await wheel.call("find", order_id=1)).hung
            assert time.monotonic() - before < 1

    played(play)


def test_calls_at_once_run_at_once_and_calls_in_turn_on_the_main_thread():
    """Fifty calls overlap on threads; a lone call is on the main thread, where timeouts by signal work."""

    async def play(stage):
        async with stage.run(PLAIN) as wheel:
            mains = await asyncio.gather(*(wheel.value("meet", others=50) for _ in range(50)))
            assert mains.count(True) == 1
            assert all([await wheel.value("nap", seconds=0) for _ in range(20)])
            assert (await wheel.call("limited", seconds=0.05)).failure.type == "TimeoutError"

    played(play)


def test_an_async_object_lives_on_one_loop_for_the_whole_run():
    """An async factory, concurrent calls as tasks, async generators, plain methods and aclose."""

    async def play(stage):
        async with stage.run(AWAITED) as wheel:
            assert await wheel.value("find", order_id=7) == {"id": 7, "same loop": True}
            assert set(await asyncio.gather(*(wheel.value("meet", others=50) for _ in range(50)))) == {50}
            assert await wheel.value("pages") == [1, 2]
            assert await wheel.value("plain") == "plain"
            assert (await wheel.call("refuse")).failure.type == "TimeoutError"
        assert "closed for good" in wheel.driver.output

    played(play)


def test_a_hung_coroutine_shows_where_it_awaits():
    """The chain of awaits is the evidence, and the loop goes on."""

    async def play(stage):
        async with stage.run(AWAITED) as wheel:
            result = await wheel.call("hang", within=0.2)
            assert "in hang" in result.output
            assert "in deeper" in result.output
            assert await wheel.value("plain") == "plain"

    played(play)


@pytest.mark.parametrize("factory", ["awaited:create_in_loop", "awaited:Disguised"])
def test_async_objects_that_do_not_look_async_are_served(factory):
    """A factory that needs a running loop, and methods that only return something to await."""

    async def play(stage):
        async with stage.run(consumer(PythonDriver(factory=factory), "find")) as wheel:
            found = [await wheel.value("find", order_id=7) for _ in range(2)]
        assert found in ([7, 7], [{"id": 7, "same loop": True}] * 2)

    played(play)


def test_advance_moves_what_the_caller_reads_and_leaves_our_stamps(plain):
    """Wall clock, monotonic clock and dates go ahead together; the result's stamps stay real."""

    async def play(stage):
        async with stage.run(plain) as wheel:
            assert await wheel.driver.advance(3600)
            assert await wheel.driver.advance(86400)
            result = await wheel.call("clocks")
        seen, ahead = result.value, 86400 + 3600
        assert abs(seen["monotonic"] - ahead - time.monotonic()) < 30
        assert abs(seen["time"] - ahead - time.time()) < 30
        assert abs(seen["datetime"] - ahead - time.time()) < 30
        assert abs(result.started - time.monotonic()) < 30

    played(play)


def test_advance_leaves_sleeps_of_an_event_loop_real():
    """A timer of the loop does not fall due because the clocks were moved."""

    async def play(stage):
        async with stage.run(AWAITED) as wheel:
            nap = asyncio.create_task(wheel.call("nap", seconds=0.5))
            await asyncio.sleep(0.1)
            assert await wheel.driver.advance(3600)
            result = await nap
        assert result.ended - result.started >= 0.45

    played(play)


def test_a_consumer_that_cannot_be_advanced_says_so():
    """`cannot: [advance]` is heeded."""
    from dataclasses import replace

    async def play(stage):
        async with stage.run(replace(PLAIN, cannot=frozenset({"advance"}))) as wheel:
            assert not await wheel.driver.advance(60)

    played(play)


def test_what_the_caller_has_started_ends_with_its_run(plain):
    """The whole process group goes, also after a hang."""

    async def play(stage):
        async with stage.run(plain) as wheel:
            await wheel.value("bear")
            await wheel.call("hang", within=0.1)

    played(play)


def test_a_caller_ends_itself_when_the_lab_is_gone(plain):
    """When the driver's end of the channel closes, nobody has to kill anything."""

    async def play(stage):
        async with stage.run(plain) as wheel:
            pid = (await wheel.value("find", order_id=1))["pid"]
            await wheel.value("bear")
            assert isinstance(wheel.driver, PythonCaller)
            wheel.driver._channel.close()
            assert await asyncio.to_thread(is_gone, pid)

    played(play)


def test_an_older_interpreter_serves_the_same_protocol():
    """The caller's side runs on other Pythons, down to 3.8."""
    python = oldest_python()
    if python is None:
        pytest.skip("no other Python here")
    driver = PythonDriver(factory="plain:create", interpreter=str(python))
    asynchronous = PythonDriver(factory="awaited:create", interpreter=str(python))

    async def play(stage):
        async with stage.run(consumer(driver, *CALLS)) as wheel:
            assert (await wheel.value("find", order_id=1))["id"] == 1
            assert (await wheel.call("refuse")).failure.own
            assert await wheel.driver.advance(86400)
            assert (await wheel.value("clocks"))["datetime"] > time.time() + 80000
            assert "in wait_for_the_crm" in (await wheel.call("hang", within=0.2)).output
        async with stage.run(consumer(asynchronous, "find", "meet", "hang")) as wheel:
            assert set(await asyncio.gather(*(wheel.value("meet", others=9) for _ in range(9)))) == {9}
            assert "in deeper" in (await wheel.call("hang", within=0.2)).output

    played(play)


@pytest.mark.parametrize(
    "driver, words",
    [
        (PythonDriver(factory="plian:create"), ["'plian' was not found", "path:"]),
        (
            PythonDriver(factory="broken:create"),
            ["needs one that its interpreter lacks", "a_library_that_nobody_has"],
        ),
        (PythonDriver(factory="plain:craete"), ["has no 'craete'", "Did you mean 'create'?"]),
        (PythonDriver(factory="plain:create_badly"), ["raised ValueError: no base URL", "in create_badly"]),
        (PythonDriver(factory="plain:create_slowly_dying"), ["ended with exit code 7"]),
        (PythonDriver(factory="plain:create", interpreter="./no/python"), ["./no/python", "interpreter:"]),
    ],
    ids=["module", "library", "attribute", "factory", "dies", "interpreter"],
)
@pytest.mark.parametrize("import_", ["once", "per_run"])
def test_a_caller_that_cannot_be_made_is_told_with_the_next_step(driver, words, import_):
    """Each way not to come to a first call has its sentence, and the caller's own words follow."""
    from dataclasses import replace

    async def play(stage):
        with pytest.raises(ConsumerFailed) as failed:
            async with stage.run(consumer(replace(driver, import_=import_), "find")):
                pass
        return str(failed.value)

    told = played(play)
    assert all(word in told for word in words), told


def test_a_method_that_is_missing_is_told_before_the_first_call():
    """A call's name that the object has no method for is found at the start."""

    async def play(stage):
        with pytest.raises(ConsumerFailed, match=r"no method for these calls: fnid\. Did you mean 'find'?"):
            async with stage.run(consumer(PythonDriver(factory="plain:create"), "fnid", "nap")):
                pass

    played(play)


def test_a_caller_that_is_never_ready_is_told_and_ended(monkeypatch):
    """Patience with a factory ends."""
    monkeypatch.setattr("crm_contracts.consumers.python.READY_WITHIN", 0.3)

    async def play(stage):
        with pytest.raises(ConsumerFailed, match="not ready within"):
            async with stage.run(consumer(PythonDriver(factory="plain:wait_for_the_crm"), "find")):
                pass

    played(play)


def test_stopping_twice_or_before_the_start_is_harmless():
    """A run may end at any time."""
    from crm_contracts.consumers import open_driver

    async def play(stage: Stage):
        driver = open_driver(PLAIN, stage.pool, stage.groups.append)
        await driver.stop()
        async with stage.run(PLAIN) as wheel:
            await wheel.driver.stop()
            assert (await wheel.call("find", order_id=1)).died

    played(play)
