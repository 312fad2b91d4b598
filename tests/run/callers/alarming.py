"""A caller that fails on purpose, and tells somebody in one of three ways: an object that prints, or a service that counts."""

import os
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Prints:
    """After three failures in a row it prints a line, and once before anything went wrong another one."""

    def __init__(self, endpoint):
        self.address = f"{endpoint.base_url}/orders/O-1001"
        self.failures = 0
        print("PAGER ready", flush=True)

    def get_order(self, order_id):
        if asked(self.address) < 500:
            self.failures = 0
            return {"order": order_id}
        self.failures += 1
        if self.failures == 3:
            print("PAGER the CRM is away", flush=True)
        raise ConnectionError("the CRM is away")


def asked(address):
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


class Counts(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    failures = alerts = 0

    def do_GET(self):
        if self.path == "/metrics":
            self.answer(200, f'# TYPE alerts_total counter\nalerts_total{{to="ops"}} {Counts.alerts}\n')
        elif self.path == "/alerts":
            self.answer(200, str(Counts.alerts))
        elif self.path.startswith("/orders"):
            self.order()
        else:
            self.answer(200, "ok")

    def order(self):
        if asked(os.environ["CRM_BASE_URL"] + "/orders/O-1001") < 500:
            return self.answer(200, "{}")
        Counts.failures += 1
        Counts.alerts += Counts.failures == 3
        return self.answer(503, "{}")

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Counts).serve_forever()
