"""The request of an interaction against the contract: address, parameters, headers, credential, body."""

from collections.abc import Iterator
from dataclasses import replace

from crm_contracts.contracts import Conformance, Router
from crm_contracts.documents import Document, Place
from crm_contracts.model.contract import Contract, Operation
from crm_contracts.model.exchange import Request, Violation
from crm_contracts.model.language import _
from crm_contracts.model.verdict import Layer
from crm_contracts.pacts.credential import asked_for, missing_credential
from crm_contracts.pacts.pact import Interaction
from crm_contracts.pacts.wrong import Wrong, schema_of, schema_text, steps_of_pointer

_ABOUT_VALUES = frozenset({400, 415, 422})
"""Answers that a consumer expects just because its request is not as the contract wants it."""
_ABOUT_CREDENTIALS = frozenset({401, 403})
_ABOUT_PLACES = frozenset({404, 405})


class Asking:
    """Holds requests against one contract; what an operation asks for is compiled once."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        # Whoever writes a parameter into a pact counts on it, whether or not the CRM bears others.
        self.conformance = Conformance(replace(contract, unknown_query="refused"))
        self._router = Router(contract)

    def meant(self, request: Request) -> tuple[Operation | None, Request]:
        """The operation, and the request as the contract reads it; a pact may leave the base path to the provider's URL."""
        for base in dict.fromkeys(("", self.contract.base_path)):
            match = self._router.find(request.method, f"{base}{request.target}")
            if match.operation is not None:
                return match.operation, replace(
                    request,
                    target=f"{base}{request.target}",
                    path=match.path,
                    path_params=match.path_params,
                    operation=match.operation.id,
                )
        return None, request

    def unknown(self, interaction: Interaction, status: int) -> Iterator[Wrong]:
        """What is wrong where the contract has no such operation; a consumer that expects a 404 or 405 knows it."""
        request = interaction.request
        if request is None or status in _ABOUT_PLACES:
            return
        base = self.contract.base_path
        target = request.target if request.target.startswith(base) else f"{base}{request.target}"
        for violation in self.conformance.check(replace(request, target=target), None):
            word = "method" if violation.rule == "operation.method" else "path"
            yield Wrong(
                layer=Layer.REQUEST,
                rule=violation.rule,
                where=word,
                message=violation.message,
                place=(*interaction.place, "request", word),
                contract=", ".join(self._router.methods(target)) or _("(not there)"),
            )

    def wrong(
        self,
        operation: Operation,
        interaction: Interaction,
        request: Request,
        status: int,
        document: Document,
    ) -> Iterator[Wrong]:
        """What is wrong with a request; nothing of the kind that its expected answer is about."""
        if status not in _ABOUT_CREDENTIALS and (
            lacks := missing_credential(self.contract, operation, request)
        ):
            yield self._credential(interaction, *lacks, document)
        if status in _ABOUT_VALUES:
            return
        found = self.conformance.check(request, operation)
        other_type = any(violation.rule.startswith("content_type") for violation in found)
        for violation in found:
            if other_type and violation.part == "body":
                # What another type is for, no reader of this one knows.
                continue
            steps = steps_of_pointer(violation.pointer, document, interaction.asks)
            if steps not in interaction.asked_rules.generated:
                yield self._violation(operation, interaction, violation, document)

    def _credential(self, interaction: Interaction, rule: str, message: str, document: Document) -> Wrong:
        where = self.contract.auth.where
        holder: Place = (*interaction.place, "request", "query" if where == "query" else "headers")
        name = self.contract.auth.name if where in {"header", "query"} else "Cookie"
        place = _named(document, holder, name)
        told = asked_for(self.contract)
        return Wrong(layer=Layer.REQUEST, rule=rule, where=name, message=message, place=place, contract=told)

    def _violation(
        self, operation: Operation, interaction: Interaction, violation: Violation, document: Document
    ) -> Wrong:
        place, where, contract = self._side(operation, interaction, violation, document)
        return Wrong(
            layer=Layer.REQUEST,
            rule=violation.rule,
            where=where,
            message=_bare(violation),
            place=place,
            contract=contract or violation.message,
        )

    def _side(
        self, operation: Operation, interaction: Interaction, violation: Violation, document: Document
    ) -> tuple[Place, str, str]:
        """Where it stands in the pact, how people call that place, and what the contract says of it."""
        request: Place = (*interaction.place, "request")
        if violation.part == "query":
            names = [one.name for one in operation.parameters if one.where == "query"]
            told = _("query parameters: {names}").format(names=", ".join(names) or _("none"))
            return (*request, "query"), "query", told
        if violation.part == "path":
            return (*request, "path"), "path", operation.path
        if violation.part == "head":
            types = ", ".join(operation.body.media) if operation.body else ""
            is_type = violation.rule.startswith("content_type")
            return (*request, "headers"), "headers", types if is_type else ""
        assert interaction.request is not None
        steps = steps_of_pointer(violation.pointer, document, interaction.asks)
        media = operation.body.media if operation.body else {}
        schema = schema_of(media, interaction.request.header("content-type") or "")
        around = steps[:-1] if document.get((*interaction.asks, *steps)) is None else steps
        told = schema_text(self.conformance.schemas, schema, "request", around)
        if violation.rule.endswith(("_properties", ".required")):
            told = schema_text(self.conformance.schemas, schema, "request", _owner(steps, violation))
        return (*interaction.asks, *steps), _body(steps), told


def _owner(steps: tuple[str | int, ...], violation: Violation) -> tuple[str | int, ...]:
    """The object whose schema has a word against a member."""
    return steps[:-1] if violation.rule.endswith("_properties") else steps


def _body(steps: tuple[str | int, ...]) -> str:
    return "body" + "".join(f"/{step}" for step in steps)


def _bare(violation: Violation) -> str:
    """The sentence without the place, which is told beside it."""
    return (
        violation.message.removeprefix(f"{violation.pointer}: ") if violation.pointer else violation.message
    )


def _named(document: Document, holder: Place, name: str) -> Place:
    """The place of a header or parameter, however its letters are written; of all of them where it is not there."""
    said = document.get(holder)
    keys = said if isinstance(said, dict) else {}
    return next(((*holder, key) for key in keys if key.lower() == name.lower()), holder)
