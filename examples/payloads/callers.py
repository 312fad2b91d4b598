"""Callers that read the CRM's answers, each with one defect in how it reads them; `Sound` has none.

`pytest --crm-contracts --crm-payloads ci` finds each of these defects.
"""

import http.client
import json
import math
import re
import urllib.error
import urllib.request


class CrmUnavailable(Exception):
    """The CRM cannot be asked, or says what nobody can use."""


def number(digits):
    found = float(digits)
    if not math.isfinite(found):
        raise ValueError(f"{digits} is no number")
    return found


class Sound:
    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.token = endpoint.access_token

    # What its users may ask.

    def find_order(self, order_id):
        order = self.ask(f"/orders/{order_id}")
        try:
            if order["id"] != order_id:
                raise CrmUnavailable("the CRM answered with another order")
            return self.page(order)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise CrmUnavailable("the order has another form than expected") from error

    def list_orders(self):
        found = self.ask("/orders")
        try:
            return {"orders": self.names(found["results"])}
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise CrmUnavailable("the list has another form than expected") from error

    def find_ticket(self, ticket_id):
        ticket = self.ask(f"/tickets/{ticket_id}")
        try:
            return {"ticket": self.text(ticket["id"]), "about": self.about(ticket)}
        except (KeyError, TypeError, ValueError) as error:
            raise CrmUnavailable("the ticket has another form than expected") from error

    # How it reads.

    def page(self, order):
        total = number(order["total"])
        return {
            "order": self.text(order["id"]),
            "status": self.text(order["status"]),
            "total": f"{total:.2f}",
            "deliver": self.day(order),
        }

    def day(self, order):
        return self.text(order["deliverOn"]) if order["deliverOn"] is not None else "open"

    def names(self, orders):
        return [self.text(order["id"]) for order in orders]

    def about(self, ticket):
        return self.text(ticket["subject"])

    def text(self, value):
        if not isinstance(value, str):
            raise TypeError(value)
        return value

    def read(self, body):
        return json.loads(body.decode(), parse_float=number, parse_constant=number)

    # How it asks.

    def ask(self, path):
        request = urllib.request.Request(self.endpoint.base_url + path)
        request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=1) as answer:
                if answer.status != 200 or answer.headers.get("Content-Encoding"):
                    raise CrmUnavailable("the CRM answered something else")
                body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise CrmUnavailable("the CRM is away") from error
        try:
            found = self.read(body)
        except (ValueError, RecursionError) as error:
            raise CrmUnavailable("the CRM's answer cannot be read") from error
        if not isinstance(found, dict):
            raise CrmUnavailable("the answer has another form than expected")
        return found


class CrashesOnNull(Sound):
    """Every order has a day of delivery, as in all examples."""

    def find_order(self, order_id):
        order = self.ask(f"/orders/{order_id}")
        return {"order": order.get("id"), "year": order["deliverOn"][:4] if "deliverOn" in order else ""}


class KnowsThreeStatuses(Sound):
    """The statuses that it has met so far."""

    words = {"placed": "new", "paid": "paid", "shipped": "on its way"}

    def find_order(self, order_id):
        order = self.ask(f"/orders/{order_id}")
        return {"order": order.get("id"), "status": self.words[order["status"]] if "status" in order else ""}


class CrashesOnEmptyList(Sound):
    """There is always an order."""

    def list_orders(self):
        return {"newest": self.ask("/orders").get("results", [])[0].get("id")}


class CrashesOnLetters(Sound):
    """Subjects are written in the letters of its printer."""

    def find_ticket(self, ticket_id):
        ticket = self.ask(f"/tickets/{ticket_id}")
        return {"printed": str(ticket.get("subject")).encode("latin-1").decode("latin-1")}


class TakesHalfForAll(Sound):
    """What cannot be read to its end is read as far as it goes."""

    def find_order(self, order_id):
        try:
            return super().find_order(order_id)
        except CrmUnavailable:
            if self.last is None:
                raise
            found = re.search(r'"id": ?"([^"]*)"', self.last)
            return {"order": found[1] if found else None, "status": "unknown"}

    def read(self, body):
        self.last = body.decode("utf-8", "replace")
        return super().read(body)

    def ask(self, path):
        self.last = None
        return super().ask(path)


class MendsCommas(Sound):
    """A comma too many is nothing to worry about."""

    def read(self, body):
        return super().read(re.sub(rb",\s*([}\]])", rb"\1", body))


class TakesInfinityForMoney(Sound):
    """Reads as Python reads, which knows numbers that JSON does not."""

    def read(self, body):
        return json.loads(body)

    def page(self, order):
        return {"order": self.text(order["id"]), "total": f"{order['total']:.2f}"}
