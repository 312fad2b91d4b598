"""Minted secrets look real and can be told from everything else."""

import re

from crm_contracts.lab.credentials.mint import LENGTH, Mint, is_minted


def test_secrets_look_like_real_ones() -> None:
    """Forty letters and digits, never a word that tells where they come from."""
    mint = Mint(seed=7, run="scenarios/a.yaml::b")
    secrets = [mint.secret() for _ in range(200)]
    assert len(set(secrets)) == 200
    assert all(re.fullmatch(r"[0-9A-Za-z]{40}", secret) for secret in secrets)
    assert not any(word in secret.lower() for secret in secrets for word in ("fake", "test", "mock"))


def test_a_changed_letter_is_no_secret_of_ours() -> None:
    """The last letters prove the others, so a token of somebody else is never called stray."""
    secret = Mint(seed=1, run="a").secret()
    changed = ("A" if secret[20] != "A" else "B").join((secret[:20], secret[21:]))
    assert is_minted(secret)
    assert not is_minted(changed)
    assert not is_minted(secret[:-1])
    assert not is_minted("é" * LENGTH)
