"""A caller that takes any certificate: somebody switched verification off on a day when one had expired."""

import httpx

from examples.gallery.sound import Caller


class VerifiesNothing(Caller):
    def __init__(self, endpoint):
        super().__init__(endpoint)
        self.client = httpx.AsyncClient(base_url=endpoint.base_url, timeout=self.timeout, verify=False)
