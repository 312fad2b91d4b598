"""Authlib as its guide shows it: a session that renews by itself before the token ends, and nothing for one that is refused."""

import threading

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session


class CrmUnavailableError(Exception):
    """The CRM cannot be asked at the moment."""


class Alone:
    def __init__(self, endpoint):
        self.url = endpoint.base_url
        self.session = OAuth2Session(
            endpoint.client_id,
            endpoint.client_secret,
            token_endpoint=endpoint.token_url,
            grant_type="client_credentials",
        )

    def get_order(self, order_id):
        try:
            answer = self.asked(f"{self.url}/orders/{order_id}")
            answer.raise_for_status()
            return {"order": answer.json()["id"]}
        except (AuthlibBaseError, requests.RequestException, ValueError, KeyError) as error:
            raise CrmUnavailableError(type(error).__name__) from error

    def asked(self, url):
        if not self.session.token:
            self.session.fetch_token()
        return self.session.get(url, timeout=2)


class Caller(Alone):
    """The same, and one that is refused is answered by one renewal and one repeat."""

    def __init__(self, endpoint):
        super().__init__(endpoint)
        self.renewing = threading.Lock()

    def asked(self, url):
        token = self.session.token
        answer = super().asked(url)
        if answer.status_code != 401:
            return answer
        with self.renewing:
            if self.session.token in (token, None) or not token:
                self.session.fetch_token()
        return super().asked(url)
