"""Items of a provider: each operation with a JSON body, asked at a real CRM or sandbox that was named for it."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from crm_contracts.cases.profile import OFF, PROFILES
from crm_contracts.model.contract import Contract, Operation
from crm_contracts.model.language import _
from crm_contracts.pytest_items.findings import CheckFailed, RunUnknown, Unreadable
from crm_contracts.pytest_items.items import CrmItem, body_of, mark
from crm_contracts.pytest_items.provider_settings import KIND, MARKER, OPTION, Provider
from crm_contracts.pytest_items.session import CrmSession

if TYPE_CHECKING:
    from crm_contracts.live import Server
    from crm_contracts.live.trial import Amount
    from crm_contracts.live.trial_text import Secrecy, TrialText


class OperationOf(pytest.Collector):
    """An operation of a contract."""

    operation: Operation
    contract: Contract
    crm: CrmSession

    def collect(self) -> Iterator["ProviderItem"]:
        """Its item."""
        item: ProviderItem = ProviderItem.from_parent(
            self, name=KIND, callobj=body_of(partial(_perform, self))
        )
        item.place = (self.path, 0)
        item.extra_keyword_matches |= {self.contract.name, self.operation.id}
        for marker in ("crm", MARKER):
            mark(item, marker, self.crm)
        yield item


class ProviderItem(CrmItem):
    """One operation at a provider."""


def operations_at(parent: pytest.Collector, path: Path, crm: CrmSession) -> Iterator[OperationOf]:
    """The operations of a contract that a provider is asked; none where another contract is meant."""
    from crm_contracts.live.provoking import provoked_operations

    provider = crm.provider
    contract = crm.project.contract(path)
    if provider is None or provider.contract not in {"", contract.name}:
        return
    for operation in provoked_operations(contract):
        collector: OperationOf = OperationOf.from_parent(parent, name=operation.id)
        collector.operation, collector.contract, collector.crm = operation, contract, crm
        yield collector


def one_contract(provider: Provider, crm_contracts: tuple[Path, ...]) -> None:
    """Refuse a provider of which nobody knows whose it is; a usage error (exit 4)."""
    names = sorted(path.parent.name for path in crm_contracts)
    if provider.contract and provider.contract not in names:
        sentence = _("{option}: there is no contract {name!r}, but {names}")
        raise pytest.UsageError(
            sentence.format(option=OPTION, name=provider.contract, names=", ".join(names) or "none")
        )
    if not provider.contract and len(names) > 1:
        sentence = _("{option}: whose address is that? There are {names}. Write {option} {first}={url}")
        words = {"names": ", ".join(names), "first": names[0], "url": provider.url}
        raise pytest.UsageError(sentence.format(option=OPTION, **words))


def _perform(node: OperationOf) -> None:
    """Ask; raises what did not end as it should."""
    from crm_contracts.cases.drawing import Drawing
    from crm_contracts.live import Refusal, Server, Unreachable, obtain
    from crm_contracts.live.drawn_requests import GeneratorMissing
    from crm_contracts.live.line import Line
    from crm_contracts.live.provoking import Provoking
    from crm_contracts.live.trial import Trial, Tried
    from crm_contracts.live.trial_text import Secrecy

    crm, contract, provider = node.crm, node.contract, node.crm.provider
    assert provider is not None
    server = Server(provider.url, contract.base_path)
    seed = crm.project.seed
    text = partial(_text, node, server)
    try:
        held = obtain(contract.auth, server, _token_url(provider, server, contract), os.environ)
        trial = Trial(
            provoking=Provoking.of(contract, node.operation, server, held),
            line=Line(origin=server.origin),
            amount=_amount(crm.payloads),
            drawing=Drawing(seed=seed, key=node.nodeid),
        )
        tried = trial.run()
    except GeneratorMissing as missing:
        raise Unreadable(str(missing)) from None
    except (Refusal, Unreachable) as error:
        doubt = Tried(unknown=(str(error),))
        raise RunUnknown(text(Secrecy()).unknown(doubt)) from None
    told = text(Secrecy.of(held))
    if tried.broken:
        raise CheckFailed(told.failed(tried))
    if tried.unknown:
        raise RunUnknown(told.unknown(tried))


def _text(node: OperationOf, server: "Server", secrecy: "Secrecy") -> "TrialText":
    from crm_contracts.live.trial_text import TrialText

    item = f"{node.crm.project.layout.shown(node.path)}::{node.operation.id}::{KIND}"
    return TrialText(
        contract=node.contract,
        operation=node.operation,
        origin=server.origin,
        secrecy=secrecy,
        replay=node.crm.replay.command(item),
    )


def _amount(profile_name: str) -> "Amount":
    from crm_contracts.live.trial import Amount

    profile = PROFILES["ci" if profile_name == OFF else profile_name]
    return Amount(valid=profile.examples // 4, invalid=profile.examples // 2, places=profile.places)


def _token_url(provider: Provider, server: "Server", contract: Contract) -> str:
    """Where a token is asked for: no secret goes to a host that was not named for it."""
    said = os.environ.get("CRM_TOKEN_URL", "")
    if not said:
        return f"{server.origin}{contract.auth.token_path}"
    if urlsplit(said).hostname not in provider.hosts:
        from crm_contracts.live import Refusal

        sentence = _("CRM_TOKEN_URL is on another host than {option}: name it with --crm-allow-host.")
        raise Refusal(sentence.format(option=OPTION))
    return said
