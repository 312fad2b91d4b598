"""What is wrong with a request, told with its layer, its side, the byte and what mends it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crm_contracts.checks.requests_conform import evidence
from crm_contracts.contracts import Conformance, Router, StrictJsonError, strict_json
from crm_contracts.diagnosis.encoding import spoken
from crm_contracts.diagnosis.reading import Reading
from crm_contracts.diagnosis.remedies import remedy
from crm_contracts.lab.credentials.presented import presented
from crm_contracts.lab.secrets import Secrets
from crm_contracts.model.contract import Contract, Operation
from crm_contracts.model.exchange import Exchange, Payload, Request, Violation
from crm_contracts.model.language import _
from crm_contracts.model.verdict import Finding, Layer, Side, Verdict

CHECK = "request"
_LAYERS = {"framing": Layer.HTTP, "auth": Layer.AUTH}
_JSON_START = b'{["'


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A request with the contract that it is held against; without one only HTTP and JSON are read.

    `operation` is None where the contract has none for it.
    """

    reading: Reading
    contract: Contract | None = None
    operation: Operation | None = None
    request: Request | None = None


def subject_of(
    reading: Reading, contracts: Sequence[Contract], operation: Operation | None = None
) -> Subject:
    """Return a request with the first contract that knows it, else with the only one; `operation` is the user's own word."""
    for contract in contracts:
        request, found = _request(reading, contract)
        if operation is not None or found is not None:
            return Subject(reading=reading, contract=contract, operation=operation or found, request=request)
    if len(contracts) != 1 or reading.alone:
        return Subject(reading=reading)
    return Subject(reading=reading, contract=contracts[0], request=_request(reading, contracts[0])[0])


def findings(subject: Subject, secrets: Secrets) -> tuple[Finding, ...]:
    """Return everything that is wrong, the outermost layer first; secrets are hidden in it."""
    return tuple(_finding(subject, violation, secrets) for violation in _violations(subject))


def _violations(subject: Subject) -> Iterator[Violation]:
    reading = subject.reading
    yield from reading.violations
    if any(not one.rule.endswith("_body") for one in reading.violations):
        # Nobody knows what an unreadable head means; its body is still read as the JSON that it may be.
        yield from _json(reading)
        return
    unknown = subject.contract is None or subject.request is None
    if unknown or (reading.alone and subject.operation is None):
        yield from _json(reading)
        return
    assert subject.contract is not None
    assert subject.request is not None
    if reading.alone:
        yield from _body_alone(subject)
    else:
        yield from _credential(subject.contract, subject.request, subject.operation)
        yield from Conformance(subject.contract).check(subject.request, subject.operation)


def _request(reading: Reading, contract: Contract) -> tuple[Request, Operation | None]:
    match = Router(contract).find(reading.method, reading.target)
    request = Request(
        method=reading.method,
        target=reading.target,
        path=match.path,
        query=match.query,
        headers=reading.headers,
        body=reading.body,
        operation=match.operation.id if match.operation else None,
        path_params=match.path_params,
    )
    return request, match.operation


def _body_alone(subject: Subject) -> Iterator[Violation]:
    """Of a body without a head only the body is judged."""
    assert subject.contract is not None
    assert subject.request is not None
    assert subject.operation is not None
    media = next(iter(subject.operation.body.media), "") if subject.operation.body else ""
    request = Request(
        method=subject.operation.method,
        target="/",
        path="/",
        query=(),
        headers=(("content-type", media),),
        body=subject.request.body,
    )
    found = Conformance(subject.contract).check(request, subject.operation)
    yield from (violation for violation in found if violation.part == "body")


def _json(reading: Reading) -> Iterator[Violation]:
    """What calls itself JSON, or looks like it, is strictly valid JSON."""
    said = reading.named.get("content-type", "").lower()
    looks = reading.body.lstrip()[:1] in _JSON_START if reading.body.strip() else False
    if reading.body and "content-encoding" not in reading.named and ("json" in said or (not said and looks)):
        try:
            strict_json(reading.body)
        except StrictJsonError as error:
            yield Violation(rule=error.rule, message=error.message, offset=error.offset)


def _credential(contract: Contract, request: Request, operation: Operation | None) -> Iterator[Violation]:
    auth = contract.auth
    if auth.kind == "none" or operation is None or not operation.secured:
        return
    if presented(auth, request) is None:
        message = _("There is no credential: the contract wants {name} in the {where}.")
        yield Violation(
            rule="auth.missing", message=message.format(name=auth.name, where=auth.where), part="head"
        )
        return
    said = request.header(auth.name) if auth.where == "header" and auth.scheme else None
    if said is not None and said.partition(" ")[0].lower() != auth.scheme.lower():
        message = _("The credential does not begin with {scheme!r}.").format(scheme=auth.scheme)
        yield Violation(rule="auth.scheme", message=message, part="head")


def _finding(subject: Subject, violation: Violation, secrets: Secrets) -> Finding:
    is_auth = violation.rule == "auth.missing"
    reason = f"{violation.message} ({violation.rule})"
    if violation.rule == "json.utf8" and (coding := spoken(subject.reading.body)):
        reason += " " + _("The bytes read well as {encoding}.").format(encoding=coding)
    return Finding(
        check=CHECK,
        verdict=Verdict.FAILED,
        reason=secrets.redact_text(reason),
        layer=_LAYERS.get(violation.rule.partition(".")[0], Layer.REQUEST),
        side=Side.CREDENTIALS if is_auth else Side.CALLER,
        evidence=_evidence(subject.reading, violation, secrets),
        remedy=remedy(violation),
    )


def _evidence(reading: Reading, violation: Violation, secrets: Secrets) -> str:
    """The bytes around the wrong one; of a header that is wrong as a whole, its line."""
    line = _line_of(reading, violation)
    if line:
        return secrets.redact_text(line)
    if violation.offset is None and violation.pointer is None:
        return ""
    seen = Exchange(
        id=0,
        connection=0,
        position=0,
        started=0.0,
        ended=None,
        ended_by="open",
        method=reading.method,
        target=reading.target,
        operation=None,
        head=secrets.redact(reading.head),
        body=Payload(kept=secrets.redact(reading.body), length=len(reading.body)),
        complete=True,
    )
    return evidence(seen, violation)


def _line_of(reading: Reading, violation: Violation) -> str:
    family = violation.rule.partition(".")[0]
    name = {"content_type": "content-type", "auth": "authorization"}.get(family, "")
    return next((f"{key}: {value}" for key, value in reading.lines if key.lower() == name), "")
