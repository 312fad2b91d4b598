"""What a consumer's file may say by its shape and still cannot mean."""

import json
from collections.abc import Iterable, Iterator

from crm_contracts.consumers.document import ConsumerFile
from crm_contracts.consumers.environment import PLACEHOLDERS, unknown_placeholders
from crm_contracts.consumers.fill import UNIQUE, field_of, known_fields
from crm_contracts.documents import Document, Place
from crm_contracts.model.consumer import CallSpec, CommandDriver, Consumer, HttpDriver, PythonDriver
from crm_contracts.model.contract import Contract, Effect
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problem, nearest
from crm_contracts.model.span import human

GROUPS = ("each", "reads", "writes")
"""Words by which scenarios name several calls."""


def lint(document: Document, file: ConsumerFile, consumer: Consumer, contract: Contract) -> Iterator[Problem]:
    """Every problem that the shape alone does not show."""
    yield from _driver(document, file)
    yield from _placeholders(document, ("driver",), document.get(("driver",)))
    for call in consumer.calls.values():
        yield from _call(document, call, consumer, contract)
    yield from _intercept(document, consumer)
    yield from _rules(document, consumer)
    yield from _deadline(document, consumer)


def _driver(document: Document, file: ConsumerFile) -> Iterator[Problem]:
    driver = file.driver
    kinds = [kind for kind in ("python", "http", "command") if getattr(driver, kind) is not None]
    if len(kinds) != 1:
        message = _("A driver is exactly one of python, http and command.")
        yield document.problem(("driver",), message, key=True)
        return
    for key in _foreign(kinds[0], document):
        message = _("The key {key!r} means nothing for a {kind} driver.").format(key=key, kind=kinds[0])
        yield document.problem(("driver", key), message, key=True)
    if driver.http and (driver.http.start is None) == (driver.http.attach is None):
        message = _("A service is either started (start) or runs already (attach).")
        yield document.problem(("driver", "http"), message, key=True)
    told = any("{call}" in word for word in driver.command or ())
    if driver.command and len(file.calls) > 1 and not told:
        message = _("The command is not told which call to do.")
        yield document.problem(("driver", "command"), message, remedy=_('Put "{call}" among its arguments.'))


def _intercept(document: Document, consumer: Consumer) -> Iterator[Problem]:
    if not consumer.intercept:
        return
    driver = consumer.driver
    why = None
    if isinstance(driver, HttpDriver) and driver.attach:
        why = _(
            "A program that runs already cannot be led to the lab: it is started with its proxy and trust."
        )
    elif isinstance(driver, PythonDriver) and driver.in_process:
        why = _("In the process of the tests no host is led to the lab; leave out in_process.")
    elif "tls" in consumer.cannot:
        why = _("An intercepted host is served over HTTPS, which this caller cannot (cannot: [tls]).")
    if why is not None:
        yield document.problem(("intercept",), why, key=True)


def _foreign(kind: str, document: Document) -> Iterable[str]:
    python_only = {"interpreter", "import", "in_process", "path"}
    foreign = {"cwd"} if kind == "python" else python_only
    written = document.get(("driver",))
    return [key for key in written if key in foreign] if isinstance(written, dict) else []


def _placeholders(document: Document, place: Place, value: JSON) -> Iterator[Problem]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _placeholders(document, (*place, key), part)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _placeholders(document, (*place, index), part)
    elif isinstance(value, str):
        for wrong in unknown_placeholders(value):
            message = _("The endpoint has no {name}.").format(name=wrong)
            meant = nearest(wrong, PLACEHOLDERS)
            yield document.problem(place, message, allowed=PLACEHOLDERS, suggestion=meant)


def _call(document: Document, call: CallSpec, consumer: Consumer, contract: Contract) -> Iterator[Problem]:
    place = ("calls", call.name)
    if call.name in GROUPS:
        message = _("{name!r} is a word for several calls in scenarios; choose another name.").format(
            name=call.name
        )
        yield document.problem(place, message, key=True)
    yield from _way(document, call, consumer)
    template: JSON = {"args": document.get((*place, "args")), "request": document.get((*place, "request"))}
    yield from _by_mistake(document, place, template)
    yield from _known(document, place, template, contract)
    if _needs_marker(call, contract) and UNIQUE not in json.dumps(template):
        message = _("The write {name!r} carries nothing by which its attempts could be told from others.")
        remedy = _(
            'Put "{unique}" into a text of its args or request: it becomes a fresh marker for every call.'
        )
        yield document.problem(place, message.format(name=call.name), key=True, remedy=remedy)


