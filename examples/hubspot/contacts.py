"""A caller that uses HubSpot's own client. The client's address is wired in: nobody gives it the lab's."""

from hubspot import HubSpot
from hubspot.crm.contacts import ApiException, SimplePublicObjectInputForCreate
from urllib3.exceptions import HTTPError

TIMEOUT = 2.0


class Unavailable(Exception):
    """HubSpot cannot be asked at the moment."""


class Contacts:
    def __init__(self, endpoint):
        self.contacts = HubSpot(access_token=endpoint.access_token).crm.contacts.basic_api

    def find_contact(self, contact_id):
        found = self.ask(self.contacts.get_by_id, contact_id)
        return {"id": found.id, "email": found.properties["email"]}

    def add_contact(self, email):
        new = SimplePublicObjectInputForCreate(properties={"email": email}, associations=[])
        return {"id": self.ask(self.contacts.create, new).id}

    def ask(self, method, *args):
        try:
            return method(*args, _request_timeout=TIMEOUT)
        except (ApiException, HTTPError) as error:
            raise Unavailable(f"HubSpot cannot be asked at the moment ({type(error).__name__})") from error
