"""The reference pages: entries as Markdown."""

from collections.abc import Iterable, Iterator

from crm_contracts.catalogue.entry import Entry, Setting
from crm_contracts.model.language import _


def page(title: str, introduction: str, entries: Iterable[Entry]) -> str:
    """One reference page: what is listed, then each entry under its own heading."""
    entries = tuple(entries)
    parts = [f"# {title}", introduction, *_index(entries), *(text for one in entries for text in _entry(one))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _index(entries: tuple[Entry, ...]) -> Iterator[str]:
    rows = [f"| [{one.name}](#{one.name}) | {_cell(one.sentence)} |" for one in entries]
    yield "\n".join((f"| {_('name')} | {_('meaning')} |", "|---|---|", *rows))


def _entry(entry: Entry) -> Iterator[str]:
    yield f"## {entry.name}"
    yield entry.sentence
    yield from entry.text
    yield "\n".join(f"- {label}: {text}" for label, text in entry.facts)
    yield _table(entry.settings)
    if entry.example:
        yield f"```yaml\n{entry.example}\n```"
    if entry.remedies:
        yield "\n".join((f"{_('What usually mends it')}:", "", *(f"- {text}" for text in entry.remedies)))
    if entry.source:
        yield _("Source: {source}.").format(source=entry.source)


def _table(settings: tuple[Setting, ...]) -> str:
    if not settings:
        return ""
    head = f"| {_('key')} | {_('value')} | {_('default')} | {_('meaning')} |"
    return "\n".join((head, "|---|---|---|---|", *map(_row, settings)))


def _row(setting: Setting) -> str:
    default = _("must be written") if setting.default is None else f"`{setting.default}`"
    cells = (f"`{setting.name}`", _cell(setting.kind), default, _cell(setting.meaning))
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
