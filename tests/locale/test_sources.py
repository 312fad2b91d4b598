"""The sources say their sentences so that they can be translated."""

import ast
from collections.abc import Iterator

from tests.locale.catalogue import SOURCES

FILES = {path.relative_to(SOURCES).as_posix(): path for path in sorted(SOURCES.rglob("*.py"))}
DYNAMIC = ("catalogue/docstring.py", "cli/usage.py", "documents/parsers.py")
"""They look up sentences that stand elsewhere."""
FOREIGN = (
    "consumers/child/",
    "lab/engines/address.py",
    "lab/engines/embedded/",
    "lab/engines/toxiproxy_proxy.py",
    "lab/simulator/",
)
"""The first runs in the caller's own interpreter, which has nothing of ours; the others speak as Toxiproxy and as a CRM."""
_SAID = frozenset({"help", "remedy"})
_TELLING = frozenset(
    {
        "print",
        "ValueError",
        "Refused",
        "Unusable",
        "UsageError",
        "ConsumerFailed",
        "LabGone",
        "EngineError",
        "AttemptError",
    }
)
"""What prints, and whose texts are shown to users as they stand."""


def test_sentences_are_looked_up_when_they_are_said():
    """Not while a module is imported: the language is chosen later."""
    assert not [place for place, _call, within in _all_lookups() if not within]


def test_sentences_are_looked_up_as_they_stand():
    """And filled in afterwards: a catalogue has no sentence with somebody's file name in it."""
    assert not [
        place
        for place, call, _within in _all_lookups()
        if not place.startswith(DYNAMIC) and not all(isinstance(word, ast.Constant) for word in call.args)
    ]


def test_what_users_read_is_looked_up():
    """Help texts, remedies, what is printed, and the errors that are shown without a traceback."""
    assert not [
        f"{name}:{node.lineno}"
        for name, path in FILES.items()
        if not name.startswith(FOREIGN)
        for node in _read_by_users(ast.parse(path.read_text()))
        if _is_prose(node)
    ]


def _all_lookups() -> Iterator[tuple[str, ast.Call, bool]]:
    for name, path in FILES.items():
        for call, within in _lookups(ast.parse(path.read_text()), within=False):
            yield f"{name}:{call.lineno}", call, within


def _lookups(node: ast.AST, *, within: bool) -> Iterator[tuple[ast.Call, bool]]:
    """Each call of `_`, and whether it stands within a function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id == "_":
            yield child, within
        later = within or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from _lookups(child, within=later)


def _read_by_users(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from (word.value for word in node.keywords if word.arg in _SAID)
            if _function(node) in _TELLING:
                yield from node.args


def _function(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is_prose(node: ast.expr) -> bool:
    """Whether a text has two words that nobody looks up."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    words = " ".join(texts).split()
    return sum(word.isalpha() for word in words) > 1
