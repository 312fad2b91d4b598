"""What usually mends a failed check: the remedies that its module gives with its findings.

They stand where a finding is made, so they are read from the source and not written a second time.
"""

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module

from crm_contracts.catalogue.docstring import translated

_FUNCTION = "_remedy"


def remedies_in(module: str) -> tuple[str, ...]:
    """Every remedy of a check's module, each once, in the order of the source.

    >>> remedies_in("crm_contracts.checks.no_secret_leak")
    ('Keep credentials out of messages, logs and addresses; log their last four characters at most.',)
    """
    tree = ast.parse(inspect.getsource(import_module(module)))
    return tuple(dict.fromkeys(translated(sentence) for sentence in _found(tree)))


def _found(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "remedy":
            yield from _sentences(node.value)
        elif isinstance(node, ast.FunctionDef) and node.name == _FUNCTION:
            yield from _sentences(node)


def _sentences(node: ast.AST) -> Iterator[str]:
    """The sentences inside `_(...)`."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "_":
            words = (word.value for word in part.args if isinstance(word, ast.Constant))
            yield from (word for word in words if isinstance(word, str))
