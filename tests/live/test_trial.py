"""A provider may refuse what is broken; it may not break on it. Sound providers are never accused."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from crm_contracts.cases.drawing import Drawing
from crm_contracts.contracts import load_contract
from crm_contracts.live import Held, Server, obtain
from crm_contracts.live.asking import Asking
from crm_contracts.live.drawn_requests import drawn_requests
from crm_contracts.live.line import Line
from crm_contracts.live.provocation import first_difference
from crm_contracts.live.provoking import Provoking, media_of, provoked_operations
from crm_contracts.live.trial import Amount, Blame, Trial, Tried, names
from crm_contracts.live.trial_text import Secrecy, TrialText
from crm_contracts.model.contract import Contract
from crm_contracts.payloads.mutations import MUTATIONS
from tests.live import crm as shop
from tests.live.provider import CONTRACT, DROP, HANG, OPENAPI, Sound, answer, provider

ACME = Path(__file__).parents[2] / "contracts" / "acme-crm"
FEW = Amount(valid=2, invalid=4, places=1)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    folder = tmp_path_factory.mktemp("contracts") / "desk"
    folder.mkdir()
    (folder / "contract.yaml").write_text(CONTRACT)
    (folder / "openapi.yaml").write_text(OPENAPI)
    return load_contract(folder)


def trial(
    contract: Contract, url: str, operation: str, *, held: Held | None = None, patience: float = 5.0
) -> Trial:
    server = Server(url, contract.base_path)
    provoking = Provoking.of(contract, contract.operations[operation], server, held or Held())
    line = Line(origin=server.origin, patience=patience)
    return Trial(provoking=provoking, line=line, amount=FEW, drawing=Drawing(seed=0, key=operation))


def tried(contract: Contract, odd: Callable[[bytes, bytes], bytes | None], *, patience: float = 5.0) -> Tried:
    with provider(Sound(odd)) as (origin, _seen):
        return trial(contract, origin, "createTicket", patience=patience).run()


def at_the_simulator(crm_lab, contract: str, operation: str) -> tuple[Tried, TrialText]:
    with crm_lab.open(contract=contract) as crm:
        endpoint = crm.endpoint
        known = load_contract(Path(contract) if "/" in contract else ACME)
        server = Server(endpoint.base_url, known.base_path)
        environ = {"CRM_CLIENT_ID": endpoint.client_id, "CRM_CLIENT_SECRET": endpoint.client_secret}
        held = obtain(known.auth, server, endpoint.token_url, environ)
        asked = trial(known, endpoint.base_url, operation, held=held)
        text = TrialText(
            contract=known,
            operation=known.operations[operation],
            origin=server.origin,
            secrecy=Secrecy.of(held),
            replay="pytest ...",
        )
        return asked.run(), text


@pytest.mark.parametrize("operation", ["createTicket", "updateContact", "upsertContacts"])
def test_the_simulator_that_reads_strictly_passes(crm_lab, operation: str):
    """`strict-400`: every broken request is refused, no framing hangs it."""
    found, _text = at_the_simulator(crm_lab, "acme-crm", operation)
    assert found.asked > 40
    assert (found.broken, found.unknown) == ((), ())


def test_incident_b_from_the_other_side(crm_lab, tmp_path: Path):
    """`strict-crash`: the trailing comma is named, with its byte; the token is not shown."""
    folder = tmp_path / "old-crm"
    folder.mkdir()
    for file in ("openapi.yaml", "data.yaml"):
        (folder / file).write_bytes((ACME / file).read_bytes())
    text = (ACME / "contract.yaml").read_text(encoding="utf-8")
    text = text.replace("contract: acme-crm ", "contract: old-crm ").replace(
        "strictness: strict-400", "strictness: strict-crash"
    )
    (folder / "contract.yaml").write_text(text, encoding="utf-8")
    found, told = at_the_simulator(crm_lab, str(folder), "createTicket")
    assert found.broken[0].sent.name == "trailing_comma"
    assert {one.blame for one in found.broken} == {Blame.BROKE}
    assert "missing_field" not in names(found.broken)
    lines = told.failed(found).splitlines()
    assert lines[0].startswith("provider: createTicket: answered 500 to a malformed request")
    (caret,) = (number for number, line in enumerate(lines) if "^ byte" in line)
    assert lines[caret - 1][lines[caret].index("^") :].startswith(",}")
    assert "  Authorization: Bearer ***" in lines
    assert '-H "Authorization: Bearer $CRM_ACCESS_TOKEN"' in told.failed(found)
    assert max(len(line) for line in lines if "curl" not in line) <= 80


def test_a_sound_provider_gets_everything_and_passes(desk: Contract):
    """Each mutation that fits a request is sent; of the rest it is known why."""
    with provider(Sound()) as (origin, seen):
        asked = trial(desk, origin, "createTicket")
        found = asked.run()
        sent = {one.name for one in asked.provoking.broken(asked.provoking.sound(), 0, 1)}
    assert (found.broken, found.unknown) == ((), ())
    assert len(seen) == found.asked
    # No answer after a reset; the others are about what an answer means.
    assert {one.name for one in MUTATIONS} - sent == {"cut_by_reset", "wrong_id", "stale", "cursor_loop"}


def comma(body: bytes) -> bool:
    return body.rstrip().endswith(b",}")


@pytest.mark.parametrize(
    "said, blame",
    [(answer(500), Blame.BROKE), (DROP, Blame.DROPPED), (HANG, Blame.HUNG), (answer(200), Blame.TOOK)],
)
def test_what_is_held_against_a_provider(desk: Contract, said: bytes, blame: Blame):
    """A 5xx, a dropped connection, silence, and a success for what is no JSON."""
    found = tried(desk, lambda _head, body: said if comma(body) else None, patience=0.5)
    assert [(one.sent.name, one.blame) for one in found.broken] == [("trailing_comma", blame)]


@pytest.mark.parametrize(
    "said, why",
    [
        (answer(401), "credential was not taken (401)"),
        (answer(403), "credential was not taken (403)"),
        (answer(429, "Retry-After: 3600"), "rate limit is used up (429)"),
        (answer(429, "Retry-After: 0"), "rate limit is used up (429)"),
        (answer(503), "not well (503)"),
        (answer(302, "Location: http://elsewhere.example/"), "redirect is not followed (302)"),
        (answer(404), "never look at a body"),
    ],
)
def test_a_provider_of_which_nothing_is_known(desk: Contract, said: bytes, why: str):
    """Whoever is not let in accuses nobody; a redirect is not followed."""
    found = tried(desk, lambda _head, _body: said)
    assert found.broken == ()
    assert why in found.unknown[0]


def test_a_sound_request_that_breaks_it(desk: Contract):
    """Is told as such, and nothing more is sent."""
    found = tried(desk, lambda _head, _body: answer(500))
    assert [(one.sent.kind, one.blame) for one in found.broken] == [("valid", Blame.BROKE)]
    assert found.asked == 2


def test_what_happens_once_is_no_proof(desk: Contract):
    """The same request is sent again, between sound ones."""
    turns = iter([answer(500)])
    found = tried(desk, lambda _head, body: next(turns, None) if comma(body) else None)
    assert found.broken == ()
    assert found.unknown[0].startswith("trailing_comma: first answered 500, then answered 400")


def test_a_filter_that_forbids_odd_bytes_is_sound(desk: Contract):
    """403 for what is broken is a refusal, while sound requests are taken."""
    found = tried(desk, lambda _head, body: answer(403) if comma(body) else None)
    assert (found.broken, found.unknown) == ((), ())


def test_a_connection_that_ends_after_broken_framing_is_sound(desk: Contract):
    """Nobody who cannot tell where a request ends owes it an answer."""

    def odd(head: bytes, body: bytes) -> bytes | None:
        lengths = head.lower().count(b"content-length:")
        return DROP if lengths != 1 or b"transfer-encoding" in head.lower() else None

    assert tried(desk, odd).broken == ()


def test_token_operations_are_left_alone():
    """Who fails there too often is locked out; of the others those with a JSON body are asked."""
    found = [one.id for one in provoked_operations(load_contract(ACME))]
    assert "createTicket" in found
    assert not {"issueToken", "revokeToken", "getContact"} & set(found)


def test_the_caret_of_framing_stands_in_the_head():
    """Where the first line is that a sound request does not have; a length that follows from the body is none."""
    sound = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"
    assert first_difference(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n{,}", sound) == 39
    assert first_difference(b"POST / HTTP/1.1\r\nContent-Length: ten\r\n\r\n{}", sound) == 17


@pytest.mark.parametrize(
    "held, shown",
    [
        (Held(headers={"Authorization": "Bearer ab=cd=="}), "Bearer ***"),
        (Held(headers={"Cookie": "session=ab=cd=="}), "session=***"),
        (Held(headers={"X-Key": "ab=cd=="}), "***"),
        (Held(query={"api_key": "ab=cd=="}), "api_key=***"),
    ],
)
def test_a_secret_is_shown_nowhere(held: Held, shown: str):
    """Wherever it travels, and as the environment has it."""
    secrecy = Secrecy.of(held, {"CRM_CLIENT_SECRET": "quiet"})
    sent = next(iter(held.headers.values()), f"api_key={quote_plus('ab=cd==')}")
    assert secrecy.hide(f"{sent} quiet") == f"{shown} ***"


def test_a_credential_of_basic_is_put_in_by_curl(tmp_path: Path):
    """The command names the variables of the user's shell."""
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "contract.yaml").write_text("contract: desk\nauth: {kind: basic}\n")
    (folder / "openapi.yaml").write_text(OPENAPI)
    contract = load_contract(folder)
    held = Held(headers={"Authorization": "Basic bWU6c2VjcmV0"})
    with provider(Sound(lambda _head, body: answer(500) if comma(body) else None)) as (origin, seen):
        found = trial(contract, origin, "createTicket", held=held).run()
    text = TrialText(
        contract=contract,
        operation=contract.operations["createTicket"],
        origin=origin,
        secrecy=Secrecy.of(held, {}),
        replay="pytest ...",
    ).failed(found)
    assert b"Authorization: Basic bWU6c2VjcmV0\r\n" in seen[0]
    assert "bWU6c2VjcmV0" not in text
    assert '-u "$CRM_USERNAME:$CRM_PASSWORD"' in text


