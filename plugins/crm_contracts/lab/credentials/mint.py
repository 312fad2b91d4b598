"""Where a run's secrets are made: they look like those of real CRMs, and tell for which run they were made."""

import hashlib
import zlib
from random import Random
from string import ascii_letters, digits
from uuid import UUID

LENGTH = 40
KEY = 8
_CHECK = 6
_ALPHABET = digits + ascii_letters
_SALT = 0x43524D


class Mint:
    """Makes the secrets of one run: 8 letters that name the run, random ones, and 6 that prove it is one of ours.

    The same seed and run give the same secrets in the same order.

    >>> a, b = Mint(seed=1, run="a"), Mint(seed=1, run="b")
    >>> secret = a.secret()
    >>> len(secret), is_minted(secret), a.made(secret), b.made(secret)
    (40, True, True, False)
    """

    def __init__(self, *, seed: int, run: str) -> None:
        self._random = Random(f"secrets/{seed}/{run}")
        number = int.from_bytes(hashlib.blake2b(f"{seed}/{run}".encode(), digest_size=8).digest())
        self._key = _word(number, KEY)

    def secret(self) -> str:
        """Return the next secret."""
        text = self._key + "".join(self._random.choices(_ALPHABET, k=LENGTH - KEY - _CHECK))
        return text + _check(text)

    def identifier(self) -> str:
        """Return the next public identifier, as client ids are."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def made(self, secret: str) -> bool:
        """Whether a minted secret bears this run's letters."""
        return secret.startswith(self._key)


def is_minted(text: str) -> bool:
    """Whether a text is a secret of some run of ours, by its length and check letters.

    >>> is_minted("ghp_aVeryOrdinaryTokenOfSomebodyElse1234")
    False
    """
    return len(text) == LENGTH and text.isascii() and _check(text[:-_CHECK]) == text[-_CHECK:]


def _check(text: str) -> str:
    return _word(zlib.crc32(text.encode(), _SALT), _CHECK)


def _word(number: int, length: int) -> str:
    letters = []
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[digit])
    return "".join(letters)
