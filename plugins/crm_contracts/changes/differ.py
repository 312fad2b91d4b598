"""Everything that is otherwise in one contract than in another."""

from crm_contracts.changes.change import Change
from crm_contracts.changes.operations import OperationChanges
from crm_contracts.changes.terms import term_changes
from crm_contracts.model.contract import Contract


def changes(old: Contract, new: Contract) -> tuple[Change, ...]:
    """Return what changed, each once, the breaking first.

    >>> from dataclasses import replace
    >>> from pathlib import Path
    >>> from crm_contracts.model.contract import AuthPolicy
    >>> old = Contract(name="a", folder=Path("."), auth=AuthPolicy(lifetime=86400.0))
    >>> [(one.sentence, one.breaking) for one in changes(old, replace(old, auth=AuthPolicy(lifetime=3600.0)))]
    [('token lifetime: 24 h -> 1 h', True)]
    """
    found = dict.fromkeys((*term_changes(old, new), *OperationChanges(old, new)))
    return tuple(sorted(found, key=lambda change: not change.breaking))
