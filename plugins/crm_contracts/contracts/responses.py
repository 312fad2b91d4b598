"""Answers against what an operation documents: status, content type, headers, strict JSON, schema."""

from collections.abc import Mapping
from typing import Final

from crm_contracts.contracts.bodies import MediaTable, base_of
from crm_contracts.contracts.parameters import ParameterCheck
from crm_contracts.contracts.schemas import Schemas
from crm_contracts.model.contract import Operation, Response
from crm_contracts.model.exchange import Answer, Violation
from crm_contracts.model.language import _

_WITHOUT_BODY: Final = {204, 304}


class ResponseChecks:
    """The documented answers of one operation."""

    def __init__(self, operation: Operation, schemas: Schemas) -> None:
        self._method = operation.method.upper()
        self._by_status = {
            status.upper(): _ResponseCheck(response, schemas)
            for status, response in operation.responses.items()
        }

    def __call__(self, answer: Answer) -> tuple[Violation, ...]:
        """Return what is wrong with an answer; an operation without documented answers says nothing about them."""
        if not self._by_status:
            return ()
        check = self._find(answer.status)
        if check is None:
            documented = ", ".join(self._by_status)
            message = _("Status {status} is not documented; documented: {documented}.")
            message = message.format(status=answer.status, documented=documented)
            return (Violation(rule="response.status", message=message, part="head"),)
        return check(answer, body=self._method != "HEAD" and answer.status not in _WITHOUT_BODY)

    def _find(self, status: int) -> "_ResponseCheck | None":
        for key in (str(status), f"{status // 100}XX", "DEFAULT"):
            if key in self._by_status:
                return self._by_status[key]
        return None


class _ResponseCheck:
    def __init__(self, response: Response, schemas: Schemas) -> None:
        self.media = MediaTable(response.media, schemas, "response")
        self.headers = {
            name.lower(): ParameterCheck(header, schemas)
            for name, header in response.headers.items()
            if name.lower() != "content-type"
        }

    def __call__(self, answer: Answer, *, body: bool) -> tuple[Violation, ...]:
        headers = {name.lower(): value for name, value in answer.headers}
        wrong = self._of_headers(headers)
        return (*wrong, *self._of_body(answer.body, headers)) if body else wrong

    def _of_headers(self, headers: Mapping[str, str]) -> tuple[Violation, ...]:
        found = []
        for name, check in self.headers.items():
            text = headers.get(name)
            if text is None:
                if check.parameter.required:
                    message = _("The header {name!r} is missing.").format(name=check.parameter.name)
                    found.append(Violation(rule="header.required", message=message, part="head"))
            elif fault := check.check([text]):
                message = _("Header {name!r}: {fault}").format(name=check.parameter.name, fault=fault[1])
                found.append(Violation(rule=f"header.{fault[0]}", message=message, part="head"))
        return tuple(found)

    def _of_body(self, body: bytes, headers: Mapping[str, str]) -> tuple[Violation, ...]:
        if not len(self.media) or headers.get("content-encoding", "identity") != "identity":
            return ()
        said = headers.get("content-type", "")
        check = self.media.find(said)
        if check is None:
            allowed = ", ".join(self.media.names)
            message = _("The answer is {said}; documented: {allowed}.").format(
                said=base_of(said) or "?", allowed=allowed
            )
            return (Violation(rule="content_type.unknown", message=message, part="head"),)
        return check.check(body)