def test_a_crm_that_says_errors_with_200_is_sound(tmp_path: Path):
    """Its contract tells so."""
    folder = tmp_path / "desk"
    folder.mkdir()
    says = "errors: {answers: {malformed: {status: 200, category: NO_JSON, message: No JSON.}}}\n"
    (folder / "contract.yaml").write_text(CONTRACT + says)
    (folder / "openapi.yaml").write_text(OPENAPI)
    with provider(lambda _head, _body: answer(200)) as (origin, _seen):
        found = trial(load_contract(folder), origin, "createTicket").run()
    assert (found.broken, found.unknown) == ((), ())


def test_a_path_takes_its_id_from_a_list(tmp_path: Path):
    """A record that is there: of one that is not, a CRM says 404 and looks at nothing."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "contract.yaml").write_text(shop.CONTRACT)
    (folder / "openapi.yaml").write_text(shop.OPENAPI)
    contract = load_contract(folder)
    with shop.crm(shop.Behaviour(order={"id": "O/7", "total": 1})) as origin:
        asking = Asking(contract=contract, server=Server(origin, contract.base_path), held=Held())
        assert asking.path_of(contract.operations["deleteOrder"]) == "/orders/O%2F7"


def test_drawn_requests_are_those_of_the_seed(desk: Contract):
    """Valid ones keep the schema, without what is read-only; the same seed draws the same."""
    operation = desk.operations["createTicket"]
    media = media_of(operation)
    assert media is not None
    drawings = [Drawing(seed=seed, key="desk") for seed in (1, 1, 2)]
    drawn = [drawn_requests(desk, operation, media, one, valid=6, invalid=6) for one in drawings]
    assert drawn[0] == drawn[1] != drawn[2]
    valid, invalid = drawn[0]
    assert (len(valid), len(invalid)) == (6, 6)
    assert all(json.loads(one.body)["subject"] and "id" not in json.loads(one.body) for one in valid)
