"""A caller whose breaker counts errors and broken connections, and takes a timeout for bad luck."""

from examples.gallery.guarded import SLOW, Breaker, Guarded


class OfErrors(Breaker):
    def failed(self, error):
        if not isinstance(error, SLOW):
            super().failed(error)


class ForgetsSlowness(Guarded):
    breaker = OfErrors
