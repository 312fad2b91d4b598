"""requirements.lock is what pyproject.toml asks for, on every supported Python and platform."""

import re
import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()
OURS = canonicalize_name(PROJECT["project"]["name"])
MACHINES = [
    {
        "python_version": python,
        "python_full_version": f"{python}.1",
        "sys_platform": system,
        "platform_machine": processor,
        "os_name": "posix",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    for python, (system, processor) in product(
        ("3.11", "3.12", "3.13", "3.14"),
        (("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("darwin", "x86_64")),
    )
]


def entries() -> dict[str, str]:
    """Every pin of the lock (`name==version ; marker`) with its hashes."""
    joined = LOCK.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line and not line.lstrip().startswith("#")]
    return {line.split(" --hash")[0].strip(): line for line in lines}


def pins(machine: dict[str, str]) -> dict[str, str]:
    """Name and version of what pip installs from the lock on one kind of machine."""
    required = [Requirement(pin) for pin in entries()]
    return {
        canonicalize_name(pin.name): next(iter(pin.specifier)).version
        for pin in required
        if pin.marker is None or pin.marker.evaluate(machine)
    }


def wanted() -> Iterator[Requirement]:
    """Every direct requirement: core, extras, groups and the build backend."""
    project = PROJECT["project"]
    groups = PROJECT["dependency-groups"].values()
    texts = [*project["dependencies"], *PROJECT["build-system"]["requires"]]
    texts += [text for extra in project["optional-dependencies"].values() for text in extra]
    texts += [text for group in groups for text in group if isinstance(text, str)]
    return (req for req in map(Requirement, texts) if canonicalize_name(req.name) != OURS)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: "-".join(list(m.values())[1:4]))
def test_the_lock_satisfies_every_requirement(machine: dict[str, str]):
    """Each requirement that applies on a machine has a pin within its range there."""
    pinned = pins(machine)
    unmet = [
        str(requirement)
        for requirement in wanted()
        if (requirement.marker is None or requirement.marker.evaluate(machine))
        and not requirement.specifier.contains(pinned.get(canonicalize_name(requirement.name), "0"))
    ]
    assert unmet == [], "`make lock` brings requirements.lock up to date"


def test_every_pin_has_hashes():
    """Each line is one exact version, held against at least one hash."""
    for pin, line in entries().items():
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.+!-]+( ;.*)?$", pin)
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", line), pin


def test_the_lock_names_no_host():
    """Where packages come from is the business of the machine that installs them."""
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|--trusted-host| @ ", LOCK)


def test_the_core_stays_light():
    """What loads a pytest plugin of its own at every start is never a core requirement."""
    core = {canonicalize_name(Requirement(text).name) for text in PROJECT["project"]["dependencies"]}
    assert core.isdisjoint({"hypothesis", "schemathesis", "pact-python"})


def test_all_means_all():
    """The extra `all` names every other extra."""
    extras = dict(PROJECT["project"]["optional-dependencies"])
    (everything,) = map(Requirement, extras.pop("all"))
    assert everything.extras == set(extras)
