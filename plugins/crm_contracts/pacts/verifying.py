"""Verification by Pact's own verifier, in a process of its own: it prints what it likes, and bears no fork.

What it found is told in our words.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from crm_contracts.model.language import _
from crm_contracts.pacts.extra import ExtraMissing

PATIENCE = 600.0
"""Seconds that the verification of one file may take."""


class Unverified(Exception):  # noqa: N818 - a fact, told to the user as one
    """The verifier could not do its work; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What came of one interaction: `differs` are the differences between what was expected and what was answered."""

    description: str
    states: tuple[str, ...]
    differs: tuple[str, ...] = ()
    pending: bool = False


def verified(file: Path, *, provider: str, url: str, states: str = "") -> tuple[Verified, ...]:
    """Ask a provider at a URL what a pact file expects; `states` is where its states are set up (empty: nobody does).

    Raises ExtraMissing without pact-python, Unverified where the verifier gave no result.
    """
    if find_spec("pact") is None:
        raise ExtraMissing
    results = file.with_name("results.json")
    order = {"file": str(file), "provider": provider, "url": url, "states": states, "results": str(results)}
    done = _done(order)
    if not results.is_file():
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise Unverified(_("The verifier ended without a result: {words}").format(words="".join(last)[:300]))
    return tuple(_results(json.loads(results.read_text(encoding="utf-8"))))


def _done(order: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            [sys.executable, "-m", "crm_contracts.pacts.verifier", json.dumps(order)],
            env={**os.environ, "PACT_DO_NOT_TRACK": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unverified(_("The verifier did not end in {seconds:.0f} s.").format(seconds=PATIENCE)) from None


def _results(told: Mapping[str, Any]) -> Iterator[Verified]:
    for one in told.get("interactionResults", ()):
        failed = one.get("result") != "OK"
        yield Verified(
            description=str(one.get("description", "")),
            states=tuple(map(str, one.get("providerStates") or ())),
            differs=tuple(_differences(one.get("mismatch") or {})) if failed else (),
            pending=bool(one.get("pending")),
        )


def _differences(mismatch: Mapping[str, Any]) -> Iterator[str]:
    found = mismatch.get("mismatches")
    if not found:
        yield str(mismatch.get("message") or mismatch.get("error") or _("no reason was given"))
        return
    yield from map(_difference, found)


def _difference(one: Mapping[str, Any]) -> str:
    kind, said = one.get("type"), str(one.get("mismatch", ""))
    if kind == "StatusMismatch":
        return _("status: expected {expected}, answered {actual}").format(
            expected=one.get("expected"), actual=one.get("actual")
        )
    if kind == "HeaderMismatch":
        return _("header {name}: expected {expected}, answered {actual}").format(
            name=one.get("key"), expected=one.get("expected"), actual=one.get("actual") or _("nothing")
        )
    place = f" {one['path']}" if one.get("path") else ""
    return _("body{place}: {said}").format(place=place, said=said)
