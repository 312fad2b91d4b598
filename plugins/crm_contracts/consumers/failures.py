"""Why a consumer did not come to its first call, in sentences with the next step."""

import difflib
import re
from collections.abc import Callable
from typing import Any

from crm_contracts.consumers.channel import Message
from crm_contracts.consumers.driver import ConsumerFailed
from crm_contracts.consumers.process import End
from crm_contracts.model.language import _
from crm_contracts.model.problem import nearest
from crm_contracts.model.span import human


def not_made(factory: str, told: Message, output: str, *, interpreter: str = "") -> ConsumerFailed:
    """The caller's side said why there is no object to call; `interpreter` is the Python that ran it."""
    failure = told["failure"]
    words = output + (failure["traceback"] if failure and told["reason"] != "module" else "")
    reason = _REASONS[told["reason"]](factory, told)
    hint = _interpreter(told, interpreter) or _variable(told)
    return ConsumerFailed(f"{reason} {hint}".rstrip(), words)


def not_started(factory: str, end: End, output: str) -> ConsumerFailed:
    """Its process ended before it could be called."""
    sentence = _(
        "The caller's process ended with {end} before {factory!r} was ready. Its last words are below."
    )
    return ConsumerFailed(sentence.format(end=end, factory=factory), output)


def silent(within: float, output: str) -> ConsumerFailed:
    """It did not become ready in time."""
    sentence = _("The caller was not ready within {span}. What it waits for at its start is worth a look.")
    return ConsumerFailed(sentence.format(span=human(within)), output)


def _module(factory: str, _told: Message) -> str:
    module = factory.partition(":")[0]
    sentence = _(
        "The module {module!r} was not found. It is looked for beside the consumer's file, in the working folder and in "
        "the folders under `path:`."
    )
    return sentence.format(module=module)


def _import(factory: str, told: Message) -> str:
    module, error = factory.partition(":")[0], _error(told)
    if told["failure"]["type"] == "ModuleNotFoundError":
        sentence = _(
            "The module {module!r} needs one that its interpreter lacks: {error}. Install it there, or name another `interpreter:`."
        )
    else:
        sentence = _("The module {module!r} cannot be imported: {error}.")
    return sentence.format(module=module, error=error)


def _interpreter(told: Message, interpreter: str) -> str:
    """Where a library is lacking; nothing where the caller's own module is, which no interpreter can give it."""
    failure = told["failure"]
    if not interpreter or told["reason"] != "import" or failure["type"] != "ModuleNotFoundError":
        return ""
    return _("Its interpreter is {interpreter}.").format(interpreter=interpreter)


def _variable(told: Message) -> str:
    """The next step for a caller that reads a variable which nobody set."""
    failure = told["failure"]
    if not failure or failure["type"] != "KeyError" or not _LOOKED_UP.search(failure["traceback"]):
        return ""
    sentence = _(
        "It reads the variable {name}, which is not set here. Set it in the consumer's file: {example}."
    )
    name = failure["message"].strip("'\"")
    example = f'driver: {{python: ..., env: {{{name}: "{{endpoint.base_url}}"}}}}'
    return sentence.format(name=name, example=example)


def _attribute(factory: str, told: Message) -> str:
    module, _colon, name = factory.partition(":")
    sentence = _("The module {module!r} has no {name!r}.").format(module=module, name=name)
    return f"{sentence}{_offer(told['lacking'][0], told['found'])}"


def _factory(factory: str, told: Message) -> str:
    return _("The factory {factory!r} raised {error}.").format(factory=factory, error=_error(told))


def _method(factory: str, told: Message) -> str:
    names = ", ".join(told["lacking"])
    sentence = _("What {factory!r} makes has no method for these calls: {names}.").format(
        factory=factory, names=names
    )
    return f"{sentence}{_offer(told['lacking'][0], told['found'])}"


def _error(told: Message) -> str:
    failure: dict[str, Any] = told["failure"]
    return f"{failure['type']}: {failure['message']}".rstrip(": ")


def _offer(wanted: str, found: list[str]) -> str:
    meant = nearest(wanted, found) or next(iter(difflib.get_close_matches(wanted, found, 1, 0.4)), None)
    if meant:
        return " " + _("Did you mean {word!r}?").format(word=meant)
    return " " + _("It has: {words}.").format(words=", ".join(found)) if found else ""


_LOOKED_UP = re.compile(
    r'(?:[\\/]os\.py|<frozen os>)", line \d+, in __getitem__\n(?:[^\n]*\n){0,2}KeyError: '
)
"""The end of the traceback of `os.environ[NAME]`; some interpreters show the source and mark the place."""
_REASONS: dict[str, Callable[[str, Message], str]] = {
    "module": _module,
    "import": _import,
    "attribute": _attribute,
    "factory": _factory,
    "method": _method,
}
