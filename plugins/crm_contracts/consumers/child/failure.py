"""An exception as the caller's user sees it: its type and bases, its words, and whose it is."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import traceback
from typing import Any

MOST = 20_000
"""Characters that are kept of a message, and of the end of a traceback."""
IMPORTS = os.path.dirname(importlib.__file__) + os.sep
OURS = os.path.dirname(__file__) + os.sep


def as_message(error: BaseException, home: str) -> dict[str, Any]:
    """Return an exception as plain data, without our own frames; `home` is the module of the caller's factory."""
    kind, trace = type(error), error.__traceback__
    while trace is not None and _is_way(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    return {
        "type": _name(kind),
        "bases": [_name(base) for base in kind.__mro__[1:-1]],
        "message": _words(error)[:MOST],
        "traceback": "".join(_shown(traceback.TracebackException(kind, error, trace)).format())[-MOST:],
        "distribution": _distribution(kind.__module__),
        "own": _is_own(kind.__module__, home),
    }


def _shown(told: Any) -> Any:
    """Leave our own frames out, also of what led to it: a look-up is answered by us in the midst of a library."""
    one = told
    while one is not None:
        one.stack[:] = [frame for frame in one.stack if not frame.filename.startswith(OURS)]
        one = one.__cause__ or one.__context__
    return told


def _is_way(file: str) -> bool:
    """Whether a frame only leads to the caller's code: ours, or the machinery of imports."""
    return file.startswith((OURS, "<frozen importlib", IMPORTS))


def _name(kind: type) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _words(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a stranger's exception
        return f"<{type(error).__qualname__}>"


def _is_own(module: str, home: str) -> bool:
    """Whether a module is the caller's: of its package or distribution, or neither installed nor a part of Python."""
    if _package(module) == _package(home):
        return True
    file = _file(module)
    if _is_installed(file):
        owner = _distribution(module)
        return owner is not None and owner == _distribution(home)
    return bool(file) and not file.startswith(os.path.dirname(os.__file__) + os.sep)


def _distribution(module: str) -> str | None:
    package = _package(module)
    for ask in (_by_name, _by_package) if _is_installed(_file(module)) else ():
        with contextlib.suppress(Exception):  # It has another name, or is broken.
            return ask(package)
    return None


def _by_name(package: str) -> str:
    from importlib import metadata

    return str(metadata.distribution(package).metadata["Name"])


def _by_package(package: str) -> str:
    from importlib import metadata

    known: Any = metadata.packages_distributions()  # Since Python 3.10.
    return str(known[package][0])


def _is_installed(file: str) -> bool:
    return "site-packages" in file or "dist-packages" in file


def _package(module: str) -> str:
    return module.partition(".")[0]


def _file(module: str) -> str:
    package = sys.modules.get(_package(module))
    places = [getattr(package, "__file__", None), *getattr(package, "__path__", ())]
    return next((os.path.abspath(place) for place in places if place), "")
