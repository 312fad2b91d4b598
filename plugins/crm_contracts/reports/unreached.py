"""Why nothing reached the lab: what the caller was handed, and where it went instead, as far as that can be known."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from crm_contracts.model.consumer import Consumer, HttpDriver, PythonDriver
from crm_contracts.model.contact import Contact
from crm_contracts.model.fault import Trait
from crm_contracts.model.journal import Journal
from crm_contracts.model.language import _
from crm_contracts.model.run import Run
from crm_contracts.reports.columns import padded, width, wrapped

COLUMNS = 80
HTTPS = 443
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def unreached(run: Run, journal: Journal) -> tuple[str, ...]:
    """Lines for people; none where something came to the lab, where nothing could, or where the caller never started.

    Secrets stand in them by their run-keyed names, as in the journal.
    """
    if journal.exchanges or journal.connections or journal.dead or not journal.handed:
        return ()
    if {Trait.UNREACHABLE, Trait.UNRESOLVED} & run.scenario.traits():
        return ()
    return tuple(_lines(run.consumer, journal))


def elsewhere(journal: Journal) -> tuple[Contact, ...]:
    """The hosts beside the lab that a caller reached for; none where that cannot be known."""
    ours = {urlsplit(value).port for value in journal.handed.values() if value.startswith("http")}
    return tuple(one for one in journal.contacts or () if one.host not in _LOOPBACK or one.port not in ours)


def _lines(consumer: Consumer, journal: Journal) -> Iterator[str]:
    yield _("Nothing reached the lab.")
    yield ""
    yield from wrapped(_how(consumer), COLUMNS)
    room = max(map(width, journal.handed))
    yield from (f"  {padded(name, room)}  {value}" for name, value in journal.handed.items())
    yield ""
    yield from _went(journal)
    yield from wrapped(_remedy(consumer), COLUMNS)


def _how(consumer: Consumer) -> str:
    if isinstance(consumer.driver, PythonDriver):
        return _(
            "The factory was handed an `endpoint` with these values (endpoint.base_url, endpoint.token_url, "
            "endpoint.client_id...), and its process this environment:"
        )
    if isinstance(consumer.driver, HttpDriver) and consumer.driver.attach:
        return _(
            "The program runs already, so nobody handed it anything. This is what it needs to find the lab:"
        )
    return _("The program was started with this in its environment:")


def _went(journal: Journal) -> Iterator[str]:
    if journal.contacts is None:
        return
    if others := elsewhere(journal):
        yield _("It reached for these hosts instead:")
        yield from (f"  {contact}" for contact in others)
        yield ""
        if wired := tuple(
            dict.fromkeys(one.host for one in others if one.port == HTTPS and _is_name(one.host))
        ):
            sentence = _(
                "Where its address cannot be changed, the consumer's file leads it here: intercept: [{hosts}]."
            )
            yield from (*wrapped(sentence.format(hosts=", ".join(wired)), COLUMNS), "")
    elif not journal.contacts:
        sentence = _("It looked up no host and began no connection: it answered before it sent anything.")
        yield from (*wrapped(sentence, COLUMNS), "")


def _is_name(host: str) -> bool:
    return ":" not in host and not host.replace(".", "").isdigit()


def _remedy(consumer: Consumer) -> str:
    if isinstance(consumer.driver, PythonDriver):
        return _(
            "Give your program `endpoint.base_url` where it has the CRM's address now. A program that reads variables of "
            'its own gets them by `env:` in the consumer\'s file: env: {MY_CRM_URL: "{endpoint.base_url}"}.'
        )
    return _(
        "Look for an address that is fixed in the program or its settings file. A program that reads variables of its own "
        'gets them by `env:` in the consumer\'s file: env: {MY_CRM_URL: "{endpoint.base_url}"}.'
    )
