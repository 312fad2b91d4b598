"""The runner's side of a caller that lives in its own process (`in_process: true`, for debuggers)."""

from dataclasses import replace

from crm_contracts.host.frames import CallBack


class InProcessCallers:
    """Makes the calls that the lab asks for, on objects of this process."""

    def __init__(self) -> None:
        self._callers: dict[str, object] = {}

    def answer(self, asked: CallBack) -> CallBack:
        """Do what was asked and return the frame that answers it."""
        return replace(asked, payload=self._do(asked))

    def _do(self, asked: CallBack) -> object:
        from crm_contracts.consumers import ConsumerFailed
        from crm_contracts.consumers.in_process import InProcess

        name = asked.consumer.name
        if asked.what == "start":
            try:
                self._callers[name] = InProcess(asked.consumer, asked.payload)
            except ConsumerFailed as failed:
                return str(failed)
            return None
        if asked.what == "stop":
            self._callers.pop(name, None)
            return None
        caller = self._callers[name]
        assert isinstance(caller, InProcess)
        return caller.call(asked.name, asked.payload)
