"""Which items may run before their turn: nothing that their user wrote could be in the way."""

from typing import TypeGuard

import pytest

from crm_contracts.pytest_items.items import RunItem

HOLDING = ("skip", "skipif", "usefixtures")
"""Marks that decide at its turn whether an item runs, or what must stand before it does."""


def is_free(item: pytest.Item) -> TypeGuard[RunItem]:
    """Whether the item is a run of ours without fixtures of the user's, and no mark may keep it from running."""
    if not isinstance(item, RunItem) or any(item.get_closest_marker(mark) for mark in HOLDING):
        return False
    xfail = item.get_closest_marker("xfail")
    if xfail is not None and xfail.kwargs.get("run") is False:
        return False
    return all(_comes_with_a_plugin(name, item.config) for name in item.fixturenames)


def _comes_with_a_plugin(fixture: str, config: pytest.Config) -> bool:
    """Whether an installed plugin, and no file of the project, has a fixture of that name; in doubt not."""
    homes = [plugin for plugin in config.pluginmanager.get_plugins() if hasattr(plugin, fixture)]
    return bool(homes) and not any(_is_the_users(plugin) for plugin in homes)


def _is_the_users(plugin: object) -> bool:
    return str(getattr(plugin, "__file__", "")).endswith("conftest.py")
