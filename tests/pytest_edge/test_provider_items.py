"""Items of a provider: sent only to whom the command line names, twice where it is not this machine."""

from pathlib import Path

import pytest

from tests.live.provider import OPENAPI, Sound, answer, provider
from tests.project.shop import write, write_settings

FILE = "contracts/desk/contract.yaml"
ITEM = f"{FILE}::createTicket::provider"
CONTRACT = "contract: desk\nauth: {kind: static_token}\n"
TOKEN = "a-token-of-the-sandbox"


@pytest.fixture
def desk(shop: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shop's project with a second contract."""
    write(shop, FILE, CONTRACT)
    write(shop, "contracts/desk/openapi.yaml", OPENAPI)
    monkeypatch.setenv("CRM_ACCESS_TOKEN", TOKEN)
    monkeypatch.delenv("CRM_TOKEN_URL", raising=False)
    return shop


def run(pytester: pytest.Pytester, *words: str) -> pytest.RunResult:
    """A pytest of its own, as a user starts it."""
    return pytester.runpytest_subprocess("--crm-contracts", "--crm-engine", "embedded", *words)


def broken_by_a_comma(_head: bytes, body: bytes) -> bytes | None:
    return answer(500) if body.rstrip().endswith(b",}") else None


def test_a_failure_is_told_with_the_byte_and_without_the_token(desk: Path, pytester: pytest.Pytester) -> None:
    """The raw request, both commands, the same again by its id; in 80 columns but for commands."""
    with provider(Sound(broken_by_a_comma)) as (origin, seen):
        result = run(pytester, "-m", "crm_provider", "--crm-provider", f"desk={origin}/v1")
    assert result.ret == 1
    result.assert_outcomes(failed=1, deselected=8)
    result.stdout.fnmatch_lines(
        [
            "provider: createTicket: answered 500 to a malformed request (*",
            "operation:*desk: createTicket (POST /tickets)",
            "look here first:*the CRM",
            "layer:*request (what the caller sent)",
            "  POST /v1/tickets HTTP/1.1",
            "*^ byte *",
            "*curl -i -X POST*",
            f'*--crm-contracts "{ITEM}" --crm-seed 0*--crm-provider desk={origin}/v1',
        ]
    )
    assert TOKEN not in result.stdout.str()
    assert TOKEN.encode() in seen[-1]
    text = result.stdout.str()
    told = text[text.index("provider: createTicket") : text.index("Send it by hand")].splitlines()
    assert max(map(len, told)) <= 80


def test_a_sound_provider_passes(desk: Path, pytester: pytest.Pytester) -> None:
    """By its id, as a report tells it."""
    with provider(Sound()) as (origin, _seen):
        run(pytester, ITEM, "--crm-provider", f"desk={origin}").assert_outcomes(passed=1)


def test_nobody_is_asked_unasked(desk: Path, pytester: pytest.Pytester) -> None:
    """A plain run has no such items; what the ini file names is asked where a marker or an id means it."""
    run(pytester, "--collect-only", "-q").stdout.no_fnmatch_line("*::provider")
    write_settings(pytester.path, "crm_provider = desk=http://127.0.0.1:9/v1")
    run(pytester, "--collect-only", "-q").stdout.no_fnmatch_line("*::provider")
    run(pytester, "--collect-only", "-q", "-m", "crm_provider").stdout.fnmatch_lines([ITEM])


@pytest.mark.parametrize(
    "words, told",
    [
        (("desk=https://crm.example/api",), "*name it a second time: --crm-allow-host crm.example*"),
        (("desk=https://crm.example", "--crm-allow-host", "example"), "*--crm-allow-host crm.example*"),
        (
            ("http://127.0.0.1:9",),
            "*whose address is that? There are desk, tiny-crm.*desk=http://127.0.0.1:9*",
        ),
        (("dsk=http://127.0.0.1:9",), "*there is no contract 'dsk', but desk, tiny-crm*"),
        (("ftp://127.0.0.1",), "*write a URL: http://host:port/path*"),
        (("desk=http://me:secret@127.0.0.1",), "*credentials belong into the environment*"),
    ],
)
def test_a_wrong_word_is_a_usage_error(
    desk: Path, pytester: pytest.Pytester, words: tuple[str, ...], told: str
) -> None:
    """Exit 4, before anything is sent."""
    result = run(pytester, "--crm-provider", *words)
    assert result.ret == 4
    result.stderr.fnmatch_lines([told])
    assert "secret" not in result.stderr.str()


def test_another_host_that_was_named_twice_is_taken(desk: Path, pytester: pytest.Pytester) -> None:
    """Nothing is sent while items are only collected."""
    words = ("--crm-provider", "desk=https://crm.example", "--crm-allow-host", "crm.example")
    run(pytester, "--collect-only", "-q", *words).stdout.fnmatch_lines([ITEM])


def test_without_a_credential_nothing_is_known(
    desk: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither where nobody is there, nor where a secret would go to another host."""
    words = (ITEM, "--crm-provider", "desk=http://127.0.0.1:9")
    run(pytester, *words).stdout.fnmatch_lines(["*createTicket is unknown: the CRM does not answer*"])
    monkeypatch.delenv("CRM_ACCESS_TOKEN")
    run(pytester, *words).stdout.fnmatch_lines(["*createTicket is unknown: no credential is set*"])
    monkeypatch.setenv("CRM_TOKEN_URL", "https://elsewhere.example/token")
    run(pytester, *words).stdout.fnmatch_lines(["*CRM_TOKEN_URL is on another host*"])


def test_a_missing_extra_fails_with_the_command_that_installs_it(
    desk: Path, pytester: pytest.Pytester
) -> None:
    """Asked for and not to be had is no reason to skip."""
    write(pytester.path, "schemathesis.py", "raise ImportError('none here')\n")
    words = (ITEM, "--crm-provider", "desk=http://127.0.0.1:9", "-o", "pythonpath=.")
    result = run(pytester, *words)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*Install it with:*"])
