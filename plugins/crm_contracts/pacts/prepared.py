"""A pact as it is sent to one provider: its base path and its credential in the place of the recorded ones."""

import json
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from crm_contracts.model.contract import Contract
from crm_contracts.pacts.asking import Asking
from crm_contracts.pacts.pact import Interaction, Pact

_ABOUT_CREDENTIALS = frozenset({401, 403})


def write_prepared(
    folder: Path,
    pact: Pact,
    contract: Contract,
    *,
    base_path: str,
    headers: Mapping[str, str],
    query: Mapping[str, str],
) -> Path:
    """Write a pact for a provider whose API lies below `base_path`, with a credential that it takes; returns the file.

    An interaction that expects to be refused keeps the credential that it has. The file has a secret in it: its folder is
    the writer's to remove.
    """
    value: Any = deepcopy(pact.document.value)
    asking = Asking(contract)
    for interaction in pact.interactions:
        if interaction.request is None or interaction.answer is None:
            continue
        request = value[interaction.place[0]][interaction.place[1]]["request"]
        request["path"] = _path(interaction, contract, asking, base_path)
        operation, _request = asking.meant(interaction.request)
        wanted = operation is None or operation.secured
        if wanted and interaction.answer.status not in _ABOUT_CREDENTIALS:
            _carry(request, headers, query)
    file = folder / "pact.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(value), encoding="utf-8")
    return file


def _path(interaction: Interaction, contract: Contract, asking: Asking, base_path: str) -> str:
    """The whole path at the provider; what does not lie below the contract's base path stays where it is."""
    assert interaction.request is not None
    path, own = interaction.request.path, contract.base_path.rstrip("/")
    if own and path.startswith(f"{own}/"):
        return f"{base_path}{path.removeprefix(own)}"
    _operation, meant = asking.meant(interaction.request)
    below = meant.target.partition("?")[0] == f"{own}{path}" and own
    return f"{base_path}{path}" if below or not own else path


def _carry(request: dict[str, Any], headers: Mapping[str, str], query: Mapping[str, str]) -> None:
    said = request.setdefault("headers", {})
    names = {name.lower() for name in headers}
    for name in [name for name in said if name.lower() in names]:
        del said[name]
    said.update(headers)
    if isinstance(request.get("query"), str):
        request["query"] = "&".join(filter(None, (request["query"], urlencode(query))))
    elif query:
        request["query"] = {**request.get("query", {}), **{name: [text] for name, text in query.items()}}
