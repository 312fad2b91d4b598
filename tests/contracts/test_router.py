from pathlib import Path

import pytest

from crm_contracts.contracts import Router
from crm_contracts.model.contract import Contract, Effect, Operation, Version


def _operation(text, **more):
    method, _, path = text.partition(" ")
    return Operation(id=text, method=method, path=path, effect=Effect.READ, **more)


def _router(*operations, base_path="/crm/v2", **more):
    found = {one.id: one for one in (_operation(one) if isinstance(one, str) else one for one in operations)}
    return Router(Contract(name="a", folder=Path(), base_path=base_path, operations=found, **more))


ROUTES = _router(
    "GET /orders",
    "POST /orders",
    "GET /orders/{id}",
    "GET /orders/search",
    "GET /orders/{id}/items/{item}",
    "GET /orders/{id}.pdf",
    "GET /orders/{id}/{anything}",
    "GET /files/",
    "GET /accounts({key})",
    "DELETE /orders/{other}",
)


@pytest.mark.parametrize(
    "target, operation, params",
    [
        ("/crm/v2/orders", "GET /orders", {}),
        ("/crm/v2/orders?x=1", "GET /orders", {}),
        ("/crm/v2/orders/O-1", "GET /orders/{id}", {"id": "O-1"}),
        ("/crm/v2/orders/search", "GET /orders/search", {}),
        ("/crm/v2/orders/searching", "GET /orders/{id}", {"id": "searching"}),
        ("/crm/v2/orders/a%2Fb%20c", "GET /orders/{id}", {"id": "a/b c"}),
        ("/crm/v2/orders/7.pdf", "GET /orders/{id}.pdf", {"id": "7"}),
        ("/crm/v2/orders/1/items/2", "GET /orders/{id}/items/{item}", {"id": "1", "item": "2"}),
        ("/crm/v2/orders/search/items/2", "GET /orders/{id}/items/{item}", {"id": "search", "item": "2"}),
        ("/crm/v2/accounts(42)", "GET /accounts({key})", {"key": "42"}),
        ("/crm/v2/files/", "GET /files/", {}),
        ("http://crm.example:80/crm/v2/orders", "GET /orders", {}),
        ("/crm/v2/files", None, {}),
        ("/crm/v2/orders/", None, {}),
        ("/crm/v2x/orders", None, {}),
        ("/orders", None, {}),
        ("/crm/v2", None, {}),
        ("*", None, {}),
        ("", None, {}),
        ("/%ff%zz?%ff=%", None, {}),
    ],
)
def test_a_target_finds_its_operation(target, operation, params):
    """Constant segments win over parameters, the base path belongs to the target, and nothing ever raises."""
    match = ROUTES.find("GET", target)
    assert (match.operation.id if match.operation else None) == operation
    assert match.path_params == params


def test_the_parts_of_a_target_are_told():
    """The query is decoded in its order; the path is what stands below the base path."""
    match = ROUTES.find("GET", "/crm/v2/orders?a=1&b=x+y&a=%E4%B8%AD&flag")
    assert match.query == (("a", "1"), ("b", "x y"), ("a", "中"), ("flag", ""))
    assert (match.base_path, match.path) == ("/crm/v2", "/orders")


def test_a_method_of_its_own_has_parameters_of_its_own():
    """Two methods of one path may call its parameter differently."""
    assert ROUTES.find("DELETE", "/crm/v2/orders/7").path_params == {"other": "7"}
    assert ROUTES.find("PUT", "/crm/v2/orders/7").operation is None
    assert set(ROUTES.methods("/crm/v2/orders/7")) == {"GET", "DELETE"}
    assert ROUTES.methods("/crm/v2/nothing") == ()


def test_a_version_has_its_own_base_path_and_may_lack_operations():
    """A request below another version's path finds the operations that this version has."""
    new, old = Version(name="2", base_path="/v2"), Version(name="1", base_path="/v1", lacks=("POST /orders",))
    router = _router("GET /orders", "POST /orders", base_path="/v2", versions=(new, old))
    assert router.find("GET", "/v1/orders").version == old
    assert router.find("GET", "/v2/orders").version == new
    assert router.find("POST", "/v2/orders").operation is not None
    lacking = router.find("POST", "/v1/orders")
    assert (lacking.operation, lacking.version) == (None, old)


def test_an_operation_may_lie_outside_of_the_base_path():
    """A token endpoint at the host's root is found beside the operations below the base path."""
    router = _router("GET /orders", _operation("POST /oauth/token", base_path=""), base_path="/crm")
    assert router.find("POST", "/oauth/token").operation is not None
    assert router.find("GET", "/crm/orders").operation is not None
    assert router.find("POST", "/crm/oauth/token").operation is None


def test_the_longer_base_path_wins():
    """/crm/v2 is no path below /crm."""
    versions = (Version(name="0", base_path="/crm"), Version(name="2", base_path="/crm/v2"))
    router = _router("GET /{any}", "GET /{any}/{more}", base_path="/crm", versions=versions)
    match = router.find("GET", "/crm/v2/orders")
    assert (match.version, match.path_params) == (versions[1], {"any": "orders"})
