"""The lab's authority for what was made before the run had one: aiohttp makes its TLS settings when it is imported."""

from __future__ import annotations

import gc
import sys
from typing import Any


def trust(ca_file: str) -> None:
    """Let every client's TLS settings that are there already take the lab's authority, too; one that verifies nothing stays so.

    A context that is made from now on finds it in SSL_CERT_FILE.
    """
    ssl: Any = sys.modules.get("ssl")
    if not ca_file or ssl is None:
        return
    for made in gc.get_objects():
        if type(made) is ssl.SSLContext and made.verify_mode == ssl.CERT_REQUIRED and made.check_hostname:
            made.load_verify_locations(ca_file)
