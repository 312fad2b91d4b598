"""What the simulator does not do, said in the contract's words."""

from collections.abc import Sequence
from dataclasses import replace

from crm_contracts.lab.envelope import Envelope
from crm_contracts.model.contract import Contract, Refusal, default_answers
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON


class Refused(Exception):  # noqa: N818 - an answer on its way, not a failure
    """A request that is answered by one of the contract's refusals; `situation` is its name (`not_found`).

    `message` replaces the contract's own sentence, `errors` are the details as {field, message}.
    """

    def __init__(self, situation: str, *, errors: Sequence[JSON] = (), message: str = "") -> None:
        self.situation, self.errors, self.message = situation, tuple(errors), message
        super().__init__(situation)


class Refusals:
    """Writes refusals in the contract's envelope."""

    def __init__(self, contract: Contract, seed: int, run: str = "") -> None:
        self._answers = {**default_answers(), **contract.answers}
        self.envelope = Envelope(contract.envelope, seed=seed, place=f"simulator/{run}")

    def refusal(self, situation: str) -> Refusal:
        """Return what the contract says of a situation."""
        return self._answers[situation]

    def answer(self, refused: Refused) -> Answer:
        """Return the answer to a request that was refused."""
        refusal = self._answers[refused.situation]
        if refused.message:
            refusal = replace(refusal, message=refused.message)
        return self.envelope.answer(refusal, errors=refused.errors)

    def no_such_path(self) -> Answer:
        """Return the answer to a path that the contract does not have."""
        refusal = replace(self._answers["not_found"], message="There is nothing at this path.")
        return self.envelope.answer(refusal)

    def no_such_method(self, allowed: Sequence[str]) -> Answer:
        """Return the answer to a method that a path does not have (RFC 9110 15.5.6)."""
        refusal = Refusal(
            status=405, category="METHOD_NOT_ALLOWED", message="This path does not have this method."
        )
        return self.envelope.answer(refusal, headers={"Allow": ", ".join(allowed)})


def detail(field: str, message: str) -> JSON:
    """Return one entry of `errors`: a JSON pointer or a parameter's name, and what is wrong with it."""
    return {"field": field, "message": message}
