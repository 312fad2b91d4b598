"""The commented start of a new scenario; it runs as it stands."""

from crm_contracts.model.language import _
from crm_contracts.scenarios.form import NAME


def new_scenario(name: str, *, schema: str = "scenario.schema.json") -> str:
    """Return the text of a new scenario file `NAME.yaml`; `schema` is the way from it to the JSON Schema.

    Raises ValueError where the name cannot be a file's and an item's.

    >>> new_scenario("crm-away").splitlines()[1]
    'scenario: crm-away'
    """
    if not NAME.fullmatch(name):
        sentence = _("{name!r} is no name for a scenario; write small letters and digits with - between them")
        raise ValueError(sentence.format(name=name))
    return "\n".join(_lines(name, schema)) + "\n"


def _lines(name: str, schema: str) -> tuple[str, ...]:
    return (
        f"# yaml-language-server: $schema={schema}",
        f"scenario: {name}",
        f"title: {_('Say in one sentence what goes wrong')}",
        f"# why: {_('what happened once, and to whom')}",
        f"# source: {_('a ticket, a need, a paper')}",
        f"# tags: [ci, drill]        {_('# also markers: -m crm_ci; `make chaos-drill` runs those tagged drill')}",
        "",
        f"# {_('Calls by name, or: each, reads, writes. So one scenario serves every caller.')}",
        f"# {_('before and after make the calls of during once each, unless they are written.')}",
        "during:",
        f"  - {{call: reads, times: 3}}       {_('# or: every: 300ms, for: 6s, concurrency: 5')}",
        "",
        f"# {_('On for the whole of during, unless they say at, for or repeat.')}",
        f"# {_('crm-contracts list faults shows them all.')}",
        "faults:",
        "  - {fault: status, code: 503, retry_after: 1s}",
        "  # - {fault: latency, latency: 2 * deadline}",
        "  # - {fault: reset_peer, stream: downstream}",
        "  # - {fault: token_lifetime, from: 24h, to: 1h}",
        "",
        f"# {_('Every promise of the caller that the faults can touch is judged anyway.')}",
        "# expect:",
        "#   - {check: outcomes, during: [ok, degraded]}",
    )
