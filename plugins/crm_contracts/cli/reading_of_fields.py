"""Which fields consumers read: as their files say, or as runs show."""

import argparse
import sys
from collections.abc import Iterable
from contextlib import closing

from crm_contracts.changes import Use, uses_of
from crm_contracts.model.consumer import Consumer
from crm_contracts.model.contract import Contract
from crm_contracts.model.language import _, choose_language


def uses(
    consumers: Iterable[Consumer],
    contract: Contract,
    options: argparse.Namespace,
    *,
    observe: bool,
    operation: str = "",
    field: str = "",
) -> tuple[Use, ...]:
    """Return what consumers use of their contract; with `observe` each field is taken away from them in turn."""
    known = tuple(consumers)
    if not observe or not known:
        return uses_of(known)
    if not contract.folder.exists():
        from crm_contracts.cli.refusal import Refused

        raise Refused(_("--observe needs a contract that lies in a folder, not only in git."))
    from crm_contracts.changes.observation import Observation
    from crm_contracts.host import LabClient
    from crm_contracts.lab import LabSettings

    lab = LabClient(LabSettings(engine="embedded"), language=choose_language(options.crm_lang))
    with closing(lab):
        observation = Observation(lab)
        name = field.rpartition(".")[2]
        found = tuple(
            use for one in known for use in observation.uses(one, contract, operation=operation, field=name)
        )
    print(_("{count} runs observed.").format(count=observation.runs), file=sys.stderr)
    return found
