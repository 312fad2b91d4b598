"""A caller that tries again as long as its time allows, instead of a few times."""

from examples.gallery.sound import Caller


class RetriesUntilTimeIsUp(Caller):
    attempts = 6
    waits = (0.1, 0.2, 0.2, 0.2, 0.2)
    timeout = 0.1
