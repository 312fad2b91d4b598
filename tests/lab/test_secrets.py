"""Secrets become names before anything is recorded."""

import base64
import json
import re
import time
from urllib.parse import quote, quote_plus

import pytest

from crm_contracts.lab.credentials.mint import Mint
from crm_contracts.lab.secrets import Secrets

TOKEN = "pJx82hQmZrT5wK1cB7vN9dLs3fGyHa6eRtUo4iXk"


@pytest.fixture
def secrets() -> Secrets:
    known = Secrets()
    known.name(TOKEN, "token")
    return known


def test_names_count_by_kind_and_stay() -> None:
    """Each kind is numbered from 1 in order of appearance, and a secret keeps its first name."""
    secrets = Secrets()
    names = [
        secrets.name(text, kind)
        for text, kind in (("aaaaaaaa", "token"), ("bbbbbbbb", "token"), ("cccccccc", "key"))
    ]
    assert names == ["token#1", "token#2", "key#1"]
    assert secrets.name("aaaaaaaa", "other") == "token#1"


@pytest.mark.parametrize(
    "around", [b"Authorization: Bearer %s\r\n", b'{"access_token":"%s"}', b"?token=%s&a=1", b"%s"]
)
def test_redaction_keeps_length_and_surroundings(secrets: Secrets, around: bytes) -> None:
    """Raw bytes keep their length and every byte that is no secret."""
    redacted = secrets.redact(around % TOKEN.encode())
    assert redacted == around % b"token#1".ljust(len(TOKEN), b"*")


def test_nothing_is_touched_without_a_secret(secrets: Secrets) -> None:
    """Bytes without a secret come back as the same object."""
    data = b"x" * 2000
    assert secrets.redact(data) is data
    assert secrets.find(data) == ()


@pytest.mark.parametrize("user", ["", "a", "ab", "abc", "client-17"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_basic_authentication_hides_the_secret_at_every_alignment(
    secrets: Secrets, user: str, encode
) -> None:
    """However long the user's name is, no usable part of the secret is left in its base64."""
    whole = encode(f"{user}:{TOKEN}".encode())
    redacted = secrets.redact(b"Authorization: Basic " + whole)
    assert len(redacted) == len(whole) + 21
    assert secrets.find(whole) == ("token#1",)
    left = redacted.removeprefix(b"Authorization: Basic ").rstrip(b"=")
    decoded = base64.urlsafe_b64decode(
        left.split(b"token#1")[0] + b"AAAA"[: -len(left.split(b"token#1")[0]) % 4]
    )
    assert TOKEN[:4].encode() not in decoded


@pytest.mark.parametrize("secret", ["pa/ss+wörd=&?1", "tilde~and space 99", 'smith\'s "quoted" one'])
def test_percent_encoded_and_json_escaped_forms_are_found(secret: str) -> None:
    """A secret with special characters is found as a URL, a form, a log or JSON shows it."""
    secrets = Secrets()
    secrets.name(secret, "password")
    upper = quote(secret, safe="")
    lower = re.sub("%..", lambda found: found[0].lower(), upper)
    for shown in (secret, upper, lower, quote_plus(secret), quote(secret), json.dumps(secret)[1:-1]):
        data = f"p={shown}&x".encode()
        redacted = secrets.redact(data)
        assert redacted.startswith(b"p=password#1")
        assert (len(redacted), redacted[-2:]) == (len(data), b"&x")


def test_names_that_do_not_fit_are_cut() -> None:
    """A name that is longer than its secret is cut, because lengths must not change."""
    secrets = Secrets()
    secrets.name("s3cr3t", "client_secret")
    assert secrets.redact(b"<s3cr3t>") == b"<client>"


def test_ordinary_and_short_words_are_named_but_not_hidden() -> None:
    """What cannot be told from ordinary words would redact half of a report."""
    secrets = Secrets()
    assert secrets.name("undefined", "token") == "token#1"
    assert secrets.name("null", "token") == "token#2"
    assert secrets.redact(b'{"a": "undefined", "b": null}') == b'{"a": "undefined", "b": null}'


def test_found_secrets_are_listed_in_order_of_place() -> None:
    """Each name stands once, in the order in which the secrets occur."""
    secrets = Secrets()
    first, second = "first-secret-0001", "second-secret-002"
    secrets.name(second, "b")
    secrets.name(first, "a")
    assert secrets.find(f"{first} {second} {first}") == ("a#1", "b#1")


def test_text_keeps_what_is_not_secret() -> None:
    """Text of any script survives redaction, also lone surrogates from broken input."""
    secrets = Secrets()
    secrets.name(TOKEN, "token")
    assert secrets.redact_text(f"令牌 {TOKEN} \ud800") == f"令牌 {'token#1'.ljust(40, '*')} \ud800"


def test_one_look_serves_all_secrets_of_a_run() -> None:
    """However many tokens a run has, a search looks for the few bytes that they share."""
    mint, secrets = Mint(seed=1, run="a"), Secrets()
    tokens = [mint.secret() for _ in range(500)]
    for token in tokens:
        secrets.name(token, "token")
    assert len(secrets._lengths) <= 10
    assert secrets.find(" ".join(tokens)) == tuple(f"token#{number}" for number in range(1, 501))


@pytest.mark.bench
def test_redaction_speed() -> None:
    """Prints what the hot path pays for 1 kB without and with a secret."""
    mint, secrets = Mint(seed=1, run="a"), Secrets()
    tokens = [mint.secret() for _ in range(100)]
    for secret in tokens:
        secrets.name(secret, "token")
    token = tokens[50]
    for name, data in (("clean", b"x" * 1000), ("token", b"x" * 480 + token.encode() + b"x" * 480)):
        started = time.perf_counter()
        for _ in range(20_000):
            secrets.redact(data)
        print(f"redact 1 kB, {name}: {(time.perf_counter() - started) / 20_000 * 1e6:.2f} us")
