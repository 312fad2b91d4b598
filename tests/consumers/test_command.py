"""The command driver, with one real process a call."""

import asyncio

import pytest

from crm_contracts.consumers import ConsumerFailed
from crm_contracts.model.consumer import CommandDriver
from tests.consumers.stage import CALLERS, ENDPOINT, consumer, played

CALLS = ("find", "talk", "garbage", "refuse", "die", "hang", "silent")
COMMAND = consumer(
    CommandDriver(command=("{python}", str(CALLERS / "command.py"), "{call}", "{args}")), *CALLS
)


def run(name, within=20.0, **args):
    async def play(stage):
        async with stage.run(COMMAND) as wheel:
            return await wheel.call(name, within=within, **args), wheel.driver.output

    return played(play)


def test_a_call_is_a_process_with_name_args_and_endpoint():
    """Args arrive as JSON in one word, whatever they hold; the answer is JSON on stdout."""
    result, output = run("find", subject='"{call}" {port} $HOME; 打印机')
    assert result.exit == 0
    assert result.value == {"args": {"subject": '"{call}" {port} $HOME; 打印机'}, "base": ENDPOINT.base_url}
    assert output == "a word on stderr\n"


def test_lines_before_the_answer_do_no_harm():
    """The last line is read where stdout as a whole is no JSON."""
    assert run("talk")[0].value == {"found": True}


def test_a_command_without_an_answer_returns_nothing():
    """An empty stdout is no garbage."""
    result, _ = run("silent")
    assert (result.exit, result.value, result.failure) == (0, None, None)


def test_garbage_on_stdout_is_told_with_the_garbage():
    """The value is nothing, and the failure shows what stood there."""
    result, _ = run("garbage")
    assert (result.exit, result.value, result.comparable) == (0, None, False)
    assert "not JSON" in result.failure.message


def test_exit_codes_and_signals_are_reported():
    """The driver judges neither."""
    assert run("refuse")[0].exit == 75
    assert run("die")[0].signal == 9


def test_a_command_that_does_not_end_is_hung_and_ended():
    """What it has said so far is the evidence; nothing of it lives on."""
    result, _ = run("hang", within=1.0)
    assert (result.hung, result.ended) == (True, None)
    assert "still trying" in result.output


def test_commands_at_once():
    """Each call has its own process and answer."""

    async def play(stage):
        async with stage.run(COMMAND) as wheel:
            results = await asyncio.gather(*(wheel.call("find", n=n) for n in range(10)))
        assert [result.value["args"]["n"] for result in results] == list(range(10))
        assert len(set(stage.groups)) == 10

    played(play)


def test_a_run_that_ends_takes_its_commands_along():
    """A call that is still open when the run ends is ended."""

    async def play(stage):
        async with stage.run(COMMAND) as wheel:
            task = asyncio.create_task(wheel.call("hang"))
            await asyncio.sleep(0.2)
        assert (await task).signal == 9

    played(play)


def test_a_command_that_cannot_be_found_is_told_before_the_first_call():
    """The program is named, and where it is looked for."""

    async def play(stage):
        with pytest.raises(ConsumerFailed, match="'no-such-program' cannot be started: No such file"):
            async with stage.run(consumer(CommandDriver(command=("no-such-program", "{call}")), "find")):
                pass

    played(play)


def test_a_program_is_found_from_its_own_working_folder(tmp_path):
    """A relative path is looked for here, in `cwd`, and beside the consumer's file."""
    script = tmp_path / "sync"
    script.write_text('#!/bin/sh\necho "\\"$PWD\\""\n')
    script.chmod(0o755)

    async def play(stage):
        async with stage.run(
            consumer(CommandDriver(command=("./sync",), cwd=str(tmp_path)), "find")
        ) as wheel:
            return (await wheel.call("find")).value

    assert played(play) == str(tmp_path)
