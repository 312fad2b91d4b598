"""The answer that an interaction expects, against what the operation promises: status, headers, and the body as a part."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from jsonschema_rs import Draft202012Validator

from crm_contracts.contracts.bodies import MediaTable, base_of, kind_of
from crm_contracts.contracts.parameters import ParameterCheck
from crm_contracts.contracts.schemas import Schemas, compiled
from crm_contracts.contracts.strict_json import StrictJsonError, strict_json
from crm_contracts.contracts.violations import schema_violations
from crm_contracts.documents import Document, Place
from crm_contracts.model.contract import Contract, Operation, Response
from crm_contracts.model.exchange import Answer, Violation
from crm_contracts.model.json import JSON, Schema
from crm_contracts.model.language import _
from crm_contracts.model.verdict import Layer
from crm_contracts.pacts.pact import Interaction
from crm_contracts.pacts.promised import part_at, promised
from crm_contracts.pacts.rules import Step
from crm_contracts.pacts.wrong import Wrong, schema_of, schema_text, steps_of_pointer

_WITHOUT_BODY: Final = frozenset({204, 304})
_EVERYWHERE: Final = frozenset(
    {
        *("content-type", "content-length", "content-encoding", "content-language", "transfer-encoding"),
        *("date", "server", "connection", "vary", "cache-control", "expires", "etag", "last-modified"),
        *("location", "retry-after", "www-authenticate", "allow", "link", "set-cookie", "age", "pragma"),
        *("deprecation", "sunset", "warning"),
    }
)
"""Headers that HTTP itself defines (RFC 9110, 9111, 6265, 8288, 8594, 9745): no contract needs to name them."""
_OF_THE_VALUE: Final = frozenset(
    {
        *("enum", "const", "format", "pattern", "min_length", "max_length", "minimum", "maximum"),
        *("exclusive_minimum", "exclusive_maximum", "multiple_of"),
    }
)


class Expecting:
    """Holds expected answers against one contract."""

    def __init__(self, contract: Contract, schemas: Schemas) -> None:
        self.contract = contract
        self._schemas = schemas
        self._validators: dict[int, tuple[Schema, Draft202012Validator]] = {}
        self._statuses = frozenset(_statuses(contract))
        self._headers = frozenset(_headers(contract))

    def wrong(self, operation: Operation, interaction: Interaction, document: Document) -> Iterator[Wrong]:
        """What is wrong with an expected answer; an operation without documented answers says nothing about them."""
        answer = interaction.answer
        if answer is None or not operation.responses:
            return
        response = _find(operation, answer.status)
        if response is None:
            if answer.status not in self._statuses:
                yield _status(operation, interaction, answer)
            return
        yield from self._of_headers(response, interaction, answer, document)
        yield from self._of_body(operation, response, interaction, answer, document)

    def _of_headers(
        self, response: Response, interaction: Interaction, answer: Answer, document: Document
    ) -> Iterator[Wrong]:
        known = {name.lower(): header for name, header in response.headers.items()}
        place: Place = (*interaction.place, "response", "headers")
        said = document.get(place)
        written = {key.lower(): key for key in said} if isinstance(said, dict) else {}
        for name, text in answer.headers:
            where = (*place, written.get(name, name))
            if name in known and name != "content-type":
                if fault := ParameterCheck(known[name], self._schemas).check([text]):
                    yield _header(name, fault[1], where, ", ".join(response.headers))
            elif name not in _EVERYWHERE and name not in self._headers:
                names = ", ".join(response.headers) or _("none")
                told = _("headers of this answer: {names}").format(names=names)
                yield _header(
                    name, _("The contract promises no header {name!r}.").format(name=name), where, told
                )

    def _of_body(
        self,
        operation: Operation,
        response: Response,
        interaction: Interaction,
        answer: Answer,
        document: Document,
    ) -> Iterator[Wrong]:
        if operation.method.upper() == "HEAD" or answer.status in _WITHOUT_BODY:
            if answer.body:
                message = _("An answer with status {status} has no body.").format(status=answer.status)
                yield _body((), "body.unexpected", message, interaction, message)
            return
        said = answer.header("content-type") or ""
        table = MediaTable(response.media, self._schemas, "response")
        if said and len(table) and table.find(said) is None:
            yield _content_type(said, table.names, interaction, document)
        elif answer.body and kind_of(said or "application/json") == "json":
            schema = schema_of(response.media, said or "application/json")
            yield from self._of_json(schema, interaction, answer, document)

    def _of_json(
        self, schema: Schema | None, interaction: Interaction, answer: Answer, document: Document
    ) -> Iterator[Wrong]:
        try:
            value = strict_json(answer.body)
        except StrictJsonError as error:
            yield _body((), error.rule, error.message, interaction, error.message)
            return
        if schema is None:
            return
        whole = self._schemas.whole(schema, "response")
        for violation in schema_violations(self._validator(schema, whole), value, answer.body):
            steps = steps_of_pointer(violation.pointer, document, interaction.expects)
            if not _meant_otherwise(interaction, violation, steps, whole):
                told = schema_text(self._schemas, schema, "response", _shown_for(violation, steps))
                message = violation.message.removeprefix(f"{violation.pointer}: ")
                yield _body(steps, violation.rule, message, interaction, told or message)

    def _validator(self, schema: Schema, whole: Mapping[str, JSON]) -> Draft202012Validator:
        # The schema is kept, too, so that no other one gets its id.
        if id(schema) not in self._validators:
            self._validators[id(schema)] = (schema, compiled(promised(whole)))
        return self._validators[id(schema)][1]


def _meant_otherwise(
    interaction: Interaction, violation: Violation, steps: tuple[Step, ...], whole: Mapping[str, JSON]
) -> bool:
    """Whether a matcher says that the value is an example only, and the contract's own values are welcome."""
    if violation.rule.removeprefix("schema.") not in _OF_THE_VALUE:
        return False
    if interaction.rules.any_value(steps):
        return True
    expression = interaction.rules.expression(steps)
    if expression is None:
        return False
    part = part_at(whole, steps)
    values = part.get("enum", part.get("examples")) if isinstance(part, dict) else None
    return any(_matches(expression, value) for value in (values if isinstance(values, list) else []))


