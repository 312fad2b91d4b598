"""The shape of a consumer's file: which keys it has and what may stand there."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, JsonValue, TypeAdapter, model_validator

from crm_contracts.consumers.outcomes import is_path
from crm_contracts.consumers.promises import Part, PromisesPart
from crm_contracts.consumers.scalars import Listed, Seconds, Short
from crm_contracts.model.consumer import (
    CommandDriver,
    Driver,
    HttpCall,
    HttpDriver,
    Outcome,
    OutcomeRule,
    PythonDriver,
)
from crm_contracts.model.language import _

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_FACTORY = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
_ADDRESS = re.compile(r"(\[[0-9a-fA-F:]+\]|[\w.-]*):\d{1,5}")
_HOST = re.compile(r"(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z][A-Za-z0-9-]{0,62}")
_URL = re.compile(r"https?://[^\s/]+(/\S*)?")


def _factory(text: str) -> str:
    if not _FACTORY.fullmatch(text):
        raise ValueError(_("{text!r} names no factory; write module:attribute").format(text=text))
    return text


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError(_("{text!r} is no address; write host:port").format(text=text))
    return text


def _url(text: str) -> str:
    if not _URL.fullmatch(text):
        raise ValueError(_("{text!r} is no URL; write http://host:port").format(text=text))
    return text


def _host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise ValueError(_("{text!r} is no host; write its name alone: api.example.com").format(text=text))
    return text.lower()


def _json_path(text: str) -> str:
    if not is_path(text):
        raise ValueError(_("{text!r} is no path; write $.name.list[0]").format(text=text))
    return text


def _request(value: Any) -> Any:
    """`POST /test/reset` is short for a mapping."""
    method, _space, path = value.partition(" ") if isinstance(value, str) else ("", "", "")
    return {"method": method, "path": path.strip()} if path else value


class RequestPart(Part):
    """The request that makes a service do a call; `POST /tickets` is short for one without a body."""

    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    path: str = Field(pattern="^/")
    body: JsonValue = Field(default=None, alias="json")
    """Sent as JSON."""
    headers: dict[str, str] = Field(default_factory=dict)

    def value(self) -> HttpCall:
        """The request as drivers send it."""
        return HttpCall(
            method=self.method,
            path=self.path,
            json=self.body,
            has_json="body" in self.model_fields_set,
            headers=self.headers,
        )


_LINE = {"type": "string", "pattern": rf"^({'|'.join(METHODS)}) /", "examples": ["POST /test/reset"]}
Request = Annotated[RequestPart, Short(_request, lambda schema: {"anyOf": [_LINE, schema]})]


class FreshPart(Part):
    """A request that gives a service a fresh state."""

    request: Request


class HttpPart(Part):
    """A service that we start, or one that runs already."""

    start: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """Program and arguments; `{port}` becomes a free port, `{python}` our own interpreter."""
    attach: Annotated[str, AfterValidator(_url)] | None = None
    """Where the program runs that is there already."""
    listen: Annotated[str, AfterValidator(_address)] | None = None
    """The fixed address at which that program expects its CRM; its runs wait for each other."""
    ready: str = Field(default="/", pattern=r"^(/|https?://)")
    """Answers below 500 once the service is ready; a whole URL where its port is fixed."""
    ready_within: Seconds = 30.0
    fresh: Literal["restart", "none"] | FreshPart | None = None
    """How each run gets a fresh state: a new process, none, or a request."""
    lanes: int | None = Field(default=None, ge=1)
    """How many runs may go side by side: by default any number where `{port}` gives each its own, else 1."""

    def value(self, env: dict[str, str], cwd: str | None) -> HttpDriver:
        """The driver."""
        fresh = self.fresh or ("none" if self.attach else "restart")
        return HttpDriver(
            start=self.start or (),
            attach=self.attach,
            listen=self.listen,
            ready=self.ready,
            ready_within=self.ready_within,
            fresh=(fresh.request.method, fresh.request.path) if isinstance(fresh, FreshPart) else fresh,
            lanes=self.lanes,
            cwd=cwd,
            env=env,
        )


class DriverPart(Part):
    """How the consumer is called: exactly one of python, http and command."""

    python: Annotated[str, AfterValidator(_factory)] | None = None
    """A factory, `module:attribute`; it is given the endpoint and makes an object with a method for every call."""
    http: HttpPart | None = None
    command: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """Program and arguments, run once a call: `{call}` and `{args}` (JSON) are put in, JSON is read from stdout."""
    interpreter: str | None = None
    """The Python (3.8 or newer) that has the caller's libraries; default: ours."""
    import_: Literal["once", "per_run"] = Field(default="once", alias="import")
    """`per_run` where the module must be imported anew for every run."""
    in_process: bool = False
    """For debuggers: the caller lives in the process of the tests."""
    path: Annotated[tuple[str, ...], Listed] = ()
    """Folders of modules, relative to this file; its own folder and the working folder are searched without saying so."""
    cwd: str | None = None
    """The working folder of a service or command, relative to this file; default: where the tests are started."""
    env: dict[str, str] = Field(default_factory=dict)
    """More environment variables; `{endpoint.base_url}` and its like are put in."""

    def value(self) -> Driver:
        """The driver."""
        if self.http is not None:
            return self.http.value(self.env, self.cwd)
        if self.command is not None:
            return CommandDriver(command=self.command, cwd=self.cwd, env=self.env)
        return PythonDriver(
            factory=self.python or "",
            interpreter=self.interpreter,
            import_=self.import_,
            in_process=self.in_process,
            path=self.path,
            env=self.env,
        )


