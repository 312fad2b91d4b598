"""A caller whose breaker forgets: it is a new one for every call, so it never counts to three."""

from examples.gallery.guarded import Guarded


class NeverOpens(Guarded):
    def breaker_for(self, method, path):
        return self.breaker()
