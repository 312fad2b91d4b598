"""`crm-contracts probe`: a nightly job that only reads."""

from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.live.crm import CONTRACT, OPENAPI, Behaviour, crm
from tests.project.shop import write

CONSUMER = """\
consumer: {name}
contract: shop
driver: {{command: ["true"]}}
calls: {{find: {{does: getOrder, reads: total}}}}
promises: {promises}
"""


@pytest.fixture
def project(shop: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a contract of a CRM that is there, and two consumers."""
    write(shop, "contracts/shop/contract.yaml", CONTRACT)
    write(shop, "contracts/shop/openapi.yaml", OPENAPI)
    for name, promises in (("order-sync", "{refresh: {ahead: 10m}}"), ("vac", "{}")):
        write(shop, f"contracts/shop/consumers/{name}.yaml", CONSUMER.format(name=name, promises=promises))
    for name in ("CRM_TOKEN_URL", "CRM_ACCESS_TOKEN", "CRM_USERNAME", "CRM_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CRM_CLIENT_ID", "probe")
    monkeypatch.setenv("CRM_CLIENT_SECRET", "the-secret-of-production")
    return shop


def test_a_shorter_token(project: Path, call: Command):
    """N2: in the words of the one who is to act; exit 1."""
    with crm(Behaviour(expires_in=3600)) as origin:
        result = call("probe", "--provider", origin, "--read-only", "--contract", "shop")
    assert (result.returncode, result.stderr) == (1, "")
    assert result.stdout.splitlines()[1:] == [
        "token lifetime: contract 24 h, server 1 h. Hit: order-sync (promises 10 m),",
        "  vac (promises nothing)",
    ]


def test_a_crm_as_the_contract_says(project: Path, call: Command):
    """Exit 0; at a path of its own, too."""
    with crm(Behaviour()) as origin:
        result = call("probe", "--provider", f"{origin}/sandbox", "--read-only", "--contract", "shop")
    assert result.returncode == 0
    assert "2 operations asked, 0 differ, 0 unknown." in result.stdout


def test_an_answer_of_another_shape_names_who_reads_it(project: Path, call: Command):
    """The consumers that read the field, by their calls."""
    with crm(Behaviour(order={"id": "O-1", "total": "5"})) as origin:
        result = call("probe", "--provider", origin, "--read-only", "--contract", "shop")
    assert result.returncode == 1
    assert "answer of getOrder: /total: The type must be number. (schema.type). Hit:" in result.stdout
    assert "order-sync (find), vac (find)" in result.stdout


def test_a_token_of_one_s_own(project: Path, call: Command, monkeypatch: pytest.MonkeyPatch):
    """It is used, and that its life was not asked is told: no false comfort."""
    monkeypatch.delenv("CRM_CLIENT_SECRET")
    monkeypatch.setenv("CRM_ACCESS_TOKEN", "the-secret-token")
    with crm(Behaviour()) as origin:
        result = call("probe", "--provider", origin, "--read-only", "--contract", "shop")
    assert result.returncode == 0
    assert "The life of tokens was not asked" in result.stdout
    assert "the-secret" not in result.stdout


def test_no_secret_is_printed(project: Path, call: Command):
    """Whatever goes wrong."""
    for behaviour in (
        Behaviour(token_status=500),
        Behaviour(status=401),
        Behaviour(location="http://x.invalid/"),
    ):
        with crm(behaviour) as origin:
            result = call("probe", "--provider", origin, "--read-only", "--contract", "shop")
        assert result.returncode == 1
        assert "the-secret" not in result.stdout + result.stderr
        assert "live-token" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    "words, said",
    [
        (("--provider", "http://127.0.0.1:1"), "--read-only"),
        (("--read-only",), "--provider"),
        (("--provider", "crm.example", "--read-only"), "write a URL"),
        (("--provider", "ftp://crm.example", "--read-only"), "write a URL"),
        (("--provider", "http://127.0.0.1:99999", "--read-only"), "write a URL"),
        (
            ("--provider", "http://me:secret@127.0.0.1:1", "--read-only"),
            "credentials belong into the environment",
        ),
        (("--provider", "http://127.0.0.1:1", "--read-only", "--contract", "shp"), "Did you mean 'shop'?"),
        (("--provider", "http://127.0.0.1:1", "--read-only", "--token-url", "x"), "--token-url: write a URL"),
    ],
)
def test_wrong_words(project: Path, call: Command, words: tuple[str, ...], said: str):
    """Exit 4 and what is allowed."""
    if "--contract" not in words:
        words = (*words, "--contract", "shop")
    result = call("probe", *words)
    assert result.returncode == 4
    assert said in result.stderr
    assert "secret" not in result.stderr


def test_a_token_endpoint_elsewhere_must_be_named(
    project: Path, call: Command, monkeypatch: pytest.MonkeyPatch
):
    """A variable that is left over from another system sends no secret there."""
    monkeypatch.setenv("CRM_TOKEN_URL", "http://login.invalid/token")
    result = call("probe", "--provider", "http://127.0.0.1:1", "--read-only", "--contract", "shop")
    assert result.returncode == 4
    assert "name it with --token-url" in result.stderr
