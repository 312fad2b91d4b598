"""The HTTP API, the same on a real Toxiproxy 2.12 and on the embedded engine: statuses, bodies, and what they accept."""

import socket
from collections.abc import Callable

import pytest

from tests.lab.engines.wire import Api, ProxyOfApi, Upstream

NOWHERE = "127.0.0.1:9"


@pytest.fixture
def proxy(api: Api) -> ProxyOfApi:
    """A proxy whose upstream does not matter."""
    return api.proxy(NOWHERE)


def error(text: str, status: int) -> str:
    return f'{{"error":"{text}","status":{status}}}\n'


def test_version(api: Api) -> None:
    """The version is told as JSON, and begins with the release that we speak."""
    answer = api.ask("GET", "/version")
    assert (answer.status, answer.content_type) == (200, "application/json;charset=utf-8")
    assert answer.json["version"].startswith("2.12.0")


def test_create_tells_the_proxy(api: Api) -> None:
    """Creating answers 201 with the proxy as it is, its port filled in."""
    answer = api.ask("POST", "/proxies", {"name": "a", "upstream": NOWHERE, "listen": "127.0.0.1:0"})
    port = int(answer.json["listen"].removeprefix("127.0.0.1:"))
    assert (answer.status, answer.content_type) == (201, "application/json")
    assert port > 0
    assert answer.json == {
        "name": "a",
        "listen": f"127.0.0.1:{port}",
        "upstream": NOWHERE,
        "enabled": True,
        "Logger": {},
        "toxics": [],
    }
    assert api.ask("GET", "/proxies/a").json == answer.json
    assert api.ask("GET", "/proxies").json == {"a": answer.json}


def test_create_disabled(api: Api) -> None:
    """A proxy that is created disabled takes no port."""
    answer = api.ask("POST", "/proxies", {"name": "a", "upstream": NOWHERE, "enabled": False})
    assert (answer.status, answer.json["enabled"], answer.json["listen"]) == (201, False, "")


@pytest.mark.parametrize(
    "body, reason",
    [
        ("{}", "missing required field: name"),
        ("null", "missing required field: name"),
        ('{"name": "a"}', "missing required field: upstream"),
        ("", "bad request body: EOF"),
        ("{", "bad request body: unexpected EOF"),
    ],
)
def test_create_refuses(api: Api, body: str, reason: str) -> None:
    """What is missing is told, as JSON that is sent as plain text."""
    answer = api.ask("POST", "/proxies", body)
    assert (answer.status, answer.text) == (400, error(reason, 400))
    assert answer.content_type == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "body", ["[]", '"x"', '{"name": 1, "upstream": "x:1"}', '{"enabled": "no"}', "no JSON"]
)
def test_create_refuses_wrong_types(api: Api, body: str) -> None:
    """A body of another type is a bad request body."""
    answer = api.ask("POST", "/proxies", body)
    assert answer.status == 400
    assert answer.json["error"].startswith("bad request body: ")


def test_create_reads_generously(api: Api) -> None:
    """Keys count in any case, unknown ones are passed over, and so is what follows the first value."""
    answer = api.ask(
        "POST", "/proxies", '{"NAME": "a", "Upstream": "x:1", "enabled": false, "y": 1} and more'
    )
    assert (answer.status, answer.json["name"]) == (201, "a")


def test_names_are_unique(api: Api, proxy: ProxyOfApi) -> None:
    """A second proxy of the same name is a conflict."""
    answer = api.ask("POST", "/proxies", {"name": proxy.name, "upstream": NOWHERE})
    assert (answer.status, answer.text) == (409, error("proxy already exists", 409))


def test_names_may_need_quoting(api: Api) -> None:
    """A name with a space is reached by its quoted path."""
    api.proxy(NOWHERE, name="sp ace")
    assert api.ask("GET", "/proxies/sp%20ace").json["name"] == "sp ace"


