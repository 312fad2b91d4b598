"""The program that a new consumer begins with: the standard library alone, so that it runs anywhere."""

from collections.abc import Callable, Iterator, Mapping

from crm_contracts.consumers.first_call import Argument, FirstCall
from crm_contracts.model.contract import AuthPolicy, Contract
from crm_contracts.model.language import _


def program_text(contract: Contract, call: FirstCall, driver: str, *, refused: int) -> str:
    """The source of the program for a driver: python, http or command; `refused` is the command's exit code."""
    edges: Mapping[str, Callable[[], Iterator[str]]] = {
        "python": _python,
        "http": lambda: _service(call),
        "command": lambda: _command(call, refused),
    }
    lines = (*_head(driver, contract, call), "", "", *_client(contract, call), "", "", *edges[driver]())
    return "\n".join(lines) + "\n"


def _head(driver: str, contract: Contract, call: FirstCall) -> Iterator[str]:
    place = {
        "python": _(
            "Put your own client in its place: create(endpoint) returns an object with a method for every call."
        ),
        "http": _(
            "Put your own service in its place: it reads CRM_BASE_URL and the credentials from its environment."
        ),
        "command": _(
            "Put your own command in its place: it is given the call's name and its arguments as JSON."
        ),
    }
    yield f'"""{_("A caller of the CRM that runs as it stands.")}'
    yield ""
    yield place[driver]
    yield '"""'
    yield ""
    own = {"python": (), "http": ("http.server", "os", "sys"), "command": ("os", "sys")}[driver]
    told = ("urllib.error",) if _renews(contract, call) else ()
    modules = ("http.client", "json", "urllib.parse", "urllib.request", *told, *own)
    yield from (f"import {module}" for module in sorted(modules))


def _client(contract: Contract, call: FirstCall) -> Iterator[str]:
    yield "class CrmUnavailable(Exception):"
    yield f'    """{_("The user is told that the CRM cannot be asked at the moment.")}"""'
    yield ""
    yield ""
    if _renews(contract, call):
        yield "class TokenRefused(CrmUnavailable):"
        yield "    pass"
        yield ""
        yield ""
    yield "class Crm:"
    yield "    def __init__(self, base_url, token_url, client_id, client_secret, access_token, username, password):"
    yield "        self.base_url, self.token_url = base_url, token_url"
    yield "        self.client_id, self.client_secret = client_id, client_secret"
    yield "        self.access_token, self.username, self.password = access_token, username, password"
    if _renews(contract, call):
        yield "        self.kept = None"
    yield ""
    yield from _method(call)
    yield ""
    if _renews(contract, call):
        yield from (*_renewing_ask(), "")
    yield from _request(contract.auth, call)
    yield ""
    if _renews(contract, call):
        yield from (*_token(), "")
    yield from _send(renews=_renews(contract, call))


def _method(call: FirstCall) -> Iterator[str]:
    names = ", ".join(("self", *(one.name for one in call.arguments)))
    path = call.path()
    words = [f'"{call.operation.method}"', f'{"f" if call.of("path") else ""}"{path}"']
    words += [f"{place}={_mapping(call.of(place))}" for place in ("query", "body") if call.of(place)]
    yield f"    def {call.name}({names}):"
    yield f"        return self.ask({', '.join(words)})"


def _mapping(arguments: tuple[Argument, ...]) -> str:
    return "{" + ", ".join(f'"{one.wire}": {one.name}' for one in arguments) + "}"


def _renews(contract: Contract, call: FirstCall) -> bool:
    return call.operation.secured and contract.auth.kind == "oauth2"


def _renewing_ask() -> Iterator[str]:
    yield "    def ask(self, method, path, query=None, body=None):"
    yield "        try:"
    yield "            return self.send(self.request(method, path, query, body))"
    yield "        except TokenRefused:"
    yield f"            # {_('One new token, one repeat.')}"
    yield "            self.kept = None"
    yield "            return self.send(self.request(method, path, query, body))"


def _request(auth: AuthPolicy, call: FirstCall) -> Iterator[str]:
    renews = call.operation.secured and auth.kind == "oauth2"
    if not renews:
        yield "    def ask(self, method, path, query=None, body=None):"
        yield "        return self.send(self.request(method, path, query, body))"
        yield ""
    yield "    def request(self, method, path, query, body):"
    yield '        headers, query = {"Accept": "application/json", "Content-Type": "application/json"}, dict(query or {})'
    yield from _credential(auth) if call.operation.secured else ()
    yield "        address = self.base_url + urllib.parse.quote(path)"
    yield '        address += "?" + urllib.parse.urlencode(query) if query else ""'
    yield "        data = None if body is None else json.dumps(body).encode()"
    yield "        return urllib.request.Request(address, data, headers, method=method)"


