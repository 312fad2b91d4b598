"""A caller that is given a spare address, promises to use it, and never does."""

from examples.gallery.sound import Caller


class NeverSwitches(Caller):
    pass
