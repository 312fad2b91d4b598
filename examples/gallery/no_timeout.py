"""A caller without a timeout: it waits as long as the CRM lets it wait."""

from examples.gallery.sound import Caller


class NoTimeout(Caller):
    timeout = None
