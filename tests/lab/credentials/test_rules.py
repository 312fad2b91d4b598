"""Token rules: whole seconds, terms that stay with a token, and the innocent who are left alone."""

import json
from dataclasses import replace

import pytest

from crm_contracts.model.contract import AuthPolicy, Effect, Refusal
from crm_contracts.model.fault import Selector, TokenRule, TokenTerms
from crm_contracts.model.promises import Promises
from tests.lab.credentials.asking import (
    CREATE_ORDER,
    GET_ORDER,
    Rule,
    bearer,
    carrying,
    credentials_of,
    granted,
    tried,
)

PROMISES = Promises()
CUT = TokenTerms(says=86400, refused_after=3.0)


def on(credentials, rule: Rule, now: float) -> TokenTerms:
    return credentials.switch_on(rule, PROMISES, now)


def token_at(credentials, now: float) -> str:
    return granted(credentials, now, grant_type="client_credentials")[0]["access_token"]


def test_a_rule_is_one() -> None:
    """The rule of these tests is what faults are."""
    assert isinstance(Rule(told=CUT), TokenRule)


def test_tokens_issued_under_a_rule_keep_its_terms() -> None:
    """What was issued while the rule was on is refused by its terms, also after it is off; later tokens are not."""
    credentials, rule = credentials_of(), Rule(told=CUT)
    assert on(credentials, rule, 10.0) == CUT
    body, grant = granted(credentials, 20.0, grant_type="client_credentials")
    assert (body["expires_in"], grant.says, grant.refused_from) == (86400, 86400, 23.0)
    credentials.switch_off(rule)
    after, grant = granted(credentials, 22.0, grant_type="client_credentials")
    assert (after["expires_in"], grant.refused_from) == (1800, 1822.0)
    assert tried(credentials, bearer(body["access_token"]), 22.9) is None
    assert tried(credentials, bearer(body["access_token"]), 23.0) is not None
    assert tried(credentials, bearer(after["access_token"]), 30.0) is None


def test_expires_in_is_a_whole_number() -> None:
    """Callers read expires_in as an integer; so it is one on the wire, under every rule."""
    credentials = credentials_of()
    on(credentials, Rule(told=TokenTerms(says=3, refused_after=3.0)), 0.0)
    body, _ = granted(credentials, 0.0, grant_type="client_credentials")
    assert type(body["expires_in"]) is int


@pytest.mark.parametrize(
    "told, said",
    [
        ("text", "3600"),
        ("fraction", 3599.5),
        ("zero", 0),
        ("negative", -1),
        ("null", None),
        ("missing", "nothing"),
    ],
)
def test_expires_in_may_be_odd_where_a_rule_is_about_that(told, said) -> None:
    """The token itself is good for as long as the rule says, and the journal has that life."""
    credentials = credentials_of()
    on(credentials, Rule(told=TokenTerms(says=3600, held_for=0.0, trial="odd", told=told)), 0.0)
    body, grant = granted(credentials, 1.0, grant_type="client_credentials")
    assert body.get("expires_in", "nothing") == said
    assert type(body.get("expires_in", "nothing")) is type(said)
    assert grant.says == 3600
    assert tried(credentials, bearer(body["access_token"]), 1000.0) is None


def test_older_tokens_are_held_for_a_while() -> None:
    """Tokens that are older than the rule are refused so many seconds after it came on."""
    credentials = credentials_of()
    old = token_at(credentials, 0.0)
    on(credentials, Rule(told=TokenTerms(says=1800, held_for=2.0)), 100.0)
    new = token_at(credentials, 101.0)
    assert tried(credentials, bearer(old), 101.9) is None
    assert tried(credentials, bearer(old), 102.0) is not None
    assert tried(credentials, bearer(new), 5000.0) is None


def test_grants_learn_what_became_of_their_tokens() -> None:
    """The moment of refusal that a rule sets later is in the settled grants."""
    credentials = credentials_of()
    _, grant = granted(credentials, 0.0, grant_type="client_credentials")
    assert credentials.settled([grant]) == (grant,)
    on(credentials, Rule(told=TokenTerms(says=1800, held_for=0.0)), 50.0)
    assert credentials.settled([grant])[0].refused_from == 50.0


def test_older_tokens_are_left_alone_without_held_for() -> None:
    """A rule about new tokens does not touch old ones."""
    credentials = credentials_of()
    old = token_at(credentials, 0.0)
    on(credentials, Rule(told=CUT), 10.0)
    assert tried(credentials, bearer(old), 1000.0) is None


def test_a_static_token_is_refused_as_invalid() -> None:
    """What has no lifetime was replaced, not expired, unless the contract describes it otherwise."""
    policy = AuthPolicy(
        kind="static_token", invalid=Refusal(status=401, category="AUTH", refresh_signal=False)
    )
    rule = Rule(told=TokenTerms(says=3600, held_for=0.0))
    for written, category in ((policy, "AUTH"), (replace(policy, expired=Refusal(category="OLD")), "OLD")):
        credentials = credentials_of(written)
        request = bearer(credentials.tenants[0].access_token)
        assert tried(credentials, request, 5.0) is None
        on(credentials, rule, 10.0)
        answer = tried(credentials, request, 10.0)
        assert answer is not None
        assert json.loads(answer.body)["category"] == category


