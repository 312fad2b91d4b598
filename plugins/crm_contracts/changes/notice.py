"""The notice of a change, as Markdown to send: what changes, whom it concerns, what to do. It accuses nobody (N30)."""

from collections.abc import Iterable, Iterator

from crm_contracts.changes.told import Told
from crm_contracts.model.contract import Contract
from crm_contracts.model.language import _


def notice(old: Contract, new: Contract, told: Iterable[Told]) -> str:
    """Return the notice of the changes from one contract to another."""
    known = tuple(told)
    breaking = [one for one in known if one.breaking]
    others = [one for one in known if not one.breaking]
    # Without a title of its own a contract has its folder's name, and a proposal lies in any folder.
    title = new.title if new.title not in {"", new.folder.name} else new.name
    lines = [f"# {_('Change notice: {contract}').format(contract=title)}", ""]
    lines += [_summary(old, breaking, others), ""]
    lines += _section(_("What may need a change on your side"), breaking)
    lines += _concerned(breaking)
    lines += _section(_("What works as before"), others)
    if new.contact:
        lines += [_("Questions: {contact}").format(contact=new.contact), ""]
    return "\n".join(lines).rstrip() + "\n"


def _summary(old: Contract, breaking: list[Told], others: list[Told]) -> str:
    if not breaking and not others:
        return _("Nothing changed in the contract {name}.").format(name=old.name)
    sentence = _("The contract {name} changes: {breaking} may break callers, {others} do not.")
    return sentence.format(name=old.name, breaking=len(breaking), others=len(others))


def _section(title: str, told: list[Told]) -> Iterator[str]:
    if not told:
        return
    yield f"## {title}"
    yield ""
    yield from (f"- {one.text}" for one in told)
    yield ""


def _concerned(breaking: list[Told]) -> Iterator[str]:
    """Who is concerned, each with all of it, and whom to write to."""
    by_name: dict[str, list[tuple[Told, bool]]] = {}
    contacts: dict[str, str] = {}
    for one in breaking:
        for hit in one.hits:
            by_name.setdefault(hit.consumer.name, []).append((one, hit.sure))
            contacts[hit.consumer.name] = hit.consumer.contact or _("no contact is written")
    if not by_name:
        return
    yield f"## {_('Whom it concerns')}"
    yield ""
    yield f"| {_('consumer')} | {_('contact')} | {_('what')} |"
    yield "|---|---|---|"
    for name, concerned in by_name.items():
        what = "<br>".join(_cell(one, sure=sure) for one, sure in concerned)
        yield f"| {name} | {contacts[name]} | {what} |"
    yield ""


def _cell(one: Told, *, sure: bool) -> str:
    text = one.text.replace("|", "\\|")
    return text if sure else _("{change} (please check whether you read it)").format(change=text)
