"""A caller that switches to the spare address and stays there for ever."""

from examples.gallery.switches import Switches


class NeverComesBack(Switches):
    keeps_to_it = float("inf")