class CallPart(Part):
    """One call that the consumer offers."""

    does: Annotated[tuple[str, ...], Listed, Field(min_length=1)]
    """The operations that it does: an operationId, `METHOD /path`, or a list."""
    args: dict[str, JsonValue] = Field(default_factory=dict)
    """Its arguments by name; `{unique}` is a fresh marker, `{known.order.id}` a record of the contract's data."""
    request: Request | None = None
    """The request that makes a service do it."""
    reads: Annotated[tuple[str, ...], Listed] | None = None
    """The fields that it reads of the answers, by name or dotted path; `crm-contracts impact --observe` finds them."""


class RulePart(Part):
    """What a result looks like; every condition that is written must hold."""

    path: Annotated[str, AfterValidator(_json_path)] | None = None
    """A place of the answer, `$.notice`; alone it must only exist."""
    equals: JsonValue = None
    contains: str | None = None
    """Words of the text at the path, or of all that the user was told."""
    status: Annotated[tuple[int, ...], Listed] = ()
    raises: Annotated[tuple[str, ...], Listed] = ()
    """Exceptions by name, their subclasses included."""
    exit: Annotated[tuple[int, ...], Listed] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(_("a rule needs a condition"))
        return self

    def value(self, outcome: Outcome) -> OutcomeRule:
        """The rule."""
        return OutcomeRule(
            outcome=outcome,
            path=self.path,
            equals=self.equals,
            has_equals="equals" in self.model_fields_set,
            contains=self.contains,
            status=self.status,
            raises=self.raises,
            exit=self.exit,
        )


Rules = Annotated[tuple[RulePart, ...], Listed]


class OutcomesPart(Part):
    """How results are told apart; the first rule in the order of the file wins."""

    ok: Rules = ()
    degraded: Rules = ()
    queued: Rules = ()
    refused: Rules = ()
    crashed: Rules = ()

    def value(self, order: list[str]) -> tuple[OutcomeRule, ...]:
        """The rules in the order of the file."""
        return tuple(rule.value(Outcome(name)) for name in order for rule in getattr(self, name))


class ConsumerFile(Part):
    """A caller under test: how it is driven and what it promises."""

    consumer: str = Field(pattern=r"^[\w][\w.-]*$")
    """Its name."""
    contract: str | None = None
    """A contract's name or folder; default: the folder that this file lies in."""
    contact: str | None = None
    """Whom reports and change notices name."""
    driver: DriverPart
    calls: dict[str, CallPart] = Field(min_length=1)
    outcomes: OutcomesPart = OutcomesPart()
    promises: PromisesPart = PromisesPart()
    cannot: tuple[Literal["advance", "dns", "tls"], ...] = ()
    """What this caller cannot take part in: [advance] where its clock cannot be moved, as in Go."""
    https: bool = False
    """The lab speaks HTTPS with this caller in every scenario; those about certificates turn it on by themselves."""
    intercept: Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], Listed] = ()
    """Hosts whose requests are led to the lab although the program cannot be configured."""


def consumer_schema() -> dict[str, object]:
    """The JSON Schema of a consumer's file, for editors."""
    schema = _without_defaults(TypeAdapter(ConsumerFile).json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _without_defaults(schema: Any) -> Any:
    """Our defaults are seconds and shares, which is not what people write."""
    if isinstance(schema, list):
        return [_without_defaults(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _without_defaults(part) for key, part in schema.items() if key != "default"}