def _matches(expression: str, value: JSON) -> bool:
    try:
        return isinstance(value, str) and re.search(expression, value) is not None
    except re.error:
        # Another language's expression: nothing is known of it.
        return True


def _shown_for(violation: Violation, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return steps[:-1] if violation.rule.endswith("_properties") else steps


def _find(operation: Operation, status: int) -> Response | None:
    named = {key.upper(): response for key, response in operation.responses.items()}
    keys = (str(status), f"{status // 100}XX", "DEFAULT")
    return next((named[key] for key in keys if key in named), None)


def _statuses(contract: Contract) -> Iterator[int]:
    """The statuses that contract.yaml describes, which no operation needs to document."""
    auth = contract.auth
    yield from (one.status for one in (auth.expired, auth.invalid, auth.missing_scope))
    yield from (refusal.status for refusal in contract.answers.values())
    yield contract.limits.status
    yield from (version.gone.status for version in contract.versions if version.gone)


def _headers(contract: Contract) -> Iterator[str]:
    for headers in (contract.limits.headers, *(version.headers for version in contract.versions)):
        yield from (name.lower() for name in headers)


def _status(operation: Operation, interaction: Interaction, answer: Answer) -> Wrong:
    documented = ", ".join(operation.responses)
    return Wrong(
        layer=Layer.RESPONSE,
        rule="response.status",
        where="status",
        message=_("Status {status} is not documented; documented: {documented}.").format(
            status=answer.status, documented=documented
        ),
        place=(*interaction.place, "response", "status"),
        contract=documented,
    )


def _header(name: str, message: str, place: Place, contract: str) -> Wrong:
    return Wrong(
        layer=Layer.RESPONSE,
        rule="response.header",
        where=_("header {name}").format(name=name),
        message=message,
        place=place,
        contract=contract,
    )


def _content_type(said: str, names: tuple[str, ...], interaction: Interaction, document: Document) -> Wrong:
    allowed = ", ".join(names)
    holder: Place = (*interaction.place, "response", "headers")
    written = document.get(holder)
    keys = written if isinstance(written, dict) else {}
    place = next(((*holder, key) for key in keys if key.lower() == "content-type"), holder)
    message = _("The answer is {said}; documented: {allowed}.").format(said=base_of(said), allowed=allowed)
    where = _("header {name}").format(name="content-type")
    return Wrong(
        layer=Layer.RESPONSE,
        rule="content_type.unknown",
        where=where,
        message=message,
        place=place,
        contract=allowed,
    )


def _body(steps: tuple[Step, ...], rule: str, message: str, interaction: Interaction, contract: str) -> Wrong:
    return Wrong(
        layer=Layer.RESPONSE,
        rule=rule,
        where="body" + "".join(f"/{step}" for step in steps),
        message=message,
        place=(*interaction.expects, *steps),
        contract=contract,
    )
