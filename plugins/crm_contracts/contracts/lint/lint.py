"""The linter: every problem of every file of a contract at once, in the order of the files."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from crm_contracts.contracts.lint import advice, auth, documents, examples, overlay, records, schemas
from crm_contracts.contracts.lint.findings import Linted, Rule
from crm_contracts.contracts.loader import built, every_problem
from crm_contracts.contracts.overlay import VariantFile
from crm_contracts.contracts.sources import gather, read_stamped
from crm_contracts.contracts.variants import overlaid, variants_in
from crm_contracts.documents import Document, validate
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problem, Problems

_RULES: Sequence[Rule] = (
    *documents.RULES,
    *schemas.RULES,
    *examples.RULES,
    *overlay.RULES,
    *auth.RULES,
    *records.RULES,
)


def lint_contract(folder_or_document: Path) -> tuple[Problem, ...]:
    """Return everything that is wrong with a contract: documents, contract.yaml, data.yaml and variants.

    Never raises for what a file says; a sound contract has no problems.
    """
    unreadable = every_problem(folder_or_document)
    if unreadable:
        return _in_order(unreadable)
    linted = _linted(folder_or_document)
    found = [problem for rule in _RULES for problem in rule(linted)]
    return _in_order([*found, *_variants(linted)])


def advise_contract(folder_or_document: Path) -> tuple[Problem, ...]:
    """Return what only the owner of a contract can answer, put as problems with a remedy; none for a broken one.

    Such as a POST that counts as a write although its path says search.
    """
    if every_problem(folder_or_document):
        return ()
    linted = _linted(folder_or_document)
    return _in_order([problem for rule in advice.RULES for problem in rule(linted)])


def _linted(path: Path) -> Linted:
    sources = gather(path)
    return Linted(
        sources=sources, says=overlaid(sources.overlay, sources.folder, None), contract=built(sources)
    )


def _variants(linted: Linted) -> Iterator[Problem]:
    if not linted.sources.whole_folder:
        return
    for name, path in variants_in(linted.sources.folder).items():
        document = read_stamped(path)
        said = validate(document, VariantFile).variant
        if said != name:
            message = _("The variant is called {name!r}, its file {file!r}.").format(name=said, file=name)
            yield document.problem(("variant",), message)
        yield from _auth_of_variant(linted, document, name)


def _auth_of_variant(linted: Linted, document: Document, name: str) -> Iterator[Problem]:
    try:
        says = overlaid(linted.sources.overlay, linted.sources.folder, name)
        contract = built(linted.sources, name)
    except Problems as found:
        yield from found.problems
        return
    varied = Linted(sources=linted.sources, says=says, contract=contract)
    known = {problem.message for rule in (*auth.RULES, *overlay.RULES) for problem in rule(linted)}
    for rule in (*auth.RULES, *overlay.RULES):
        for problem in rule(varied):
            if problem.message not in known:
                yield document.problem((), problem.message, remedy=problem.remedy)


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    # Two rules may find the same; the one that knows the next step tells it.
    unique = {(one.position, one.message): one for one in sorted(problems, key=lambda one: bool(one.remedy))}
    return tuple(
        sorted(unique.values(), key=lambda one: (one.position.file, one.position.line, one.position.column))
    )