def test_passwords_can_be_cut_too() -> None:
    """Basic authentication has no token endpoint, but its password can be replaced."""
    credentials = credentials_of(AuthPolicy(kind="api_key", where="query", name="key"))
    request = carrying(query=(("key", credentials.tenants[0].access_token),))
    on(credentials, Rule(told=TokenTerms(says=1, held_for=0.0)), 10.0)
    assert tried(credentials, request, 10.0) is not None


def test_a_rule_counts_what_it_changed() -> None:
    """Grants under its terms and refusals because of it count; those of the plain lifetime do not."""
    credentials, rule = credentials_of(), Rule(told=CUT)
    old = token_at(credentials, 0.0)
    on(credentials, rule, 10.0)
    assert credentials.touched(rule) == 0
    token = token_at(credentials, 10.0)
    assert credentials.touched(rule) == 1
    tried(credentials, bearer(token), 14.0)
    assert credentials.touched(rule) == 2
    tried(credentials, bearer(old), 1800.0)
    assert credentials.touched(rule) == 2


def test_the_rule_behind_a_refusal_is_known() -> None:
    """The journal can name the rule that refused an exchange."""
    credentials, rule = credentials_of(), Rule(told=CUT)
    on(credentials, rule, 0.0)
    _, grant = granted(credentials, 0.0, grant_type="client_credentials")
    assert credentials.rule_behind(grant.token, GET_ORDER, 2.0) is None
    assert credentials.rule_behind(grant.token, GET_ORDER, 3.0) is rule
    assert credentials.rule_behind(None, GET_ORDER, 3.0) is None


@pytest.mark.parametrize(
    ("selector", "cut"),
    [
        (Selector(first=2), [True, True, False, False, False, False]),
        (Selector(every_nth=3), [False, False, True, False, False, True]),
        (Selector(every_nth=2, first=2), [False, True, False, True, False, False]),
        (Selector(probability=0.0), [False] * 6),
        (Selector(probability=1.0), [True] * 6),
    ],
)
def test_selectors_choose_tokens(selector: Selector, cut: list[bool]) -> None:
    """first, every_nth and probability count the tokens that the rule meets."""
    credentials = credentials_of()
    on(credentials, Rule(told=CUT, chosen=selector), 0.0)
    grants = [granted(credentials, 1.0, grant_type="client_credentials")[1] for _ in range(6)]
    assert [grant.says == 86400 for grant in grants] == cut


def test_probability_follows_from_the_seed() -> None:
    """The same seed and run choose the same tokens."""

    def chosen(seed: int) -> list[bool]:
        credentials = credentials_of(seed=seed)
        on(credentials, Rule(told=CUT, chosen=Selector(probability=0.5)), 0.0)
        return [
            granted(credentials, 1.0, grant_type="client_credentials")[1].says == 86400 for _ in range(30)
        ]

    assert chosen(1) == chosen(1)
    assert chosen(1) != chosen(2)
    assert 0 < sum(chosen(1)) < 30


def test_first_means_the_token_that_was_used_last() -> None:
    """Of older tokens a counting rule takes those first that callers really use."""
    credentials = credentials_of()
    idle, used = token_at(credentials, 0.0), token_at(credentials, 0.0)
    tried(credentials, bearer(used), 1.0)
    on(credentials, Rule(told=TokenTerms(says=1800, held_for=0.0), chosen=Selector(first=1)), 2.0)
    assert tried(credentials, bearer(used), 3.0) is not None
    assert tried(credentials, bearer(idle), 3.0) is None


@pytest.mark.parametrize(
    "selector",
    [
        Selector(operations=("createOrder",)),
        Selector(operations=("POST /ord*",)),
        Selector(effect=Effect.WRITE),
    ],
)
def test_rules_can_strike_at_some_operations(selector: Selector) -> None:
    """Operations and effect say where the tokens are refused; elsewhere they are simply good."""
    credentials, rule = credentials_of(), Rule(told=CUT, chosen=selector)
    on(credentials, rule, 0.0)
    body, grant = granted(credentials, 0.0, grant_type="client_credentials")
    request = bearer(body["access_token"])
    assert tried(credentials, request, 5.0, GET_ORDER) is None
    assert tried(credentials, request, 5.0, CREATE_ORDER) is not None
    assert grant.refused_from is None
    assert credentials.touched(rule) == 2
    identified = credentials.identify(request, 5.0)
    assert identified is not None
    assert identified.state == "valid"


def test_the_latest_rule_decides() -> None:
    """Of two rules that are on, the one that came later issues the tokens; when it is off, the other one does."""
    credentials = credentials_of()
    early, late = Rule(told=TokenTerms(says=100)), Rule(told=TokenTerms(says=200))
    on(credentials, early, 0.0)
    on(credentials, late, 1.0)
    assert granted(credentials, 2.0, grant_type="client_credentials")[1].says == 200
    credentials.switch_off(late)
    assert granted(credentials, 3.0, grant_type="client_credentials")[1].says == 100


def test_equal_rules_are_counted_apart() -> None:
    """Two entries of a scenario may have the same settings and are still two faults."""
    credentials = credentials_of()
    one, two = Rule(told=CUT), Rule(told=CUT)
    on(credentials, one, 0.0)
    on(credentials, two, 0.0)
    granted(credentials, 1.0, grant_type="client_credentials")
    assert (credentials.touched(one), credentials.touched(two)) == (0, 1)
