"""What pytest is to collect: our paths beside testpaths, and shipped scenarios by their ids."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_contracts.model.language import _
from crm_contracts.project import Layout
from crm_contracts.project.layout import BUILTIN, shipped_scenarios

_TAGGED = re.compile(rf"{BUILTIN}(:[\w-]+)?")
"""How shipped scenarios are named in the ini file, and nowhere else."""


def complete(config: pytest.Config, layout: Layout) -> None:
    """Add our paths where no path was given, and lead `builtin/...` to where the shipped scenarios lie."""
    config.args[:] = [_led(word, config) for word in config.args]
    if (
        config.args_source is not pytest.Config.ArgsSource.ARGS
        and config.invocation_params.dir == config.rootpath
    ):
        config.args += _missing(config, layout)


def ignored(path: Path, config: pytest.Config) -> bool | None:
    """Whether pytest is to leave a path out: None where that is not ours to say.

    The way to the shipped scenarios is open where they are asked for, and of the environment that they lie in nothing else
    is looked at.
    """
    shipped = shipped_scenarios()
    if not _asked_for(shipped, config):
        return None
    if path.is_relative_to(shipped) or shipped.is_relative_to(path):
        return False
    environment = _environment_of(shipped, config.rootpath)
    return True if environment is not None and path.is_relative_to(environment) else None


def _asked_for(shipped: Path, config: pytest.Config) -> bool:
    words = (word.partition("::")[0] for word in config.args)
    return any((config.invocation_params.dir / word).is_relative_to(shipped) for word in words)


def _environment_of(place: Path, root: Path) -> Path | None:
    """The virtual environment below the root in which a place lies."""
    inside = (parent for parent in place.parents if parent.is_relative_to(root) and parent != root)
    return next((parent for parent in inside if (parent / "pyvenv.cfg").is_file()), None)


def _missing(config: pytest.Config, layout: Layout) -> Iterator[str]:
    present = [(config.invocation_params.dir / word.partition("::")[0]).resolve() for word in config.args]
    issues = (layout.known_issues,) if layout.known_issues.exists() else ()
    for place in (*layout.existing, *issues):
        if not any(_reaches(there, place) for there in present):
            yield str(place)


def _reaches(there: Path, place: Path) -> bool:
    """Whether pytest comes to a place by itself: not where a virtual environment lies between."""
    return place.is_relative_to(there) and _environment_of(place, there) is None


def _led(word: str, config: pytest.Config) -> str:
    file, separator, name = word.partition("::")
    if _TAGGED.fullmatch(word) and not (config.invocation_params.dir / word).exists():
        sentence = _(
            "{word} is no path: which shipped scenarios are run is said in pytest's ini, or for once so: {option}. A single one "
            "is named by its id: {example}."
        )
        option, example = f'-o "crm_scenarios={word}"', f"{BUILTIN}/auth/token-expired.yaml"
        raise pytest.UsageError(sentence.format(word=word, option=option, example=example))
    if not file.startswith(f"{BUILTIN}/") or (config.invocation_params.dir / file).exists():
        return word
    shipped = shipped_scenarios() / Path(file).relative_to(BUILTIN)
    return f"{shipped}{separator}{name}" if shipped.exists() else word
