"""vac opens tickets for customers who call, and looks these customers up.

The same service as in `fragile.py`, after its incident:

* JSON comes from a library, and is read once more, strictly, before it leaves;
* two or three attempts with growing waits, each with a timeout, all within one budget of time;
* a breaker for each operation keeps a sick CRM from being hammered;
* customers who were looked up lately are shown with a visible notice while the CRM is away;
* a ticket that cannot be opened now is queued under its own reference. The CRM knows no idempotency keys, so the reference
  is looked for before a ticket is sent again;
* errors say whose they are: the request's, the credential's, the CRM's. A refused token is tried once and alarms a person, and
  so do three failures in a row.

    python resilient.py --port 8080
"""

import argparse
import json
import logging
import math
import os
import threading
import time
import uuid
from collections import defaultdict, deque
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs

import stamina
import urllib3
import waitress

log = logging.getLogger("vac")

ATTEMPTS = 3
FIRST_WAIT = 0.05
ATTEMPT_TIMEOUT = 0.5
CALL_BUDGET = 1.0  # seconds in which all attempts of one request of a user begin
FALLBACK_MAX_AGE = 3600
BREAKER_OPENS_AFTER = 6  # attempts
BREAKER_HALF_OPEN_AFTER = 0.5
ALERT_AFTER = 3  # attempts
DELIVERY_WAITS = (0.2, 0.4, 0.4)
NOTICE = "部分功能受限"


class RequestError(Exception):
    """What was asked of vac, or what vac asked of the CRM, is wrong. Trying again does not help."""


class CredentialError(Exception):
    """The CRM does not take vac's token. A person must look at it."""


class CrmUnavailable(Exception):
    """The CRM cannot be asked at the moment."""


class Trouble(Exception):
    """One attempt failed, and another may not. `doubtful`: the CRM may have done the work all the same."""

    def __init__(self, reason, *, doubtful=True, retry_after=0.0):
        super().__init__(reason)
        self.doubtful = doubtful
        self.retry_after = retry_after


class Budget:
    """How much time is left for one request of a user."""

    def __init__(self, seconds=CALL_BUDGET):
        self._end = time.monotonic() + seconds

    def wait_before(self, trouble):
        """Whether and when another attempt may begin; stamina asks this after each failure."""
        if not isinstance(trouble, Trouble):
            return False
        left = self._end - time.monotonic()
        if trouble.retry_after:
            return trouble.retry_after if trouble.retry_after < left else False
        return left > FIRST_WAIT * 2


