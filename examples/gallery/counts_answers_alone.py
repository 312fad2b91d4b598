"""A caller whose breaker counts error statuses, and neither connections that break nor answers that do not come."""

from examples.gallery.guarded import ANSWERED, Breaker, Guarded


class OfAnswers(Breaker):
    def failed(self, error):
        if isinstance(error, ANSWERED):
            super().failed(error)


class CountsAnswersAlone(Guarded):
    breaker = OfAnswers
