"""What is refused before any server sees it."""

import math

import pytest

from crm_contracts.lab.engines import InvalidToxicError, ToxicSpec, validate
from crm_contracts.lab.engines.validation import ATTRIBUTES

FINE = {
    "latency": {"latency": 200, "jitter": 50},
    "bandwidth": {"rate": 1},
    "slow_close": {"delay": 0},
    "timeout": {"timeout": 0},
    "reset_peer": {},
    "slicer": {"average_size": 10, "size_variation": 9, "delay": 10},
    "limit_data": {"bytes": 0},
}


@pytest.mark.parametrize("kind", ATTRIBUTES)
def test_sound_toxics_pass(kind: str) -> None:
    """Every type has settings that are accepted."""
    validate(ToxicSpec(name="t", type=kind, attributes=FINE[kind]))


@pytest.mark.parametrize(
    "kind, attributes, words",
    [
        ("bandwidth", {"rate": 0}, "rate is 0; allowed: 1..1000000000 kB/s"),
        ("bandwidth", {"rate": -1}, "rate is -1"),
        ("bandwidth", {}, "rate is 0"),
        ("slicer", {}, "average_size is 0"),
        (
            "slicer",
            {"average_size": 5, "size_variation": 5},
            "size_variation is 5; allowed: less than average_size 5",
        ),
        ("latency", {"latency": -1}, "latency is -1; allowed: 0..86400000 ms"),
        ("latency", {"latency": 2**63}, "latency is 9223372036854775808"),
        ("latency", {"jitter": 1.5}, "jitter is 1.5"),
        ("timeout", {"timeout": True}, "timeout is True"),
        ("timeout", {"timeout": "5s"}, "timeout is '5s'"),
        ("limit_data", {"bytes": 10**13}, "bytes is 10000000000000"),
        (
            "latency",
            {"latancy": 5},
            "unknown attribute 'latancy'; allowed: latency, jitter. Did you mean 'latency'?",
        ),
        ("latncy", {}, "unknown type 'latncy'.*Did you mean 'latency'?"),
        ("down", {}, "unknown type 'down'"),
    ],
)
def test_what_endangers_a_server_is_refused(kind: str, attributes: dict, words: str) -> None:
    """The refusal tells the value and what is allowed."""
    with pytest.raises(InvalidToxicError, match=words):
        validate(ToxicSpec(name="t", type=kind, attributes=attributes))


@pytest.mark.parametrize("toxicity", [-0.1, 1.1, math.nan, math.inf])
def test_toxicity_is_a_share(toxicity: float) -> None:
    """A share lies between 0 and 1."""
    with pytest.raises(InvalidToxicError, match=r"toxicity is .*; allowed: 0\.\.1"):
        validate(ToxicSpec(name="t", type="timeout", toxicity=toxicity))


def test_streams() -> None:
    """There are two directions."""
    with pytest.raises(InvalidToxicError, match="unknown stream 'sideways'; allowed: upstream, downstream"):
        validate(ToxicSpec(name="t", type="timeout", stream="sideways"))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "a/b", "a b", "../x", "-x"])
def test_names_fit_into_a_path(name: str) -> None:
    """A name stands in the path of requests, so it is a plain word."""
    with pytest.raises(InvalidToxicError, match="cannot be named"):
        validate(ToxicSpec(name=name, type="timeout"))


def test_it_is_a_value_error() -> None:
    """Whoever catches ValueError catches it."""
    assert issubclass(InvalidToxicError, ValueError)
