"""The commented start of a new contract; it can be loaded, linted and served as it stands."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from crm_contracts.contracts.examples import example_for
from crm_contracts.model.contract import Action, Contract, Operation
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _

NAME = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
_WORD = re.compile(r"(?!(?:true|false|null)$)[A-Za-z_]\w*", re.IGNORECASE | re.ASCII)
MOST_RECORDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractStart:
    """The files of a new contract, by name; `document` is the OpenAPI document that lies beside them, if any."""

    name: str
    document: str = ""
    records: Mapping[str, tuple[str, JSON]] = field(default_factory=dict)

    def files(self) -> dict[str, str]:
        """Return contract.yaml and data.yaml.

        >>> sorted(ContractStart(name="my-crm").files())
        ['contract.yaml', 'data.yaml']
        """
        overlay = _beside(self.name, self.document) if self.document else _alone(self.name)
        records = self.records if self.document else {"order": ("orders", _ORDER)}
        return {"contract.yaml": _text(overlay), "data.yaml": _text(_data(records))}


_ORDER: JSON = {"id": "O-1001", "status": "shipped", "total": 99.5}


def checked_name(name: str) -> str:
    """A name that can be a folder's; raises ValueError for any other.

    >>> checked_name("my-crm")
    'my-crm'
    """
    if not NAME.fullmatch(name):
        sentence = _(
            "{name!r} is no name for a contract; write letters and digits with - . or _ between them"
        )
        raise ValueError(sentence.format(name=name))
    return name


def records_for(contract: Contract) -> dict[str, tuple[str, JSON]]:
    """A named record for each collection of which one record can be asked, made from the contract's own examples."""
    found: dict[str, tuple[str, JSON]] = {}
    for operation in contract.operations.values():
        name = _singular(operation.collection or "")
        if operation.action is not Action.GET or name in found or len(found) == MOST_RECORDS:
            continue
        record = _record(contract, operation)
        if operation.collection is not None and record is not None:
            found[name] = (operation.collection, record)
    return found


def _record(contract: Contract, operation: Operation) -> JSON:
    """A record that the simulator takes, or None where the contract does not say what one looks like."""
    answer = operation.responses.get("200")
    collection = contract.collections.get(operation.collection or "")
    for media in answer.media.values() if answer is not None else ():
        value = example_for(contract, media, 1)
        if (
            isinstance(value, dict)
            and collection is not None
            and isinstance(value.get(collection.key), str | int)
        ):
            return value
    return None


def _singular(collection: str) -> str:
    name = re.sub(r"\W+", "_", collection).strip("_")
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def _alone(name: str) -> Iterator[str]:
    yield from _head(name)
    yield f"base_path: /api                      # {_('what the address ends with that callers are given')}"
    yield ""
    yield f"# {_('How a caller proves who it is. These are the kinds; take the one that is yours.')}"
    yield "auth:"
    yield "  kind: oauth2                       # oauth2 | static_token | api_key | login | basic | none"
    yield "  token_path: /oauth/token"
    yield "  access_token_lifetime: 1h"
    yield '# auth: {kind: static_token, in: header, name: X-Api-Key, scheme: ""}'
    yield "# auth: {kind: api_key, in: query, name: api_key}"
    yield ""
    yield from _resilience()
    yield f"# {_('What it offers. With an OpenAPI document beside this file (openapi.yaml), that says it instead.')}"
    yield f"# {_('collection and action tell the simulator what to do; without them it answers with null.')}"
    yield "operations:"
    yield "  listOrders: {at: GET /orders, collection: orders, action: list}"
    yield '  getOrder: {at: "GET /orders/{orderId}", collection: orders, action: get}'
    yield "  createTicket:"
    yield "    at: POST /tickets"
    yield "    collection: tickets"
    yield "    action: create"
    yield f"    body:                            # {_('JSON Schema of the request; default: any strict JSON')}"
    yield "      type: object"
    yield "      required: [subject]"
    yield "      properties: {subject: {type: string, minLength: 1}, orderId: {type: string}}"
    yield f'  # "POST /**/query*": {{effect: read}}  # {_("a POST that only reads must be told apart from writes")}'


def _beside(name: str, document: str) -> Iterator[str]:
    yield from _head(name)
    yield f"documents: [{document}]"
    yield ""
    yield f"# {_('How a caller proves who it is; default: as the securitySchemes of the document say.')}"
    yield "# auth: {kind: oauth2, token_path: /oauth/token, access_token_lifetime: 1h}"
    yield '# auth: {kind: static_token, in: header, name: X-Api-Key, scheme: ""}'
    yield "# auth: {kind: api_key, in: query, name: api_key}"
    yield ""
    yield from _resilience()
    yield f"# {_('Where method and path do not tell what an operation does:')}"
    yield "# operations:"
    yield "#   searchContacts: {effect: read, action: search}"
    yield '#   "POST /**/query*": {effect: read}'


def _head(name: str) -> Iterator[str]:
    yield f"# {_('What OpenAPI cannot say about this CRM: credentials, limits, what it answers when it fails.')}"
    yield f"# {_('Every key has a default. A contract with all of them, explained, is yours to read by:')}"
    yield "#   crm-contracts new contract acme --from acme-crm"
    yield ""
    yield f"contract: {name}"
    yield f"# contact: crm-team@example.com      # {_('who is told about a broken promise of the CRM')}"


def _resilience() -> Iterator[str]:
    yield f"# {_('What it does about too many requests; default: nothing.')}"
    yield "# limits: {requests: 100, per: 10s, status: 429, retry_after: seconds}"
    yield ""
    yield f"# {_('How a repeated write is recognised; default: not at all.')}"
    yield "# idempotency: {header: Idempotency-Key}"
    yield ""
    yield f"# {_('How it reads: strict-400 (default), strict-crash (an old parser that dies of a comma), lenient.')}"
    yield "# strictness: strict-400"
    yield ""


def _data(records: Mapping[str, tuple[str, JSON]]) -> Iterator[str]:
    yield f"# {_('What is in the simulator when a run begins. Each run has its own copy.')}"
    yield f'# {_("A named record can be used in the args of a consumer:")} "{{known.order.id}}"'
    yield ""
    if not records:
        yield "known: {}"
        yield "#  order: {in: orders, id: O-1001, total: 99.5}"
        return
    yield "known:"
    for name, (collection, record) in records.items():
        yield f"  {name}:"
        yield f"    in: {collection}"
        if isinstance(record, dict):
            # JSON is YAML, and leaves no doubt about what is text.
            yield from (
                f"    {_key(key)}: {json.dumps(part, ensure_ascii=False)}" for key, part in record.items()
            )


def _key(key: str) -> str:
    return key if _WORD.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _text(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"
