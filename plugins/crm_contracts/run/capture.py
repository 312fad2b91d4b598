"""From a driver's raw result to a `Call`: secrets become names, then the declarations say what it was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from crm_contracts.consumers import classify
from crm_contracts.lab.secrets import Secrets
from crm_contracts.model.call import Call, CallResult, Failure, Phase
from crm_contracts.model.consumer import CallSpec, Consumer
from crm_contracts.model.journal import Leak
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _


@dataclass(slots=True)
class Capture:
    """Collects the calls of one run; leaks are looked for before redaction, and only the finding is kept."""

    consumer: Consumer
    secrets: Secrets
    calls: list[Call] = field(default_factory=list)
    leaks: list[Leak] = field(default_factory=list)
    begun: int = 0

    def number(self) -> int:
        """The next call's number."""
        self.begun += 1
        return self.begun

    def add(
        self,
        number: int,
        spec: CallSpec,
        phase: Phase,
        result: CallResult,
        *,
        args: JSON,
        marker: str,
        records: tuple[str, ...],
        malformed: bool,
    ) -> Call:
        """Record one finished call and return it."""
        self._leaks(number, result)
        clean = self._redacted(result)
        outcome, note = classify(clean, self.consumer.outcomes, self.consumer.driver, malformed=malformed)
        call = Call(
            id=number,
            name=spec.name,
            phase=phase,
            does=spec.does,
            effect=spec.effect,
            outcome=outcome,
            result=clean,
            args=args if isinstance(args, dict) else {},
            marker=marker,
            records=records,
            note=note,
        )
        self.calls.append(call)
        return call

    def output(self, text: str) -> str:
        """The consumer's own words, with secrets found and redacted."""
        self._find(text, _("the caller's output"), None)
        return self.secrets.redact_text(text)

    def in_order(self) -> tuple[Call, ...]:
        """The calls by the time at which they began."""
        return tuple(sorted(self.calls, key=lambda call: (call.started, call.id)))

    def _leaks(self, number: int, result: CallResult) -> None:
        for where, text in _texts(result):
            self._find(text, where, number)

    def _find(self, text: str, where: str, call: int | None) -> None:
        for name in self.secrets.find(text):
            at = max((done.ended or done.started for done in self.calls), default=0.0)
            self.leaks.append(Leak(name=name, where=where, at=at, call=call))

    def _redacted(self, result: CallResult) -> CallResult:
        clean = self.secrets.redact_text
        return replace(
            result,
            value=self._clean(result.value),
            headers={name: clean(value) for name, value in result.headers.items()},
            output=clean(result.output),
            failure=self._clean_failure(result.failure),
        )

    def _clean_failure(self, failure: Failure | None) -> Failure | None:
        if failure is None:
            return None
        clean = self.secrets.redact_text
        return replace(failure, message=clean(failure.message), traceback=clean(failure.traceback))

    def _clean(self, value: JSON) -> JSON:
        if isinstance(value, str):
            return self.secrets.redact_text(value)
        if isinstance(value, list):
            return [self._clean(item) for item in value]
        if isinstance(value, dict):
            return {key: self._clean(item) for key, item in value.items()}
        return value


def _texts(result: CallResult) -> Iterable[tuple[str, str]]:
    yield from ((_("the answer to the user"), text) for text in _strings(result.value))
    yield from ((_("the answer's headers"), text) for text in result.headers.values())
    yield _("the call's output"), result.output
    if result.failure:
        # A traceback shows the caller's own source lines; only the message reaches a user.
        yield _("the error's message"), result.failure.message


def _strings(value: JSON) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