def _way(document: Document, call: CallSpec, consumer: Consumer) -> Iterator[Problem]:
    """How a call reaches the consumer, by the kind of its driver."""
    place, driver = ("calls", call.name), consumer.driver
    if isinstance(driver, HttpDriver) and call.request is None:
        remedy = _("Write it as request: {method: POST, path: /tickets, json: {...}}.")
        message = _("The call {name!r} has no request that makes the service do it.").format(name=call.name)
        yield document.problem(place, message, key=True, remedy=remedy)
    if not isinstance(driver, HttpDriver) and call.request is not None:
        message = _("A request is for http drivers; this call takes args.")
        yield document.problem((*place, "request"), message, key=True)
    if isinstance(driver, PythonDriver) and not call.name.isidentifier():
        message = _("{name!r} can be no method of a Python object.").format(name=call.name)
        yield document.problem(place, message, key=True)


def _needs_marker(call: CallSpec, contract: Contract) -> bool:
    # A deletion has no content that could carry one; its record tells it apart.
    methods = {
        contract.operations[name].method
        for name in call.does
        if contract.operations[name].effect is Effect.WRITE
    }
    return bool(methods - {"DELETE"})


def _by_mistake(document: Document, place: Place, template: JSON) -> Iterator[Problem]:
    """`{known.order.id}` without quotes is a mapping to YAML."""
    parts = (
        template.items()
        if isinstance(template, dict)
        else enumerate(template)
        if isinstance(template, list)
        else ()
    )
    for step, part in parts:
        here = (*place, step)
        name = _placeholder_in(part)
        if name is not None:
            remedy = _('Put it in quotes: "{placeholder}".').format(placeholder=f"{{{name}}}")
            yield document.problem(here, _("This is a mapping to YAML, not a placeholder."), remedy=remedy)
        else:
            yield from _by_mistake(document, here, part)


def _placeholder_in(value: JSON) -> str | None:
    if not isinstance(value, dict) or list(value.values()) != [None]:
        return None
    name = next(iter(value))
    return name if name == "unique" or name.startswith("known.") else None


def _known(document: Document, place: Place, template: JSON, contract: Contract) -> Iterator[Problem]:
    if isinstance(template, str):
        for name, field in known_fields(template):
            yield from _unknown(document, place, name, field, contract)
    parts = (
        template.items()
        if isinstance(template, dict)
        else enumerate(template)
        if isinstance(template, list)
        else ()
    )
    for step, part in parts:
        yield from _known(document, (*place, step), part, contract)


def _unknown(
    document: Document, place: Place, name: str, field: str, contract: Contract
) -> Iterator[Problem]:
    record = contract.known.get(name)
    if record is None:
        allowed = tuple(contract.known)
        message = _("The contract's data has no known record {name!r}.").format(name=name)
        yield document.problem(place, message, allowed=allowed, suggestion=nearest(name, allowed))
        return
    try:
        field_of(record, field)
    except KeyError:
        allowed = tuple(record.fields)
        message = _("The known record {name!r} has no field {field!r}.").format(name=name, field=field)
        yield document.problem(place, message, allowed=allowed, suggestion=nearest(field, allowed))


def _rules(document: Document, consumer: Consumer) -> Iterator[Problem]:
    """Conditions that can never hold with this driver."""
    kinds = {"status": HttpDriver, "raises": PythonDriver, "exit": CommandDriver}
    written = document.get(("outcomes",))
    for outcome, rules in written.items() if isinstance(written, dict) else ():
        for step, rule in enumerate(rules) if isinstance(rules, list) else [(None, rules)]:
            for key in rule if isinstance(rule, dict) else ():
                if key in kinds and not isinstance(consumer.driver, kinds[key]):
                    place = ("outcomes", outcome, key) if step is None else ("outcomes", outcome, step, key)
                    message = _("The condition {key!r} never holds with this driver.").format(key=key)
                    yield document.problem(place, message, key=True)


def _deadline(document: Document, consumer: Consumer) -> Iterator[Problem]:
    promises = consumer.promises
    if promises.deadline is None or promises.backoff is None or promises.attempts is None:
        return
    waits = promises.backoff.total(promises.attempts)
    if waits < promises.deadline:
        return
    message = _(
        "The deadline of {deadline} is no longer than the waits between {attempts} attempts, {waits} together."
    )
    written = "deadline" if "deadline" in promises.written else "backoff"
    yield document.problem(
        ("promises", written),
        message.format(deadline=human(promises.deadline), attempts=promises.attempts, waits=human(waits)),
        remedy=_(
            "Promise a longer deadline, fewer attempts or shorter waits; what is not written is assumed."
        ),
    )
