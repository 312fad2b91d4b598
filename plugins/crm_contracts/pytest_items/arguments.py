"""What pytest is to collect: our paths beside testpaths, and shipped scenarios by their ids."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_contracts.project import Layout
from crm_contracts.project.layout import BUILTIN, shipped_scenarios


def complete(config: pytest.Config, layout: Layout) -> None:
    """Add our paths where no path was given, and lead `builtin/...` to where the shipped scenarios lie."""
    config.args[:] = [_led(word, config) for word in config.args]
    if (
        config.args_source is not pytest.Config.ArgsSource.ARGS
        and config.invocation_params.dir == config.rootpath
    ):
        config.args += _missing(config, layout)


def _missing(config: pytest.Config, layout: Layout) -> Iterator[str]:
    present = [(config.invocation_params.dir / word.partition("::")[0]).resolve() for word in config.args]
    issues = (layout.known_issues,) if layout.known_issues.exists() else ()
    for place in (*layout.existing, *issues):
        if not any(place.is_relative_to(there) for there in present):
            yield str(place)


def _led(word: str, config: pytest.Config) -> str:
    file, separator, name = word.partition("::")
    if not file.startswith(f"{BUILTIN}/") or (config.invocation_params.dir / file).exists():
        return word
    shipped = shipped_scenarios() / Path(file).relative_to(BUILTIN)
    return f"{shipped}{separator}{name}" if shipped.exists() else word
