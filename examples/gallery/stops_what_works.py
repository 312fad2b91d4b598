"""A caller with one breaker for the whole CRM: when its writes fail, its reads are stopped, too."""

from examples.gallery.guarded import Guarded


class StopsWhatWorks(Guarded):
    def breaker_for(self, method, path):
        return self.breakers["the CRM"]

    async def ask(self, method, path, attempts=None, **request):
        breaker = self.breaker_for(method, path)
        failures = breaker.failures
        found = await super().ask(method, path, attempts, **request)
        if method == "GET" and failures < breaker.opens_after:
            breaker.failures = failures  # that reads go well does not mend what is wrong with writes
        return found
