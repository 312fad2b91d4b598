"""Which engine a command's lab has: `--engine`, and what that means on this machine."""

import argparse

from crm_contracts.cli.refusal import Refused
from crm_contracts.lab import LabSettings
from crm_contracts.model.language import _

ENGINES = ("toxiproxy", "embedded")


def settings(options: argparse.Namespace) -> LabSettings:
    """How the lab is made; raises Refused where the engine that was asked for cannot be had."""
    engine, seed = options.engine, getattr(options, "seed", 0)
    if engine == "embedded":
        return LabSettings(engine="embedded", seed=seed)
    from crm_contracts import toxiproxy_binary
    from crm_contracts.cli import program

    found = toxiproxy_binary.find()
    if engine == "toxiproxy" and found is None:
        sentence = _("--engine toxiproxy: no toxiproxy-server is installed. Get it: {command}")
        raise Refused(sentence.format(command=program("doctor", "--install")))
    return LabSettings(engine=engine, toxiproxy_binary=found.path if found else None, seed=seed)
