"""Provider states of pacts, set up in a lab at a URL that a Pact verifier posts to."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from crm_contracts.model.contract import Contract, Record
from crm_contracts.model.json import JSON

Put = Callable[[str, Mapping[str, JSON]], object]


class States:
    """Listens on the loopback while it is entered, and puts the records that a state names into the CRM.

    A state names its record by the parameters `collection` and the record's key, as recorded pacts do, or by words: the name
    or the key of a known record. `unknown` are the states that named none; the CRM has its usual records then.
    """

    def __init__(self, contract: Contract, put: Put) -> None:
        self._contract, self._put = contract, put
        self.unknown: dict[str, None] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.set_up))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Where states are posted to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/states"

    def set_up(self, name: str, params: Mapping[str, JSON]) -> None:
        """Make a state true."""
        records = list(self._meant(name, params))
        for collection, fields in records:
            self._put(collection, fields)
        if not records and name:
            self.unknown[name] = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _meant(self, name: str, params: Mapping[str, JSON]) -> Iterator[tuple[str, Mapping[str, JSON]]]:
        collection = params.get("collection")
        if isinstance(collection, str):
            given = {field: value for field, value in params.items() if field != "collection"}
            known = self._record(collection, given)
            yield collection, {**(known.fields if known else {}), **given}
            return
        words = {word.strip(".,;:'\"()") for word in name.split()} | {str(value) for value in params.values()}
        keys = [record for record in self._contract.records if self._key(record) in words]
        named = [record for record in self._contract.records if record.name in words]
        yield from ((record.collection, record.fields) for record in keys or named)

    def _record(self, collection: str, given: Mapping[str, JSON]) -> Record | None:
        """The contract's own record of this key."""
        key = self._key_of(collection)
        alike = (one for one in self._contract.records if one.collection == collection)
        return next((one for one in alike if key in given and one.fields.get(key) == given[key]), None)

    def _key(self, record: Record) -> str:
        return str(record.fields.get(self._key_of(record.collection), ""))

    def _key_of(self, collection: str) -> str:
        known = self._contract.collections.get(collection)
        return known.key if known else "id"


def _handler(set_up: Callable[[str, Mapping[str, JSON]], None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """One change of state, as Pact's verifier sends it."""
            told: Any = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            params = told.get("params")
            if told.get("action", "setup") == "setup":
                set_up(str(told.get("state", "")), params if isinstance(params, dict) else {})
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Nothing is printed: what matters is told with the verification."""

    return Handler
