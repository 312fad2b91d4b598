"""Operations that work on no collection: answered from the contract's examples, else from its schemas."""

import json

from crm_contracts.lab.envelope import fill
from crm_contracts.lab.simulator.actions import answer_of
from crm_contracts.lab.simulator.asked import Asked, Done
from crm_contracts.lab.simulator.catalogue import Sample
from crm_contracts.lab.simulator.shapes import BARE, Shapes, json_media
from crm_contracts.model.contract import Contract, Media, Operation
from crm_contracts.model.exchange import Answer

_REPEATABLE = frozenset({"PUT", "PATCH", "DELETE"})
"""Methods whose repetition asks for the state that is there already (RFC 9110 9.2.2; PATCH: merge patches alone)."""


class Fallback:
    """Answers what the simulator does not keep; the same operation gets the same answer all through a run."""

    def __init__(self, contract: Contract, shapes: Shapes, *, seed: int, sample: Sample) -> None:
        self._contract = contract
        self._shapes = shapes
        self._seed = seed
        self._sample = sample
        self._answers: dict[str, Answer] = {}
        self._last: dict[str, str] = {}

    def clear(self) -> None:
        """Forget what was written."""
        self._last.clear()

    def act(self, asked: Asked) -> Done:
        """Answer as documented; the same PUT, PATCH or DELETE twice running changes nothing the second time."""
        path = asked.request.target.partition("?")[0]
        changed = asked.operation.method not in _REPEATABLE or self._last.get(path) != asked.signature
        self._last[path] = asked.signature
        answer = self._answers.get(asked.operation.id)
        if answer is None:
            answer = self._answers[asked.operation.id] = self._documented(asked.operation)
        return Done(answer=answer, record=next(reversed(list(asked.params.values())), None), changed=changed)

    def _documented(self, operation: Operation) -> Answer:
        status, response = self._shapes.success(operation)
        media = json_media(response)
        if media is not None:
            return self._of_media(status, media)
        if response is not None:
            return Answer(status=status, headers=())
        bare = self._contract.result == BARE
        return answer_of(status, {} if bare else fill(self._contract.result, {"result": None}))

    def _of_media(self, status: int, media: Media) -> Answer:
        value = self._sample(media, self._seed)
        if "json" in media.media_type or "*" in media.media_type:
            return answer_of(status, value)
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return Answer(status=status, headers=(("content-type", media.media_type),), body=text.encode())
