"""Finds the sentences for users in our sources: what stands in `_(...)`, and what the catalogue reads from docstrings.

`make messages` calls it through Babel (tools/messages.cfg). Babel's own way of reading Python does not see what stands
inside of an f-string before Python 3.12, and knows nothing of docstrings.
"""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from typing import IO, TypeAlias

Found: TypeAlias = tuple[int, str | None, str, list[str]]
"""A line, the function that is called (None for a docstring), the sentence, no comments: as Babel wants it."""

_NAMES = frozenset({"fault", "check"})
_TOLD = frozenset({"applies", "judge"})
"""The methods of a check whose docstrings `crm-contracts describe` shows."""
_LAST_LINES = re.compile(r"^(Example: `.*`\.?|Source: .*)$", re.MULTILINE)


def sentences(
    source: IO[bytes],
    keywords: Mapping[str, object],
    comment_tags: Collection[str],  # noqa: ARG001 - Babel hands it to every extractor
    options: Mapping[str, object],  # noqa: ARG001 - as above
) -> Iterator[Found]:
    """Tell every sentence of one module; Babel's interface of an extractor."""
    tree = ast.parse(source.read())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _called(node, keywords)
        elif isinstance(node, ast.ClassDef):
            yield from _described(node)


def _called(call: ast.Call, keywords: Mapping[str, object]) -> Iterator[Found]:
    if isinstance(call.func, ast.Name) and call.func.id in keywords and call.args:
        first = call.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield call.lineno, call.func.id, first.value, []
    for word in call.keywords:
        if word.arg == "description" and _is_field(call) and isinstance(word.value, ast.Constant):
            yield call.lineno, None, str(word.value.value), []


def _is_field(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "Field"


def _described(kind: ast.ClassDef) -> Iterator[Found]:
    """What `crm-contracts list` and `describe` tell of a fault, a check, or what a fault is to a caller."""
    if kind.name == "Trait":
        for node in kind.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                yield node.lineno, None, str(node.value.value), []
    fields = {name for node in kind.body for name in _literal(node)}
    if fields.isdisjoint(_NAMES):
        return
    yield from ((kind.lineno, None, text, []) for text in _paragraphs(kind))
    for node in kind.body:
        if isinstance(node, ast.FunctionDef) and "check" in fields and node.name in _TOLD:
            yield from ((node.lineno, None, text, []) for text in _paragraphs(node)[:1])


def _literal(node: ast.stmt) -> Iterator[str]:
    """The name of a field such as `fault: Literal["latency"]`, by which YAML knows its class."""
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        kind = node.annotation
        if (
            isinstance(kind, ast.Subscript)
            and isinstance(kind.value, ast.Name)
            and kind.value.id == "Literal"
        ):
            yield node.target.id


def _paragraphs(node: ast.ClassDef | ast.FunctionDef) -> list[str]:
    """A docstring's paragraphs, each in one line, without its example and source."""
    told = _LAST_LINES.sub("", ast.get_docstring(node) or "")
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", told) if part.strip()]