class Crm:
    """The CRM as vac needs it: customers, tickets, and nothing of HTTP."""

    def __init__(self, base_url, token, alert_url):
        self._base_url = base_url
        self._token = token
        self._alert_url = alert_url
        self._http = urllib3.PoolManager(maxsize=8, retries=False)
        self._breakers = defaultdict(Breaker)

    def find_customer(self, mobile, budget, attempts=ATTEMPTS):
        asked = {"mobile": mobile, "page": 1, "limit": 1}
        found = records(self._call("/crmContact/queryPageList", asked, budget, attempts))
        return customer_page(found[0]) if found else None

    def open_ticket(self, ticket, budget, attempts=ATTEMPTS, doubtful=False):
        """Open a ticket once, however often it is sent: after a doubtful end its reference is looked for first."""
        for attempt in retrying(budget, attempts):
            with attempt:
                if doubtful and (opened := self._look_for(ticket, budget)):
                    return opened
                try:
                    return id_of(self._once("/crmTicket/add", ticket))
                except Trouble as trouble:
                    doubtful = doubtful or trouble.doubtful
                    raise

    def _look_for(self, ticket, budget):
        asked = {"subject": ticket["subject"], "page": 1, "limit": 1}
        found = records(self._call("/crmTicket/queryPageList", asked, budget, 1))
        return next((id_of(seen) for seen in found if seen.get("subject") == ticket["subject"]), None)

    def _call(self, path, asked, budget, attempts):
        for attempt in retrying(budget, attempts):
            with attempt:
                return self._once(path, asked)

    def _once(self, path, asked):
        breaker = self._breakers[path]
        breaker.admit()
        try:
            data = self._exchange(path, strict_json(asked))
        except Trouble as trouble:
            if breaker.failed() == ALERT_AFTER:
                self._alert(f"{path} failed {ALERT_AFTER} times in a row: {trouble}")
            raise
        breaker.succeeded()
        return data

    def _exchange(self, path, body):
        headers = {"Content-Type": "application/json", "X-Crm-Token": self._token}
        until = time.monotonic() + ATTEMPT_TIMEOUT
        try:
            answer = self._http.request(
                "POST",
                self._base_url + path,
                body=body,
                headers=headers,
                timeout=urllib3.Timeout(connect=ATTEMPT_TIMEOUT, read=ATTEMPT_TIMEOUT),
                preload_content=False,
            )
            try:
                text = read_until(answer, until)
            except BaseException:
                answer.close()
                raise
            answer.release_conn()
        except urllib3.exceptions.NewConnectionError:
            raise Trouble("nobody listens", doubtful=False) from None
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Trouble(f"the connection failed ({type(error).__name__})") from error
        return self._understood(answer, text)

    def _understood(self, answer, text):
        if answer.status == 429 or answer.status == 503:
            raise Trouble(f"the CRM answered {answer.status}", doubtful=False, retry_after=seconds_of(answer))
        if answer.status >= 500:
            raise Trouble(f"the CRM answered {answer.status}")
        if answer.status in (401, 403):
            self._alert(f"the CRM refuses vac's token ({answer.status})")
            raise CredentialError(f"the CRM answered {answer.status}")
        if answer.status >= 400:
            raise RequestError(f"the CRM answered {answer.status}")
        try:
            # Python reads NaN, Infinity and 1e400, which are no ids of anybody.
            found = json.loads(text, parse_float=finite, parse_constant=finite)
            code, data = found["code"], found["data"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Trouble("the CRM's answer cannot be read") from error
        if code != 0:
            raise RequestError(f"the CRM answered with code {code}")
        return data

    def _alert(self, text):
        if not self._alert_url:
            return
        try:
            self._http.request(
                "POST", self._alert_url, json={"service": "vac", "text": text}, timeout=ATTEMPT_TIMEOUT
            )
        except (urllib3.exceptions.HTTPError, OSError):
            log.error("the alert could not be sent: %s", text)


class Breaker:
    """Closed, open after too many failures in a row, and half open for one probe at a time.

    pybreaker would do, but it holds its lock while it calls, so that one slow request makes all others wait.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until = 0.0

    def admit(self):
        with self._lock:
            if self._failures < BREAKER_OPENS_AFTER:
                return
            if time.monotonic() < self._open_until:
                raise CrmUnavailable("the CRM was in trouble a moment ago, so it is left alone")
            self._open_until = time.monotonic() + BREAKER_HALF_OPEN_AFTER

    def failed(self):
        with self._lock:
            self._failures += 1
            self._open_until = time.monotonic() + BREAKER_HALF_OPEN_AFTER
            return self._failures

    def succeeded(self):
        with self._lock:
            self._failures = 0


class DeliveryQueue:
    """Tickets that wait for the CRM. A service that may be restarted keeps them in its database."""

    def __init__(self, crm):
        self._crm = crm
        self._waiting = deque()
        self._filled = threading.Event()
        threading.Thread(target=self._run, name="deliveries", daemon=True).start()

    def __len__(self):
        return len(self._waiting)

    def put(self, ticket):
        self._waiting.append(ticket)
        self._filled.set()

    def _run(self):
        failures = 0
        while True:
            if not self._waiting:
                self._filled.wait()
                self._filled.clear()
            time.sleep(DELIVERY_WAITS[min(failures, len(DELIVERY_WAITS) - 1)])
            failures = 0 if self._all() else failures + 1

    def _all(self):
        while self._waiting:
            try:
                self._crm.open_ticket(self._waiting[0], Budget(), attempts=1, doubtful=True)
            except (Trouble, CrmUnavailable):
                return False
            except (RequestError, CredentialError) as error:
                log.error(
                    "ticket %r cannot be delivered and needs a person: %s", self._waiting[0]["subject"], error
                )
            self._waiting.popleft()
        return True


class Vac:
    """The service: what its users may ask, and what they are told."""

    def __init__(self, crm):
        self._crm = crm
        self._queue = DeliveryQueue(crm)
        self._customers = {}

    def __call__(self, environ, start_response):
        status, value = self._answer(environ)
        body = json.dumps(value, ensure_ascii=False).encode()
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ):
        try:
            return self._route(environ)
        except RequestError as error:
            return "400 Bad Request", {"error": "request", "message": str(error)}
        except CredentialError as error:
            return "502 Bad Gateway", {"error": "credential", "message": str(error)}
        except (CrmUnavailable, Trouble) as error:
            return "503 Service Unavailable", {"error": "crm_unavailable", "message": str(error)}

    def _route(self, environ):
        asked = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if asked == ("GET", "/healthz"):
            return "200 OK", {"status": "ok", "queued": len(self._queue)}
        if asked == ("GET", "/customers"):
            return self._find_customer(parse_qs(environ["QUERY_STRING"]))
        if asked == ("POST", "/tickets"):
            return self._open_ticket(json_of(environ))
        return "404 Not Found", {"error": "request", "message": "there is no such address"}

    def _find_customer(self, query):
        mobile = required(query, "mobile")[0]
        try:
            customer = self._crm.find_customer(mobile, Budget())
        except (Trouble, CrmUnavailable) as error:
            return "200 OK", {"customer": self._known(mobile, error), "notice": NOTICE}
        self._customers[mobile] = (time.monotonic(), customer)
        return "200 OK", {"customer": customer}

    def _known(self, mobile, error):
        looked_up, customer = self._customers.get(mobile, (None, None))
        if looked_up is None or time.monotonic() - looked_up > FALLBACK_MAX_AGE:
            raise CrmUnavailable("the CRM is away, and nothing recent is known") from error
        return customer

    def _open_ticket(self, asked):
        budget = Budget()
        subject = f"{required(asked, 'subject')} [vac-{uuid.uuid4().hex[:8]}]"
        ticket = {"subject": subject, "priority": required(asked, "priority")}
        customer = self._customer_of(required(asked, "mobile"), budget)
        if customer is not None:
            ticket["contactId"] = customer["id"]
        try:
            return "201 Created", {"ticket": self._crm.open_ticket(ticket, budget), "status": "created"}
        except (Trouble, CrmUnavailable):
            self._queue.put(ticket)
            return "202 Accepted", {"ticket": None, "status": "queued"}

    def _customer_of(self, mobile, budget):
        try:
            return self._crm.find_customer(mobile, budget, attempts=1)
        except (Trouble, CrmUnavailable):
            return self._customers.get(mobile, (None, None))[1]


def retrying(budget, attempts):
    return stamina.retry_context(
        on=budget.wait_before,
        attempts=attempts,
        wait_initial=FIRST_WAIT,
        wait_max=1.0,
        wait_jitter=0,
        timeout=None,
    )


def finite(digits):
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is no number")
    return number


def strict_json(value):
    """JSON that any parser takes: checked by reading it again, NaN and the like refused."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    try:
        json.loads(text)
    except ValueError as error:
        raise RequestError("vac was about to send something that is no JSON") from error
    return text


def read_until(answer, until):
    """The whole body; a body that drips is given up when its time is over."""
    parts = []
    while part := answer.read1(4096, decode_content=True):
        parts.append(part)
        if time.monotonic() > until:
            raise TimeoutError("the answer drips")
    return b"".join(parts)


def seconds_of(answer):
    """Both forms of Retry-After: seconds or a date. What is neither is as good as absent."""
    told = answer.headers.get("Retry-After", "").strip()
    if told.isdigit():
        return float(told)
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except ValueError:
        return 0.0


def json_of(environ):
    try:
        asked = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
    except ValueError:
        raise RequestError("the body is no JSON") from None
    if not isinstance(asked, dict):
        raise RequestError("the body is no JSON object")
    return asked


def required(asked, name):
    if name not in asked:
        raise RequestError(f"{name} is missing")
    return asked[name]


def records(page):
    """The records of a page; raises Trouble where the answer has another form than expected."""
    found = page.get("list") if isinstance(page, dict) else None
    if not isinstance(found, list) or not all(isinstance(seen, dict) for seen in found):
        raise Trouble("the CRM's list has another form than expected")
    return found


def id_of(record):
    if not isinstance(record, dict) or "id" not in record:
        raise Trouble("the CRM's record has another form than expected")
    return record["id"]


def customer_page(customer):
    try:
        return {"id": customer["id"], "name": customer["name"], "level": customer["level"]}
    except KeyError as error:
        raise Trouble("the CRM's customer has another form than expected") from error


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    crm = Crm(os.environ["CRM_BASE_URL"], os.environ["CRM_ACCESS_TOKEN"], os.environ.get("CRM_ALERT_URL"))
    waitress.serve(Vac(crm), host="127.0.0.1", port=arguments.parse_args().port, threads=8)


if __name__ == "__main__":
    main()
