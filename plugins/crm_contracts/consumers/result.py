"""From a message of the caller's side to the result of a call."""

from crm_contracts.consumers.channel import Message
from crm_contracts.consumers.process import End
from crm_contracts.model.call import CallResult, Failure


def of_message(message: Message) -> CallResult:
    """What a Python caller's method returned or raised."""
    started, ended = message["started"], message["ended"]
    if message["is"] == "returned":
        value, comparable = message["value"], message["comparable"]
        return CallResult(started=started, ended=ended, returned=True, value=value, comparable=comparable)
    told = message["failure"]
    failure = Failure(**{**told, "bases": tuple(told["bases"])})
    return CallResult(started=started, ended=ended, comparable=False, failure=failure)


def of_death(started: float, ended: float, end: End, output: str) -> CallResult:
    """A call that was open, or made, when the caller's process was no more."""
    return CallResult(
        started=started,
        ended=ended,
        comparable=False,
        died=True,
        exit=end.code,
        signal=end.signal,
        output=output,
    )


def of_hang(started: float, stack: str) -> CallResult:
    """A call that was given up; `stack` is the evidence."""
    return CallResult(started=started, ended=None, comparable=False, hung=True, output=stack)
