"""pact-python, imported when a file is written, served or verified, and never before."""

import os
from importlib import import_module
from types import ModuleType

from crm_contracts.model.language import _

INSTALL = 'pip install "pytest-crm-contracts[pact]"'


class ExtraMissing(Exception):  # noqa: N818 - a fact, told with the command that mends it
    """The extra for pacts is not installed."""

    def __init__(self) -> None:
        super().__init__(_("This needs pact-python. Install it with: {command}").format(command=INSTALL))


def pact_python(module: str = "pact") -> ModuleType:
    """pact-python, which reports nothing to anybody while we use it; raises ExtraMissing."""
    # https://docs.pact.io/telemetry: it is on by default.
    os.environ["PACT_DO_NOT_TRACK"] = "true"
    try:
        return import_module(module)
    except ImportError:
        raise ExtraMissing from None
