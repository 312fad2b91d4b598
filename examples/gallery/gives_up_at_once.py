"""A caller that asks once, waits a quarter of a second, and gives up."""

from examples.gallery.sound import Caller


class GivesUpAtOnce(Caller):
    attempts = 1
    timeout = 0.25
