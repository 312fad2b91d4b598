"""A caller that checks who issued a certificate, and not for whom."""

import ssl

import httpx

from examples.gallery.sound import Caller


class ChecksNoHost(Caller):
    def __init__(self, endpoint):
        super().__init__(endpoint)
        context = ssl.create_default_context()
        context.check_hostname = False
        self.client = httpx.AsyncClient(base_url=endpoint.base_url, timeout=self.timeout, verify=context)