def test_port_in_use(api: Api, proxy: ProxyOfApi) -> None:
    """A port that is taken is an error 500 in the words of the system, and no proxy is made."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        listen = f"127.0.0.1:{other.getsockname()[1]}"
        answer = api.ask("POST", "/proxies", {"name": "b", "upstream": NOWHERE, "listen": listen})
    reason = f"listen tcp {listen}: bind: address already in use"
    assert (answer.status, answer.text) == (500, error(reason, 500))
    assert api.ask("GET", "/proxies/b").status == 404


def test_listen_without_port(api: Api) -> None:
    """An address without a port cannot be listened on."""
    answer = api.ask("POST", "/proxies", {"name": "b", "upstream": NOWHERE, "listen": "nonsense"})
    reason = "listen tcp: address nonsense: missing port in address"
    assert (answer.status, answer.text) == (500, error(reason, 500))


@pytest.mark.parametrize(
    "method, path, reason",
    [
        ("GET", "/proxies/none", "proxy not found"),
        ("PATCH", "/proxies/none", "proxy not found"),
        ("DELETE", "/proxies/none", "proxy not found"),
        ("GET", "/proxies/none/toxics", "proxy not found"),
        ("DELETE", "/proxies/none/toxics/t", "proxy not found"),
        ("GET", "/proxies/a/toxics/none", "toxic not found"),
        ("PATCH", "/proxies/a/toxics/none", "toxic not found"),
        ("DELETE", "/proxies/a/toxics/none", "toxic not found"),
    ],
)
def test_not_found(api: Api, method: str, path: str, reason: str) -> None:
    """What does not exist is told apart: the proxy, or the toxic."""
    api.proxy(NOWHERE, name="a")
    answer = api.ask(method, path, "{}")
    assert (answer.status, answer.text) == (404, error(reason, 404))


@pytest.mark.parametrize("path", ["/", "/nope", "/proxies/", "/proxies/a/b"])
def test_unknown_path(api: Api, path: str) -> None:
    """An unknown path is told in plain words."""
    answer = api.ask("GET", path)
    assert (answer.status, answer.text) == (404, "404 page not found\n")


@pytest.mark.parametrize(
    "method, path", [("PUT", "/proxies"), ("GET", "/reset"), ("GET", "/populate"), ("POST", "/version")]
)
def test_wrong_method(api: Api, method: str, path: str) -> None:
    """A method that a path does not know gets 405 and no body."""
    answer = api.ask(method, path)
    assert (answer.status, answer.text) == (405, "")


def test_browsers_are_refused(api: Api) -> None:
    """A web page that makes a browser ask is refused; unknown paths are still unknown."""
    answer = api.ask("GET", "/version", agent="Mozilla/5.0 (X11)")
    assert (answer.status, answer.text) == (403, "User agent not allowed\n")
    assert api.ask("GET", "/nope", agent="Mozilla/5.0").status == 404


def test_change_of_a_proxy(api: Api, upstream: Callable[..., Upstream]) -> None:
    """PATCH changes the upstream, keeps the port and whether it is on, and ignores another name."""
    proxy, real = api.proxy(NOWHERE), upstream()
    body = {"upstream": f"127.0.0.1:{real.address[1]}", "name": "other"}
    changed = proxy.ask("PATCH", body=body)
    assert (changed.status, changed.json["name"], changed.json["enabled"]) == (200, proxy.name, True)
    assert changed.json["listen"] == f"127.0.0.1:{proxy.address[1]}"
    with proxy.connect() as caller:
        assert caller.exchange(b"hello") == b"hello"


def test_change_of_a_proxy_that_is_off(proxy: ProxyOfApi) -> None:
    """A proxy that is off stays off, and is switched on by PATCH or by POST."""
    assert proxy.ask("PATCH", body={"enabled": False}).json["enabled"] is False
    assert proxy.ask("PATCH", body={"upstream": "127.0.0.1:10"}).json["enabled"] is False
    assert proxy.ask("POST", body={"enabled": True}).json["enabled"] is True


@pytest.mark.parametrize(
    "body, status, reason",
    [
        ('{"listen": "nonsense"}', 500, "address nonsense: missing port in address"),
        ("", 400, "bad request body: EOF"),
    ],
)
def test_change_refuses(proxy: ProxyOfApi, body: str, status: int, reason: str) -> None:
    """What cannot be changed is told, and the proxy stays as it was."""
    answer = proxy.ask("PATCH", body=body)
    assert (answer.status, answer.text) == (status, error(reason, status))
    assert proxy.ask("GET").json["enabled"] is True


def test_delete(proxy: ProxyOfApi) -> None:
    """A deleted proxy is gone, and so is its port."""
    answer = proxy.ask("DELETE")
    assert (answer.status, answer.text) == (204, "")
    assert proxy.ask("DELETE").status == 404
    with pytest.raises(ConnectionRefusedError):
        proxy.connect()


def test_toxic_with_its_defaults(proxy: ProxyOfApi) -> None:
    """A toxic acts downstream on every connection unless it says otherwise, and is named by type and stream."""
    answer = proxy.ask("POST", "/toxics", {"type": "latency"})
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert answer.json == {
        "attributes": {"latency": 0, "jitter": 0},
        "name": "latency_downstream",
        "type": "latency",
        "stream": "downstream",
        "toxicity": 1,
    }
    assert proxy.ask("GET", "/toxics").json == [answer.json]
    assert proxy.ask("GET", "/toxics/latency_downstream").json == answer.json
    assert proxy.ask("GET").json["toxics"] == [answer.json]


@pytest.mark.parametrize(
    "kind, attributes",
    [
        ("latency", {"latency": 5, "jitter": 2}),
        ("bandwidth", {"rate": 5}),
        ("slow_close", {"delay": 5}),
        ("timeout", {"timeout": 5}),
        ("reset_peer", {"timeout": 5}),
        ("slicer", {"average_size": 5, "size_variation": 2, "delay": 1}),
        ("limit_data", {"bytes": 5}),
        ("noop", {}),
    ],
)
def test_every_toxic(proxy: ProxyOfApi, kind: str, attributes: dict[str, int]) -> None:
    """Every type is known with exactly its attributes; unknown ones are accepted without a word."""
    answer = proxy.add(kind, stream="UPSTREAM", toxicity=0.25, **attributes, bogus=1)
    told = answer.json
    assert (told["type"], told["stream"], told["toxicity"]) == (kind, "UPSTREAM", 0.25)
    assert told["attributes"] == attributes


@pytest.mark.parametrize(
    "body, status, reason",
    [
        ({"type": "nope"}, 400, "invalid toxic type"),
        ({}, 400, "invalid toxic type"),
        (
            {"type": "latency", "stream": "sideways"},
            400,
            "stream was invalid, can be either upstream or downstream",
        ),
        ({"type": "latency", "name": "t"}, 409, "toxic already exists"),
        ("", 400, "bad request body: EOF"),
    ],
)
def test_toxic_refused(proxy: ProxyOfApi, body: object, status: int, reason: str) -> None:
    """What is wrong with a toxic is told."""
    proxy.add("noop")
    answer = proxy.ask("POST", "/toxics", body)
    assert (answer.status, answer.text) == (status, error(reason, status))


@pytest.mark.parametrize("value", ["5", 5.5, [5], True, 2**64])
def test_attributes_are_whole_numbers(proxy: ProxyOfApi, value: object) -> None:
    """An attribute of another type is a bad request body."""
    answer = proxy.ask("POST", "/toxics", {"type": "latency", "attributes": {"latency": value}})
    assert answer.status == 400
    assert answer.json["error"].startswith("bad request body: ")
    assert proxy.ask("GET", "/toxics").json == []


@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_change_of_a_toxic(proxy: ProxyOfApi, method: str) -> None:
    """Attributes and toxicity change one by one; name, type and stream stay as they are."""
    proxy.add("latency", latency=5)
    body = {
        "attributes": {"jitter": 3},
        "toxicity": 0.5,
        "name": "x",
        "type": "timeout",
        "stream": "upstream",
    }
    answer = proxy.ask(method, "/toxics/t", body)
    assert answer.status == 200
    assert answer.json == {
        "attributes": {"latency": 5, "jitter": 3},
        "name": "t",
        "type": "latency",
        "stream": "downstream",
        "toxicity": 0.5,
    }


def test_removal_of_a_toxic(proxy: ProxyOfApi) -> None:
    """A removed toxic is gone."""
    proxy.add("latency")
    assert proxy.remove().status == 204
    assert proxy.ask("GET", "/toxics").json == []


def test_toxics_are_told_upstream_first(proxy: ProxyOfApi) -> None:
    """The list is ordered by stream, then by age."""
    for name, stream in (("a", "downstream"), ("b", "upstream"), ("c", "downstream")):
        proxy.ask("POST", "/toxics", {"name": name, "type": "noop", "stream": stream})
    assert [toxic["name"] for toxic in proxy.ask("GET", "/toxics").json] == ["b", "a", "c"]


def test_reset(api: Api, proxy: ProxyOfApi) -> None:
    """Reset takes all toxics off and switches all proxies on."""
    proxy.add("timeout")
    proxy.ask("PATCH", body={"enabled": False})
    assert api.ask("POST", "/reset").status == 204
    told = proxy.ask("GET").json
    assert (told["enabled"], told["toxics"]) == (True, [])


def test_populate(api: Api) -> None:
    """Populate makes what is missing, replaces what differs, and leaves what is the same."""
    first = api.ask("POST", "/populate", [{"name": "a", "upstream": NOWHERE, "listen": "127.0.0.1:0"}])
    assert (first.status, len(first.json["proxies"])) == (201, 1)
    listen = first.json["proxies"][0]["listen"]
    same = {"name": "a", "upstream": NOWHERE, "listen": listen}
    api.ask("POST", "/proxies/a/toxics", {"type": "noop"})
    kept = api.ask("POST", "/populate", [same, {"name": "b", "upstream": NOWHERE, "enabled": False}])
    assert [len(proxy["toxics"]) for proxy in kept.json["proxies"]] == [1, 0]
    replaced = api.ask("POST", "/populate", [{**same, "upstream": "127.0.0.1:10"}])
    assert replaced.json["proxies"][0]["toxics"] == []


def test_populate_refuses(api: Api) -> None:
    """An entry that lacks something is told by its number, and nothing is made."""
    answer = api.ask("POST", "/populate", [{"name": "a", "upstream": NOWHERE}, {"upstream": NOWHERE}])
    reason = "missing required field: name at proxy 2"
    assert (answer.status, answer.content_type) == (400, "application/json")
    assert answer.json == {"error": reason, "status": 400, "proxies": None}
    assert api.ask("GET", "/proxies").json == {}


def test_populate_stops_at_the_first_that_fails(api: Api, proxy: ProxyOfApi) -> None:
    """Those before a port that is taken are made, and told."""
    taken = f"127.0.0.1:{proxy.address[1]}"
    wanted = [
        {"name": "a", "upstream": NOWHERE, "listen": "127.0.0.1:0"},
        {"name": "b", "upstream": NOWHERE, "listen": taken},
    ]
    answer = api.ask("POST", "/populate", wanted)
    assert (answer.status, answer.json["status"]) == (500, 500)
    assert [made["name"] for made in answer.json["proxies"]] == ["a"]


def test_ipv6(api: Api) -> None:
    """A proxy listens on IPv6, where the machine has it."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    answer = api.ask("POST", "/proxies", {"name": "six", "upstream": "[::1]:9", "listen": "[::1]:0"})
    assert answer.json["listen"].startswith("[::1]:")
