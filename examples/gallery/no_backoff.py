"""A caller that tries again at once."""

from examples.gallery.sound import Caller


class NoBackoff(Caller):
    waits = (0, 0)
