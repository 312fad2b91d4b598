"""vac opens tickets for customers who call, and looks these customers up.

This is the caller of the second incident. It puts its JSON together by hand, and where the customer is not known, a comma
is left over after the last field. Whatever goes wrong, it says "CRM error" and 500, so nobody can tell whose fault it is.

    python fragile.py --port 8080
"""

import argparse
import http.client
import json
import logging
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

log = logging.getLogger("vac")

TIMEOUT = 0.4  # seconds, for connect, for each read and in all


class CrmError(Exception):
    pass


def crm(path, text):
    """Send a text to the CRM and return the data of its answer."""
    base = urlsplit(os.environ["CRM_BASE_URL"])
    connection = http.client.HTTPConnection(base.hostname, base.port, timeout=TIMEOUT)
    headers = {"Content-Type": "application/json", "X-Crm-Token": os.environ["CRM_ACCESS_TOKEN"]}
    until = time.monotonic() + TIMEOUT
    try:
        connection.request("POST", base.path + path, text.encode(), headers)
        answer = connection.getresponse()
        found = json.loads(read_all(answer, until))
        if answer.status != 200 or found["code"] != 0:
            raise CrmError
        return found["data"]
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        raise CrmError from None
    finally:
        connection.close()


def read_all(answer, until):
    data = b""
    while part := answer.read1(4096):
        data += part
        if time.monotonic() > until:
            raise TimeoutError
    return data


def find_customer(mobile):
    customers = crm("/crmContact/queryPageList", '{"mobile": "%s", "page": 1, "limit": 1}' % mobile)["list"]
    return customers[0] if customers else None


def open_ticket(mobile, subject, priority):
    try:
        customer = find_customer(mobile)
    except CrmError:
        customer = None  # the ticket matters more than who it is from
    return crm("/crmTicket/add", ticket_text(subject, priority, customer))["id"]


def ticket_text(subject, priority, customer):
    text = '{"subject": "%s", "priority": %d, ' % (subject, priority)
    if customer is not None:
        text += '"contactId": %d' % customer["id"]
    return text + "}"


class Vac(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        address = urlsplit(self.path)
        if address.path == "/healthz":
            self.answer(200, {"status": "ok"})
        elif address.path == "/customers":
            mobile = parse_qs(address.query)["mobile"][0]
            self.ask_crm(200, lambda: {"customer": customer_page(find_customer(mobile))})
        else:
            self.answer(404, {"error": "not found"})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.ask_crm(
            201, lambda: {"ticket": open_ticket(asked["mobile"], asked["subject"], asked["priority"])}
        )

    def ask_crm(self, status, ask):
        try:
            self.answer(status, ask())
        except CrmError:
            log.error("vac returns CRM error")
            self.answer(500, {"error": "CRM error"})

    def answer(self, status, value):
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def customer_page(customer):
    return customer and {"id": customer["id"], "name": customer["name"], "level": customer["level"]}


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    ThreadingHTTPServer(("127.0.0.1", arguments.parse_args().port), Vac).serve_forever()
