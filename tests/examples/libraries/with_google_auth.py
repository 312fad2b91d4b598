"""google-auth as its guide shows it: a session that renews by itself, also when it is refused (the refresh token grant)."""

import requests
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials


class CrmUnavailableError(Exception):
    """The CRM cannot be asked at the moment."""


class Caller:
    def __init__(self, endpoint):
        credentials = Credentials(
            None,
            refresh_token=endpoint.refresh_token,
            token_uri=endpoint.token_url,
            client_id=endpoint.client_id,
            client_secret=endpoint.client_secret,
        )
        self.url = endpoint.base_url
        self.session = AuthorizedSession(credentials)

    def get_order(self, order_id):
        try:
            answer = self.session.get(f"{self.url}/orders/{order_id}", timeout=2)
            answer.raise_for_status()
            return {"order": answer.json()["id"]}
        except (GoogleAuthError, requests.RequestException, ValueError, KeyError) as error:
            raise CrmUnavailableError(type(error).__name__) from error
