"""A caller that does not start without the CRM: it wants a token before it is asked anything."""

import httpx

from examples.gallery.sound import Caller


class AsksBeforeItStarts(Caller):
    def __init__(self, endpoint):
        super().__init__(endpoint)
        form = {
            "grant_type": "client_credentials",
            "client_id": endpoint.client_id,
            "client_secret": endpoint.client_secret,
        }
        httpx.post(endpoint.token_url, data=form, timeout=self.timeout).raise_for_status()