def _send(*, renews: bool) -> Iterator[str]:
    yield "    def send(self, request):"
    yield "        try:"
    yield "            with urllib.request.urlopen(request, timeout=2) as answer:"
    yield "                return json.loads(answer.read())"
    if renews:
        yield "        except urllib.error.HTTPError as error:"
        yield "            kind = TokenRefused if error.code == 401 else CrmUnavailable"
        yield '            raise kind(f"the CRM answers {error.code}") from error'
    yield "        except (OSError, ValueError, http.client.HTTPException) as error:"
    yield '            raise CrmUnavailable(f"the CRM cannot be asked: {error}") from error'


def _credential(auth: AuthPolicy) -> Iterator[str]:
    if auth.kind == "none":
        return
    credential = "self.token()" if auth.kind == "oauth2" else "self.access_token"
    if auth.kind == "basic":
        yield "        import base64"
        yield ""
        yield '        secret = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()'
        yield '        headers["Authorization"] = f"Basic {secret}"'
    elif auth.where == "query":
        yield f'        query["{auth.name}"] = {credential}'
    elif auth.where == "cookie":
        yield f'        headers["Cookie"] = "{auth.name}=" + {credential}'
    elif auth.where == "body":
        yield f'        body = {{**(body or {{}}), "{auth.name}": {credential}}}'
    else:
        scheme = f'"{auth.scheme} " + ' if auth.scheme else ""
        yield f'        headers["{auth.name}"] = {scheme}{credential}'


def _token() -> Iterator[str]:
    yield "    def token(self):"
    yield "        if self.kept is None:"
    yield "            form = {"
    yield '                "grant_type": "client_credentials",'
    yield '                "client_id": self.client_id,'
    yield '                "client_secret": self.client_secret,'
    yield "            }"
    yield "            data = urllib.parse.urlencode(form).encode()"
    yield '            answer = self.send(urllib.request.Request(self.token_url, data, method="POST"))'
    yield '            self.kept = answer["access_token"]'
    yield "        return self.kept"


_FIELDS = ("base_url", "token_url", "client_id", "client_secret", "access_token", "username", "password")


def _python() -> Iterator[str]:
    yield "def create(endpoint):"
    yield "    return Crm("
    yield from (f"        {name}=endpoint.{name}," for name in _FIELDS)
    yield "    )"


def _from_environment() -> Iterator[str]:
    yield "def from_environment():"
    yield "    return Crm("
    yield from (f'        {name}=os.environ["CRM_{name.upper()}"],' for name in _FIELDS)
    yield "    )"


def _service(call: FirstCall) -> Iterator[str]:
    yield from _from_environment()
    yield ""
    yield ""
    yield "class Service(http.server.BaseHTTPRequestHandler):"
    yield "    def do_GET(self):"
    yield '        self.answer(200, {"ready": True})'
    yield ""
    yield "    def do_POST(self):"
    yield '        args = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")'
    yield "        try:"
    yield f'            calls = {{"/{call.name}": from_environment().{call.name}}}'
    yield "            self.answer(200, calls[self.path](**args))"
    yield "        except CrmUnavailable as error:"
    yield '            self.answer(503, {"error": str(error)})'
    yield ""
    yield "    def answer(self, status, value):"
    yield "        body = json.dumps(value).encode()"
    yield "        self.send_response(status)"
    yield '        self.send_header("Content-Type", "application/json")'
    yield '        self.send_header("Content-Length", str(len(body)))'
    yield "        self.end_headers()"
    yield "        self.wfile.write(body)"
    yield ""
    yield "    def log_message(self, *_):"
    yield "        pass"
    yield ""
    yield ""
    yield 'if __name__ == "__main__":'
    yield '    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Service).serve_forever()'


def _command(call: FirstCall, refused: int) -> Iterator[str]:
    yield from _from_environment()
    yield ""
    yield ""
    yield 'if __name__ == "__main__":'
    yield "    call, args = sys.argv[1:]"
    yield f'    calls = {{"{call.name}": from_environment().{call.name}}}'
    yield "    try:"
    yield "        print(json.dumps(calls[call](**json.loads(args))))"
    yield "    except CrmUnavailable as error:"
    yield "        print(error, file=sys.stderr)"
    yield f"        sys.exit({refused})"
