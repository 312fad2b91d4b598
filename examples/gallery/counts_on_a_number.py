"""A caller that counts with `expires_in` as it comes."""

from examples.gallery.sound import Caller


class CountsOnANumber(Caller):
    def life(self, answer):
        return max(answer.get("expires_in"), 60)
