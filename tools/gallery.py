"""`python -m tools.gallery`: the page of the gallery, made from the callers' own words and from the tables that tests hold them to."""

import argparse
import ast
import sys
from collections.abc import Iterator, Mapping

import yaml

from tools.checkout import ROOT

HOME = ROOT / "examples" / "gallery"
PAGE = ROOT / "docs" / "reference" / "gallery.md"
INTRODUCTION = """\
# The gallery

This page is made by `make docs` from `examples/gallery/`; change it there.

Small callers with one defect each. The tests run every one of them: it fails exactly the checks that stand here, at the layer
that stands here, and keeps every other promise. `sound` has no defect and passes every scenario that fits it."""


def page() -> str:
    """The page: each caller with its defect, the scenarios that show it, the checks that fail, and the layer told first."""
    rows = "\n".join(_rows())
    head = "| Caller | What it does | Scenario | Fails | Layer |\n|---|---|---|---|---|"
    return f"{INTRODUCTION}\n\n{head}\n{rows}\n"


def layers() -> Mapping[str, Mapping[str, str]]:
    """The layer that the first failed check names, by caller and scenario."""
    written: Mapping[str, Mapping[str, str]] = yaml.safe_load(
        (HOME / "layers.yaml").read_text(encoding="utf-8")
    )
    return written


def expected() -> Mapping[str, Mapping[str, list[str]]]:
    """The checks that fail, by caller and scenario."""
    written: Mapping[str, Mapping[str, list[str]]] = yaml.safe_load(
        (HOME / "expected.yaml").read_text(encoding="utf-8")
    )
    return written


def _rows() -> Iterator[str]:
    for caller, runs in sorted(expected().items()):
        told = _defect(caller)
        for scenario, checks in runs.items():
            if checks:
                layer = layers()[caller][scenario]
                yield f"| `{caller}` | {told} | `{scenario}` | {', '.join(f'`{c}`' for c in checks)} | {layer} |"
                told = ""


def _defect(caller: str) -> str:
    """The first sentence of the caller's own file."""
    factory = yaml.safe_load((HOME / "consumers" / f"{caller}.yaml").read_text(encoding="utf-8"))["driver"][
        "python"
    ]
    module, _colon, _name = factory.partition(":")
    source = (ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
    return " ".join((ast.get_docstring(ast.parse(source)) or "").split("\n\n")[0].split())


def main(words: list[str] | None = None) -> int:
    """Write the page; with --check tell whether it is current (exit 1 where it is not)."""
    parser = argparse.ArgumentParser(prog="python -m tools.gallery", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    if not parser.parse_args(words).check:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    print("docs/reference/gallery.md is not current; write it anew: make docs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
