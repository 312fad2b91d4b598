"""The commented start of a new consumer: its file, and a program that calls the CRM until the user's own stands there."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crm_contracts.consumers.first_call import FirstCall, first_call, snake
from crm_contracts.consumers.template_program import program_text
from crm_contracts.model.contract import Contract
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _

NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_WORD = re.compile(r"(?!(?:true|false|null)$)[A-Za-z_]\w*", re.IGNORECASE | re.ASCII)
KINDS = {"python": "driver", "http": "service", "command": "command"}
REFUSED = 3
"""The exit code by which the command says that it told its user."""


def checked_name(name: str) -> str:
    """A name that can be a consumer's and its file's; raises ValueError for any other.

    >>> checked_name("order-sync")
    'order-sync'
    """
    if not NAME.fullmatch(name):
        sentence = _("{name!r} is no name for a consumer; write small letters and digits with - between them")
        raise ValueError(sentence.format(name=name))
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerStart:
    """The files of a new consumer."""

    name: str
    contract: Contract
    driver: str
    first: FirstCall

    @classmethod
    def of(cls, name: str, contract: Contract, driver: str) -> "ConsumerStart":
        """The start for a contract; raises ValueError for a contract without a call."""
        return cls(name=name, contract=contract, driver=driver, first=first_call(contract))

    @property
    def call(self) -> str:
        """The call that it begins with."""
        return self.first.name

    @property
    def module(self) -> str:
        """The program's file without its suffix."""
        return f"{snake(self.name)}_{KINDS[self.driver]}"

    def files(self) -> Mapping[str, str]:
        """Return the consumer's file and the program beside it, by name."""
        program = program_text(self.contract, self.first, self.driver, refused=REFUSED)
        return {f"{self.name}.yaml": "\n".join(self._lines()) + "\n", f"{self.module}.py": program}

    def _lines(self) -> Iterator[str]:
        yield f"# {_('A caller under test. Only consumer, driver and calls are required.')}"
        yield ""
        yield f"consumer: {self.name}"
        yield f"# contact: my-team@example.com         # {_('reports name it')}"
        yield ""
        yield from self._driver()
        yield ""
        yield f"# {_('What it offers, and which operations of the contract each call does. A value in quotes may be')}"
        yield f"# {_('{known.NAME.FIELD}, a record of data.yaml, or have {unique}, by which a write is found again.')}"
        yield "calls:"
        yield from self._call()
        yield ""
        yield f"# {_('What its user experienced. What matches nothing is ok.')}"
        yield "outcomes:"
        yield f"  refused: {self._refused()}"
        yield "  # degraded: {path: $.notice, contains: limited}"
        yield "  # queued: {path: $.status, equals: queued}"
        yield ""
        yield f"# {_('What it keeps. Without a line the default counts, and reports say assumed; none switches it off.')}"
        yield "promises:"
        yield f"  deadline: 5s                         # {_('every call has an outcome by then')}"
        yield f"  attempts: 1                          # {_('the first one included')}"
        yield "  # backoff: [1s, 2s, 4s]"
        yield "  # breaker: {opens_after: 5 calls, half_open_after: 30s, probes: 1}"
        yield "  # refresh: {ahead: 10m}"
        yield "  # recovers_within: 10s"
        yield "  # delivers_within: 30s"

    def _driver(self) -> Iterator[str]:
        intro = {
            "python": _("create(endpoint) in this module makes an object with a method for every call."),
            "http": _(
                "This service is started for every run, with the endpoint in its environment (CRM_BASE_URL...)."
            ),
            "command": _(
                "This command is run for every call, with the endpoint in its environment (CRM_BASE_URL...)."
            ),
        }
        yield f"# {intro[self.driver]}"
        yield "driver:"
        if self.driver == "python":
            yield f"  python: {self.module}:create"
            yield f"  # interpreter: .venv/bin/python      # {_('the Python that has its libraries; default: this one')}"
        elif self.driver == "http":
            yield "  http:"
            yield f'    start: ["{{python}}", {self.module}.py, "{{port}}"]   # {_("or: [java, -jar, app.jar], [node, app.js]")}'
            yield "    ready: /"
            yield "  cwd: ."
        else:
            yield f'  command: ["{{python}}", {self.module}.py, "{{call}}", "{{args}}"]'
            yield "  cwd: ."
        yield f'  # env: {{MY_CRM_URL: "{{endpoint.base_url}}"}}   # {_("variables that your program reads")}'

    def _call(self) -> Iterator[str]:
        first = self.first
        if first.made_up:
            yield f"  # {_('These values are made up: the contract takes them. Put in what your program asks for, or a record')}"
            yield f"  # {_('of data.yaml.')}"
        args = {one.name: one.value for one in first.arguments}
        does = (
            first.operation.id
            if re.fullmatch(r"[\w.-]+", first.operation.id)
            else json.dumps(first.operation.id)
        )
        if self.driver == "http":
            yield f"  {first.name}:"
            yield f"    does: {does}"
            yield f"    request: {{method: POST, path: /{first.name}, json: {_flow(args)}}}"
            return
        told = f", args: {_flow(args)}" if args else ""
        yield f"  {first.name}: {{does: {does}{told}}}"

    def _refused(self) -> str:
        if self.driver == "python":
            return f"{{raises: [CrmUnavailable]}}      # {_('the user was told')}"
        if self.driver == "http":
            return f"{{status: [503]}}                 # {_('the user was told')}"
        return f"{{exit: [{REFUSED}]}}                     # {_('the user was told')}"


def _flow(value: JSON) -> str:
    """A value in YAML's flow style, which JSON is; plain words need no quotes as keys."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {_flow(part)}" for key, part in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    return key if _WORD.fullmatch(key) else json.dumps(key, ensure_ascii=False)
