"""The terms of token rules: three trials, never mixed, always whole seconds."""

from pathlib import Path

import pytest

from crm_contracts.faults.odd_expiry import OddExpiry
from crm_contracts.faults.token_expired import TokenExpired
from crm_contracts.faults.token_lifetime import TokenLifetime
from crm_contracts.model.consumer import Consumer, PythonDriver
from crm_contracts.model.contract import AuthPolicy, Contract
from crm_contracts.model.fault import TokenTerms
from crm_contracts.model.promises import Promises, Refresh
from crm_contracts.model.span import Span

HOUR = Span(3600.0)
POLICY = AuthPolicy(lifetime=1800.0)


def consumer(refresh: Refresh | None = None) -> Consumer:
    return Consumer(
        name="sync",
        file=Path("sync.yaml"),
        contract=Path(),
        driver=PythonDriver(factory="m:f"),
        calls={},
        promises=Promises(refresh=refresh),
    )


def contract(kind: str = "oauth2") -> Contract:
    return Contract(name="crm", folder=Path(), auth=AuthPolicy(kind=kind))  # type: ignore[arg-type]


def test_an_expired_token_is_refused_at_once_and_a_new_one_is_good() -> None:
    """N1: the caller's own token, whatever it believes."""
    assert TokenExpired().terms(POLICY, Promises()) == TokenTerms(says=1800, held_for=0.0)


def test_a_cut_that_nobody_is_told_of() -> None:
    """Trial 2: says 24 h, refuses after 3 s, also what was held before."""
    rule = TokenLifetime(from_=Span(86400.0), to=HOUR)

    assert rule.terms(POLICY, Promises()) == TokenTerms(
        says=86400, refused_after=3.0, held_for=3.0, real=3600.0, trial="refused_early"
    )
    assert (
        rule.sentence()
        == "the life of tokens is cut from 1 d to 1 h, compressed to 3 s, without telling anyone"
    )


def test_without_from_the_contracts_own_life_is_said() -> None:
    """The contract knows what the CRM said so far."""
    assert TokenLifetime(to=Span(2.0)).terms(POLICY, Promises()).says == 1800
    assert TokenLifetime(to=Span(2.0)).terms(POLICY, Promises()).refused_after == 2.0


def test_an_honest_short_life() -> None:
    """Trial 1: says 3, lives 3 s; what was held before is refused so that a new one is asked for."""
    terms = TokenLifetime(to=HOUR, trial="honest").terms(POLICY, Promises())

    assert (terms.says, terms.refused_after, terms.held_for, terms.trial) == (3, 3.0, 0.0, "honest")


@pytest.mark.parametrize(
    "refresh, says",
    [
        (Refresh(ahead=600.0), 602),
        (Refresh(ahead=599.5, jitter=0.4), 602),
        (Refresh(at=0.66), 4),
        (Refresh(at=0.5), 4),
    ],
)
def test_leeway_is_asked_in_the_callers_own_form(refresh: Refresh, says: int) -> None:
    """Trial 3: the promised refresh falls 2 s after issue, refusal 4 s after."""
    rule = TokenLifetime(to=HOUR, trial="leeway")
    terms = rule.terms(POLICY, Promises(refresh=refresh))

    assert (terms.says, terms.refused_after) == (says, 4.0)
    assert rule.fits(consumer(refresh), contract()) is None


@pytest.mark.parametrize(
    "trial, refresh, kind, reason",
    [
        ("leeway", None, "oauth2", "no refresh ahead of expiry is promised"),
        ("leeway", Refresh(), "oauth2", "no refresh ahead of expiry is promised"),
        (
            "leeway",
            Refresh(ahead=60.0, jitter=1.5),
            "oauth2",
            "the promised refresh has a jitter of more than 1 s",
        ),
        ("honest", None, "static_token", "a static_token cannot be refreshed"),
        ("refused_early", None, "none", "this contract asks for no credential"),
        ("refused_early", None, "static_token", None),
        ("honest", None, "login", None),
    ],
)
def test_a_trial_that_cannot_be_asked_does_not_fit(
    trial: str, refresh: Refresh | None, kind: str, reason: str | None
) -> None:
    """Said as a reason before the run, never as a verdict."""
    rule = TokenLifetime(to=HOUR, trial=trial)  # type: ignore[arg-type]

    assert rule.fits(consumer(refresh), contract(kind)) == reason


def test_an_odd_expiry_is_about_what_is_said_not_about_what_is_done() -> None:
    """New tokens live as the contract says, whatever stands in expires_in."""
    rule = OddExpiry(says="text")

    assert rule.terms(POLICY, Promises()) == TokenTerms(says=1800, held_for=0.0, trial="odd", told="text")
    assert rule.sentence() == "every token is refused, and expires_in of the new ones is text"
    assert rule.fits(consumer(), contract()) is None
    assert rule.fits(consumer(), contract("static_token")) == "a static_token cannot be refreshed"
