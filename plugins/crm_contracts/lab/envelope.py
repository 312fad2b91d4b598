"""The CRM's errors as its contract writes them: an envelope whose placeholders are filled, or a body of their own."""

import json
import re
from collections.abc import Mapping, Sequence
from random import Random
from uuid import UUID

from crm_contracts.lab.answer import CORRELATION
from crm_contracts.model.contract import Refusal
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON, FrozenJSON

DEFAULT: FrozenJSON = {
    "status": "{status}",
    "category": "{category}",
    "message": "{message}",
    "correlationId": "{correlation_id}",
    "errors": "{errors}",
}
"""The body of an error where the contract does not say."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Envelope:
    """Writes refusals as answers; correlation ids, the same in body and header, follow from the seed.

    `place` is who writes, in which run: two that write with one seed give ids of their own.

    >>> envelope = Envelope({"code": "{status}", "msg": "{message}"}, seed=7)
    >>> envelope.answer(Refusal(status=404, message="There is no order {id}."), words={"id": "O-1"}).body
    b'{"code": 404, "msg": "There is no order O-1."}'
    """

    def __init__(self, template: FrozenJSON = None, *, seed: int = 0, place: str = "") -> None:
        self._template = DEFAULT if template is None else template
        self._random = Random(f"correlation/{seed}/{place}")

    def answer(
        self,
        refusal: Refusal,
        *,
        errors: Sequence[JSON] = (),
        headers: Mapping[str, str] | None = None,
        words: Mapping[str, JSON] | None = None,
    ) -> Answer:
        """Return the refusal as an answer; `errors` are the details, `words` fill further placeholders.

        A refusal's own body replaces the envelope; where that is text, it is sent as it is.
        """
        known: dict[str, JSON] = {**(words or {}), "status": refusal.status, "category": refusal.category}
        known["code"] = refusal.status if refusal.code is None else refusal.code
        known["errors"] = list(errors)
        known["correlation_id"] = correlation = str(UUID(int=self._random.getrandbits(128), version=4))
        known["message"] = fill(refusal.message, known)
        body = fill(self._template if refusal.body is None else refusal.body, known)
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        said = {
            "content-type": _media_type(body),
            CORRELATION: correlation,
            **refusal.headers,
            **(headers or {}),
        }
        # Names that differ in case alone are one header: the later one counts, as it is written.
        named = {name.lower(): (name, str(fill(value, known))) for name, value in said.items()}
        return Answer(status=refusal.status, headers=tuple(named.values()), body=text.encode())


def fill(template: FrozenJSON, words: Mapping[str, JSON]) -> JSON:
    """Put words into the placeholders of a template; a text that is one placeholder takes its word's JSON type.

    Words that are not known stay as they stand.

    >>> fill({"code": "{status}", "text": "HTTP {status} {other}"}, {"status": 404})
    {'code': 404, 'text': 'HTTP 404 {other}'}
    """
    if isinstance(template, str):
        whole = _PLACEHOLDER.fullmatch(template)
        if whole and whole[1] in words:
            return words[whole[1]]
        return _PLACEHOLDER.sub(lambda found: str(words.get(found[1], found[0])), template)
    if isinstance(template, Mapping):
        return {key: fill(value, words) for key, value in template.items()}
    if isinstance(template, Sequence):
        return [fill(value, words) for value in template]
    return template


def _media_type(body: JSON) -> str:
    return "text/plain; charset=utf-8" if isinstance(body, str) else "application/json"
