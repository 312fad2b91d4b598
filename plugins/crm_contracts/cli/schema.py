"""`crm-contracts schema`: the JSON Schema of scenarios, for editors."""

import argparse
import os
import sys
from pathlib import Path

from crm_contracts.model.language import _

FILE = "scenario.schema.json"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=_("where to write it (default: scenarios/{file}); `-` prints it").format(file=FILE),
    )
    parser.add_argument(
        "--check", action="store_true", help=_("write nothing; exit 1 where the file is not current")
    )


def run(options: argparse.Namespace) -> int:
    """Write, print or check the schema."""
    from crm_contracts.project.layout import layout_here
    from crm_contracts.scenarios import schema_text

    text = schema_text()
    if options.out == Path("-"):
        sys.stdout.write(text)
        return 0
    path: Path = options.out or layout_here(Path.cwd()).root / "scenarios" / FILE
    shown = os.path.relpath(path)
    if options.check:
        return _checked(path, text, shown)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(_("{path} is written.").format(path=shown))
    return 0


def _checked(path: Path, text: str, shown: str) -> int:
    from crm_contracts.cli import program

    if path.is_file() and path.read_text(encoding="utf-8") == text:
        print(_("{path} is current.").format(path=shown))
        return 0
    sentence = _("{path} is not current; write it anew: {command}")
    print(sentence.format(path=shown, command=program("schema")), file=sys.stderr)
    return 1
