"""Start the caller's side. The caller's imports must never find our files, so the folder is loaded under its own name."""

import sys

if sys.version_info < (3, 8):  # noqa: UP036 - it is not our own interpreter that reads this
    sys.exit("The caller's interpreter must be Python 3.8 or newer; it is " + sys.version.split()[0] + ".")

FOLDER = __file__.rpartition("/")[0]


def load():
    # type: () -> None
    """Make this folder the package `crm_child` without a word in `sys.path`."""
    import importlib.util

    if sys.path and sys.path[0] == FOLDER:
        del sys.path[0]
    spec = importlib.util.spec_from_file_location(
        "crm_child", FOLDER + "/__init__.py", submodule_search_locations=[FOLDER]
    )
    if spec is None:
        raise ImportError(FOLDER)
    sys.modules["crm_child"] = importlib.util.module_from_spec(spec)


if __name__ == "__main__":
    load()
    from crm_child.run import main  # type: ignore[import-not-found]

    mode, descriptor = sys.argv[1:3]
    del sys.argv[1:]
    main(mode, int(descriptor))
