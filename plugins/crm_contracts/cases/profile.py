"""How many payload cases an item makes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadProfile:
    """A profile: so many valid answers an operation, so many places of each mutation.

    `shrinking` is how many cases a search for the smallest failing answer may ask beyond those that are known.
    """

    name: str
    examples: int
    places: int
    shrinking: int


PROFILES = {
    "ci": PayloadProfile(name="ci", examples=16, places=1, shrinking=60),
    "drill": PayloadProfile(name="drill", examples=300, places=20, shrinking=400),
}
"""`ci` is quick and the same every time; `drill` is deep."""
OFF = "off"
