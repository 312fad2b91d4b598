"""A CRM of the tests' own: real sockets, and what it was asked."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ORDER = {"id": "O-1", "total": 5}


@dataclass(slots=True)
class Behaviour:
    """How it answers; `asked` are method and target of each request with its headers."""

    expires_in: object = 86400
    tokens: Iterator[str] = field(default_factory=lambda: iter(f"live-token-{n:04}" for n in range(99)))
    headers: dict[str, str] = field(default_factory=lambda: {"X-Limit": "100"})
    order: dict = field(default_factory=lambda: dict(ORDER))
    status: int = 200
    token_status: int = 200
    location: str = ""
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)


@contextlib.contextmanager
def crm(behaviour: Behaviour) -> Iterator[str]:
    """Serve it; yields its origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.asked()
            if behaviour.location and self.path.endswith("/O-1"):
                self.tell(302, {}, {"Location": behaviour.location})
            elif self.path.partition("?")[0].endswith("/orders"):
                self.tell(behaviour.status, {"results": [behaviour.order]}, behaviour.headers)
            else:
                self.tell(behaviour.status, behaviour.order, behaviour.headers)

        def do_POST(self) -> None:
            self.asked()
            self.rfile.read(int(self.headers["Content-Length"]))
            token: dict[str, object] = {"access_token": next(behaviour.tokens), "token_type": "Bearer"}
            if behaviour.expires_in is not None:
                token["expires_in"] = behaviour.expires_in
            self.tell(behaviour.token_status, token, {})

        do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 - the library's names

        def asked(self) -> None:
            behaviour.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))

        def tell(self, status: int, value: object, headers: dict[str, str]) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            for name, text in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


CONTRACT = """\
contract: shop
base_path: /v1
auth: {kind: oauth2, access_token_lifetime: 24h}
limits: {requests: 100, per: 10s, headers: {X-Limit: "{limit}"}}
"""
OPENAPI = """\
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /orders/{id}:
    get:
      operationId: getOrder
      security: [{o: []}]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ., content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}}
    delete: {operationId: deleteOrder, security: [{o: []}], parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {"204": {description: .}}}
  /orders:
    get:
      operationId: listOrders
      security: [{o: []}]
      responses:
        "200":
          description: .
          content:
            application/json:
              schema: {type: object, properties: {results: {type: array, items: {$ref: "#/components/schemas/Order"}}}}
    post: {operationId: addOrder, security: [{o: []}], responses: {"201": {description: .}}}
components:
  securitySchemes: {o: {type: oauth2, flows: {clientCredentials: {tokenUrl: /oauth/token, scopes: {}}}}}
  schemas:
    Order: {type: object, required: [id, total], properties: {id: {type: string}, total: {type: number}}}
"""
