"""A caller that says "queued" and means "forgotten"."""

from examples.gallery.sound import Caller


class LosesWrites(Caller):
    def later(self, ticket, key):
        self.queue.append((ticket, key))
        return {"ticket": None, "status": "queued"}
