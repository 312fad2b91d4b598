"""Does a request, or an answer, keep the contract? Strictly, but never beyond what the contract says.

What the contract leaves open is no violation: undeclared headers, a body of a type that nobody described, a query
parameter that the contract does not have (unless it says `unknown_query: refused`).
"""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from crm_contracts.contracts.bodies import BodyCheck, malformed
from crm_contracts.contracts.parameters import ParameterChecks
from crm_contracts.contracts.responses import ResponseChecks
from crm_contracts.contracts.router import Router, query_of
from crm_contracts.contracts.schemas import Schemas
from crm_contracts.model.contract import Contract, Operation
from crm_contracts.model.exchange import Answer, Request, Violation
from crm_contracts.model.language import _
from crm_contracts.model.problem import nearest

_SOUND: Final[tuple[Violation, ...]] = ()
# RFC 9110 15.5.6 and 9.3.2: HEAD goes wherever GET does, and browsers ask with OPTIONS first.
_EVERYWHERE: Final = {"HEAD", "OPTIONS"}
_NOT_CHECKED: Final = {"authorization", "accept", "content-type"}


class Conformance:
    """The strict reader of one contract; checks are compiled once an operation, on its first request.

    >>> from pathlib import Path
    >>> from crm_contracts.model.contract import Body, Effect, Media
    >>> body = Body(required=True, media={"application/json": Media(media_type="application/json")})
    >>> create = Operation(id="create", method="POST", path="/orders", effect=Effect.WRITE, body=body)
    >>> conformance = Conformance(Contract(name="a", folder=Path("."), operations={"create": create}))
    >>> json = (("content-type", "application/json"),)
    >>> request = Request(
    ...     method="POST", target="/orders", path="/orders", query=(), headers=json, body=b"[1,]"
    ... )
    >>> [(violation.rule, violation.offset) for violation in conformance.check(request, create)]
    [('json.trailing_comma', 2)]
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.schemas = Schemas(contract.documents)
        self._requests: dict[str, _RequestCheck] = {}
        self._responses: dict[str, ResponseChecks] = {}
        self._router: Router | None = None

    def check(self, request: Request, operation: Operation | None) -> tuple[Violation, ...]:
        """Return every way in which a request breaks the contract; credentials are not looked at."""
        if operation is None:
            return self._unknown(request)
        check = self._requests.get(operation.id)
        if check is None:
            check = self._requests[operation.id] = _RequestCheck(operation, self.contract, self.schemas)
        if request.path in {self.contract.auth.token_path, self.contract.auth.revoke_path}:
            request = _with_client(request)
        return check(request)

    def check_response(self, operation: Operation, answer: Answer) -> tuple[Violation, ...]:
        """Return every way in which an answer is not as the operation documents it."""
        checks = self._responses.get(operation.id)
        if checks is None:
            checks = self._responses[operation.id] = ResponseChecks(operation, self.schemas)
        return checks(answer)

    def _unknown(self, request: Request) -> tuple[Violation, ...]:
        auth = self.contract.auth
        if request.path in {auth.token_path, auth.revoke_path} or self._has(request):
            return _SOUND
        path = request.target.partition("?")[0]
        words = {
            f"{self.contract.base_path}{operation.path}" for operation in self.contract.operations.values()
        }
        message = _("The contract has no operation {method} {path}.").format(method=request.method, path=path)
        meant = nearest(path, words)
        if methods := self._routes().methods(request.target):
            message = _("{path} has no {method}; it has {methods}.").format(
                path=path, method=request.method, methods=", ".join(methods)
            )
        elif meant:
            message = f"{message} " + _("Nearest: {path}.").format(path=meant)
        rule = "operation.method" if methods else "operation.unknown"
        return (
            Violation(
                rule=rule, message=message, part="head", offset=0 if methods else len(request.method) + 1
            ),
        )

    def _has(self, request: Request) -> bool:
        methods = self._routes().methods(request.target)
        return request.method in _EVERYWHERE and bool(methods)

    def _routes(self) -> Router:
        self._router = self._router or Router(self.contract)
        return self._router


class _RequestCheck:
    """What one operation asks of a request."""

    __slots__ = ("body", "parameters")

    def __init__(self, operation: Operation, contract: Contract, schemas: Schemas) -> None:
        auth = contract.auth
        declared = [
            parameter
            for parameter in operation.parameters
            if not (parameter.where == "header" and parameter.name.lower() in _NOT_CHECKED)
            and (parameter.where, parameter.name.lower()) != (auth.where, auth.name.lower())
        ]
        checks = ParameterChecks.of(
            declared,
            schemas,
            strict=contract.unknown_query == "refused",
            allowed=frozenset({auth.name} if auth.where == "query" else ()),
        )
        wanted = declared or checks.strict
        self.parameters = checks if wanted else None
        self.body = BodyCheck(operation.body, schemas) if operation.body is not None else None

    def __call__(self, request: Request) -> tuple[Violation, ...]:
        headers = dict(request.headers)
        found = self.parameters.check(request, headers) if self.parameters is not None else None
        wrong = self._of_body(request.body, headers)
        if not found:
            return wrong
        return (*found, *wrong)

    def _of_body(self, body: bytes, headers: Mapping[str, str]) -> tuple[Violation, ...]:
        if self.body is not None:
            return self.body.check(body, headers)
        # Nobody described a body here; what calls itself JSON is still read by a JSON parser.
        if body and "json" in headers.get("content-type", "").lower() and "content-encoding" not in headers:
            return malformed(body)
        return _SOUND


def _with_client(request: Request) -> Request:
    """A token request whose client proved itself in the header, as if in the form.

    RFC 6749 2.3.1: a server takes both, so a document that requires the fields means either.
    """
    headers = dict(request.headers)
    scheme, _blank, proof = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic" or "form-urlencoded" not in headers.get("content-type", ""):
        return request
    try:
        name, _colon, secret = b64decode(proof).decode().partition(":")
    except ValueError:
        return request
    sent = {name for name, _value in query_of(request.body.decode("utf-8", "replace"))}
    proved = {"client_id": name, "client_secret": secret}
    missing = urlencode({field: value for field, value in proved.items() if field not in sent})
    return replace(request, body=b"&".join(filter(None, (request.body, missing.encode()))))
