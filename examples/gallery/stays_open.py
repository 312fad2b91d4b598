"""A caller whose breaker opens and never lets a probe through."""

from examples.gallery.guarded import Breaker, Guarded
from examples.gallery.sound import CrmUnavailable


class OneWay(Breaker):
    def probe(self):
        raise CrmUnavailable("the CRM was in trouble once")


class StaysOpen(Guarded):
    breaker = OneWay
