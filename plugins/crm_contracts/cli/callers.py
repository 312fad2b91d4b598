"""The consumers that a word of the command line means, without reading those that it does not mean."""

from collections.abc import Iterator
from pathlib import Path

from crm_contracts.cli.refusal import Refused, unknown
from crm_contracts.consumers import load_consumer
from crm_contracts.model.consumer import CallSpec, Consumer
from crm_contracts.model.language import _
from crm_contracts.project import Layout, discovery
from crm_contracts.project.contracts import Contracts
from crm_contracts.project.reading import or_none


def consumer_named(layout: Layout, name: str) -> Consumer:
    """The consumer of a name; raises Refused where there is none, Problems where its file cannot be read."""
    files = tuple(discovery.consumer_files(layout))
    contracts = Contracts(root=layout.root, files=tuple(discovery.contract_files(layout)))
    # A consumer's name is its file's name as a rule: then nothing else is read.
    for path in sorted(files, key=lambda path: path.stem != name):
        if path.stem == name:
            return load_consumer(path, contracts.meant)
        consumer = or_none(lambda path: load_consumer(path, contracts.meant), path)
        if consumer is not None and consumer.name == name:
            return consumer
    raise _no_consumer(name, files)


def call_named(layout: Layout, words: str) -> tuple[Consumer, CallSpec]:
    """The call that `CONSUMER.CALL` means; raises Refused with what there is."""
    name, dot, call = words.rpartition(".")
    if not dot:
        consumer = consumer_named(layout, words)
        raise Refused("\n".join((_("Which call? Say one of:"), *_offers(consumer))))
    consumer = consumer_named(layout, name)
    if call not in consumer.calls:
        sentence = _("{consumer} has no call {name!r}.")
        raise unknown(sentence.format(consumer=consumer.name, name=call), call, consumer.calls)
    return consumer, consumer.calls[call]


def _offers(consumer: Consumer) -> Iterator[str]:
    from crm_contracts.cli import program

    yield from (f"  {program('try', f'{consumer.name}.{call}')}" for call in consumer.calls)


def _no_consumer(name: str, files: tuple[Path, ...]) -> Refused:
    from crm_contracts.cli import program

    if not files:
        sentence = _("No consumer is here yet. Write one: {command}")
        return Refused(sentence.format(command=program("new", "consumer", "NAME")))
    return unknown(_("There is no consumer {name!r}.").format(name=name), name, [path.stem for path in files])
