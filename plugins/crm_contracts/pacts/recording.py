"""Writing a pact (specification 4) with pact-python, so that every Pact tool reads it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crm_contracts.contracts import Schemas
from crm_contracts.model.contract import Contract
from crm_contracts.model.json import Schema
from crm_contracts.pacts.extra import pact_python
from crm_contracts.pacts.matchers import Matchers
from crm_contracts.pacts.recorded import TOKEN, Recorded


def write_pact(folder: Path, consumer: str, contract: Contract, interactions: Iterable[Recorded]) -> Path:
    """Write a pact between a consumer and the contract's CRM into a folder, in the place of an earlier one.

    Returns the file. Raises ExtraMissing where pact-python is not installed.
    """
    pact: Any = pact_python().Pact(consumer, contract.name).with_specification("V4")
    writing = _Writing(pact_python("pact.match"), contract)
    for one in interactions:
        writing.add(pact, one)
    folder.mkdir(parents=True, exist_ok=True)
    pact.write_file(folder, overwrite=True)
    return folder / f"{consumer}-{contract.name}.json"


class _Writing:
    def __init__(self, match: Any, contract: Contract) -> None:
        self.match, self.contract = match, contract
        self.schemas = Schemas(contract.documents)

    def add(self, pact: Any, one: Recorded) -> None:
        """Put an interaction into a pact."""
        interaction = pact.upon_receiving(one.description)
        for state in one.states:
            interaction.given(state.name, dict(state.params))
        interaction.with_request(one.operation.method.upper(), one.path)
        for name, value in one.query:
            interaction.with_query_parameter(name, value)
        self.headers(interaction, one)
        if one.asked_type:
            body = self.body(one.body, one.asked_schema, "request")
            interaction.with_body(body, content_type=one.asked_type)
        interaction.will_respond_with(one.status)
        if one.answer_type:
            answer = self.body(one.answer, one.answer_schema, "response")
            interaction.with_body(answer, content_type=one.answer_type)

    def headers(self, interaction: Any, one: Recorded) -> None:
        """The declared headers, by the type of each, and the credential, whatever it is."""
        declared = {parameter.name: parameter for parameter in one.operation.parameters}
        for name, value in one.headers.items():
            matchers = Matchers(self.match, self.schemas.whole(declared[name].schema, "request"))
            interaction.with_header(
                name, self.match.regex(value, regex=matchers.expression(value, ()) or ".+")
            )
        if one.credential is not None:
            value, expression = self.credential()
            interaction.with_header(one.credential, self.match.regex(value, regex=expression))

    def credential(self) -> tuple[str, str]:
        """A credential that is none, and what any of them looks like."""
        auth = self.contract.auth
        if auth.where == "cookie":
            return f"{auth.name}={TOKEN}", r".+"
        return (f"{auth.scheme} {TOKEN}", rf"^{auth.scheme} \S+$") if auth.scheme else (TOKEN, r".+")

    def body(self, value: Any, schema: Schema | None, side: Any) -> Any:
        """A body with its matchers; what is no JSON stands as it is."""
        if isinstance(value, str):
            return value
        whole = self.schemas.whole(schema, side) if schema is not None else {}
        return Matchers(self.match, whole).of(value)
