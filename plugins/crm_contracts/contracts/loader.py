"""From the files of a contract to a `Contract`; operations are built when they are first used."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from crm_contracts.contracts import terms
from crm_contracts.contracts.auth_policy import auth_policy
from crm_contracts.contracts.collection import collections_in
from crm_contracts.contracts.node import root
from crm_contracts.contracts.operations import Operations, Plan
from crm_contracts.contracts.overlay import ContractFile, VariantFile
from crm_contracts.contracts.paging import paging
from crm_contracts.contracts.records import records_of
from crm_contracts.contracts.schemas import Schemas
from crm_contracts.contracts.servers import base_path_of
from crm_contracts.contracts.settings import settings_of
from crm_contracts.contracts.sources import OVERLAY, Sources, Stamp, gather, read_stamped, stamp
from crm_contracts.contracts.structure import found_at, places_of
from crm_contracts.contracts.variants import overlaid, variants_in
from crm_contracts.documents import validate
from crm_contracts.model.contract import AuthPolicy, Contract, Record
from crm_contracts.model.json import JSON
from crm_contracts.model.problem import Problem, Problems

DATA = "data.yaml"

_loaded: dict[tuple[str, str | None], tuple[tuple[Stamp, ...], Contract]] = {}


def load_contract(folder_or_document: Path, *, variant: str | None = None) -> Contract:
    """Load a contract from its folder, its contract.yaml, or from an OpenAPI document alone.

    The same contract is returned as long as none of its files changes. Raises Problems with everything that keeps the
    files from being understood; `lint_contract` tells what else is wrong.

    >>> load_contract(Path("contracts/nowhere"))
    Traceback (most recent call last):
        ...
    crm_contracts.model.problem.Problems: contracts/nowhere:1:1: There is no contract contracts/nowhere.
    """
    key = (str(folder_or_document.absolute()), variant)
    stamps, contract = _loaded.get(key, ((), None))
    if contract is not None and all(stamp(Path(known[0])) == known for known in stamps):
        return contract
    try:
        sources = gather(folder_or_document)
        contract = built(sources, variant)
    except Problems as found:
        told = dict.fromkeys((*found.problems, *every_problem(folder_or_document)))
        raise Problems(tuple(told)) from None
    _loaded[key] = (_stamps(sources, variant), contract)
    return contract


def apply_variant(contract: Contract, variant: str) -> Contract:
    """Load the same contract with a variant laid over it; raises Problems where it has no such variant."""
    return load_contract(contract.folder, variant=variant)


def every_problem(path: Path) -> tuple[Problem, ...]:
    """Return everything that keeps the files of a contract from being understood, each file looked at by itself."""
    folder = path if path.is_dir() else path.parent
    overlay = folder / OVERLAY
    whole = path.is_dir() or path.name == OVERLAY
    looks: list[Callable[[], object]] = [lambda: gather(path)]
    if whole and overlay.is_file():
        looks.append(lambda: validate(read_stamped(overlay), ContractFile))
    if whole and (folder / DATA).is_file():
        looks.append(lambda: records_of(read_stamped(folder / DATA)))
    looks += [partial(_variant, variant) for variant in (variants_in(folder).values() if whole else ())]
    return tuple(dict.fromkeys(problem for look in looks for problem in _told(look)))


def _told(look: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        look()
    except Problems as found:
        return found.problems
    return ()


def _variant(path: Path) -> VariantFile:
    return validate(read_stamped(path), VariantFile)


def built(sources: Sources, variant: str | None = None) -> Contract:
    """Build a contract from its files; raises Problems where contract.yaml, a variant or data.yaml is wrong."""
    says = overlaid(sources.overlay, sources.folder, variant)
    documents = sources.values
    auth = auth_policy(says.auth, documents, sources.roots)
    plan = plan_of(sources, says, auth)
    operations = Operations(plan)
    declared = dict(_headers(documents, sources.roots))
    return Contract(
        name=says.contract or sources.name,
        folder=sources.place,
        title=says.title or _info(documents, sources.roots, "title") or sources.name,
        contact=says.contact or _info(documents, sources.roots, "contact"),
        base_path=plan.base_path,
        operations=operations,
        auth=auth,
        limits=terms.limits(says.limits),
        idempotency=terms.idempotency(says.idempotency, declared=declared.get("idempotency-key")),
        versions=terms.versions(says.versions),
        paging=paging(says.paging, operations.values(), Schemas(documents)),
        etag=says.concurrency == "etag" if says.concurrency else "if-match" in declared,
        envelope=terms.envelope(says),
        result=terms.result(says),
        answers=terms.answers(says.errors.answers if says.errors else None),
        collections=terms.collections(says.collections, plan.collections),
        unknown_query=says.unknown_query or "ignored",
        strictness=says.strictness or "strict-400",
        records=_records(sources),
        variant=variant,
        documents=documents,
    )


def plan_of(sources: Sources, says: ContractFile, auth: AuthPolicy) -> Plan:
    """Return all that the operations are built from."""
    documents = sources.values
    settings = settings_of(says.operations)
    named = [setting.says.collection for setting in settings if setting.says.collection is not None]
    collections = collections_in(_paths(documents, sources.roots))
    for name in (*(says.collections or ()), *named):
        collections.setdefault(name, ())
    token_paths = (auth.token_path, auth.revoke_path) if auth.refreshable else ()
    return Plan(
        documents=documents,
        roots=sources.roots,
        settings=settings,
        base_path=_base_path(sources, says),
        collections=collections,
        secures=auth.kind != "none",
        token_paths=frozenset(path for path in token_paths if path),
    )


def _base_path(sources: Sources, says: ContractFile) -> str:
    said = says.base_path
    if said is None and says.versions:
        said = next(iter(says.versions.values())).path
    if said is None and sources.roots:
        said = base_path_of(root(sources.values, sources.roots[0]))
    return (said or "").rstrip("/")


def _stamps(sources: Sources, variant: str | None) -> tuple[Stamp, ...]:
    folder = sources.folder
    others = [folder / DATA, *([variants_in(folder)[variant]] if variant else [])]
    # The folder's own stamp changes when a file comes or goes.
    return (*sources.stamps, *(stamp(path) for path in (*others, folder)))


def _records(sources: Sources) -> tuple[Record, ...]:
    path = sources.folder / DATA
    if not sources.whole_folder or not path.is_file():
        return ()
    return records_of(read_stamped(path))


def _paths(documents: Mapping[str, JSON], roots: Iterable[str]) -> list[str]:
    return [path for name in roots for path in root(documents, name).at("paths").mapping]


def _info(documents: Mapping[str, JSON], roots: Iterable[str], key: str) -> str:
    for name in roots:
        info = root(documents, name).at("info")
        said = info.text(key) or info.at(key).text("email")
        if said:
            return said
    return ""


def _headers(documents: Mapping[str, JSON], roots: Iterable[str]) -> Iterable[tuple[str, str]]:
    """The header parameters that any operation declares, by lower-case name."""
    for name in roots:
        for place in places_of(documents[name], "Parameter"):
            parameter = found_at(documents[name], place)
            if isinstance(parameter, dict) and parameter.get("in") == "header":
                yield str(parameter.get("name")).lower(), str(parameter.get("name"))
