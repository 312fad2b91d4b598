"""The process in which pact-python verifies: it takes one order as JSON and writes what Pact found into a file."""

import contextlib
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crm_contracts.pacts.extra import pact_python


def main(order: dict[str, str]) -> None:
    """Verify; a verification that fails is a result, too."""
    host = urlsplit(order["url"]).hostname or "127.0.0.1"
    verifier: Any = pact_python().Verifier(order["provider"], host=host)
    verifier.add_transport(url=order["url"]).add_source(order["file"])
    if order["states"]:
        verifier.state_handler(order["states"], teardown=False, body=True)
    # All that a failure says is in the results.
    with contextlib.suppress(RuntimeError):
        verifier.verify()
    Path(order["results"]).write_text(json.dumps(verifier.results), encoding="utf-8")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
