"""A caller that sends a number where the contract wants a word."""

from examples.gallery.sound import Caller


class BreaksTheContract(Caller):
    def ticket(self, subject):
        return {"subject": subject, "priority": 1}
