"""Order look-ups for the service desk: what a customer ordered lately, and one order in detail.

The same program as in `fragile.py`, after its incident:

* tokens are refreshed ahead of their own `expires_in`, by one task for all; a refusal is answered by one refresh and one
  repeat;
* every attempt has a total timeout, attempts are few, waits between them grow, `Retry-After` is honoured where it fits;
* a breaker for each operation keeps a sick CRM from being hammered, and after three failures in a row the log calls for a person;
* reads fall back on answers that were seen lately and still have the shape of today, with a visible notice;
* writes that cannot be delivered now are queued, and delivered once under the key that they always had.
"""

import asyncio
import logging
import math
import time
import uuid
from collections import defaultdict, deque
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime

import anyio
import httpcore  # noqa: F401 - see below
import httpx
from pydantic import TypeAdapter, ValidationError
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, stop_before_delay

log = logging.getLogger(__name__)

# httpx loads httpcore and half of anyio at its first use; loaded here, the first user does not wait for them.
anyio.run(anyio.sleep, 0)

ATTEMPTS = 3
FIRST_WAIT = 0.05
ATTEMPT_TIMEOUT = 0.5
LAST_START = 1.0  # seconds into a call after which no further attempt begins
REFRESH_AHEAD = 600
USUAL_LIFE = 3600.0
FALLBACK_MAX_AGE = 3600
BREAKER_OPENS_AFTER = 3
BREAKER_HALF_OPEN_AFTER = 0.5
ALERT_AFTER = 3
DELIVERY_WAITS = (0.2, 0.4, 0.4)
NOTICE = "部分功能受限"


class CrmUnavailable(Exception):
    """The CRM cannot be asked at the moment. Nothing was changed; trying again later helps."""


class CrmRefused(Exception):
    """The CRM does not take this request. Trying again does not help."""


class Trouble(Exception):
    """One attempt failed, and another may not; `retry_after` is what the CRM asked for, in seconds."""

    def __init__(self, reason, retry_after=0.0):
        super().__init__(reason)
        self.retry_after = retry_after


@dataclass
class OrderPage:
    """What the service desk sees of an order."""

    order: str
    status: str
    total: str
    items: list[str]


class OrderSync:
    def __init__(self, endpoint):
        self._client = httpx.AsyncClient(base_url=endpoint.base_url, timeout=ATTEMPT_TIMEOUT)
        self._tokens = Tokens(self._client, endpoint)
        self._breakers = defaultdict(Breaker)
        self._fallback = Fallback()
        self._queue = DeliveryQueue(self._open_ticket)

    async def find_order(self, order_id):
        try:
            page = order_page(await self._call("getOrder", "GET", f"/orders/{order_id}"))
            if page.order != order_id:
                raise CrmUnavailable("the CRM answered with another order")
        except CrmUnavailable:
            return {**asdict(self._fallback.get(order_id, OrderPage)), "notice": NOTICE}
        self._fallback.put(order_id, asdict(page))
        return asdict(page)

    async def recent_orders(self, contact_id):
        params = {"contactId": contact_id, "limit": 5}
        try:
            found = await self._call("listOrders", "GET", "/orders", params=params)
            pages = [asdict(order_page(order)) for order in results(found)]
        except CrmUnavailable:
            cached = self._fallback.get(contact_id, list[OrderPage])
            return {"orders": [asdict(page) for page in cached], "notice": NOTICE}
        self._fallback.put(contact_id, pages)
        return {"orders": pages}

    async def add_note(self, order_id, text):
        note = {"subject": f"Note on {order_id}", "description": text, "orderId": order_id}
        key = str(uuid.uuid4())
        try:
            return {"ticket": await self._open_ticket(note, key), "status": "created"}
        except CrmUnavailable:
            return self._queue.put(note, key)

    async def aclose(self):
        self._queue.close()
        await self._client.aclose()

    async def _open_ticket(self, note, key, attempts=ATTEMPTS):
        headers = {"Idempotency-Key": key}
        ticket = await self._call(
            "createTicket", "POST", "/tickets", attempts=attempts, json=note, headers=headers
        )
        if not isinstance(ticket.get("id"), str):
            raise CrmUnavailable("the CRM's ticket has another form than expected")
        return ticket["id"]

    async def _call(self, operation, method, path, *, attempts=ATTEMPTS, **request):
        breaker = self._breakers[operation]
        breaker.admit()
        try:
            async for attempt in retrying(attempts):
                with attempt:
                    found = await self._attempt(method, path, **request)
        except Trouble as trouble:
            if breaker.failed() == ALERT_AFTER:
                log.error("%s: failed %d times in a row, somebody should look", operation, ALERT_AFTER)
            log.warning("%s: the CRM is in trouble: %s", operation, trouble)
            raise CrmUnavailable(f"{operation}: {trouble}") from trouble
        breaker.succeeded()
        return found

    async def _attempt(self, method, path, **request):
        try:
            async with asyncio.timeout(ATTEMPT_TIMEOUT):
                answer = await self._authorized(method, path, **request)
        except TimeoutError:
            raise Trouble("no answer in time") from None
        except httpx.RequestError as error:
            raise Trouble(f"the connection failed ({type(error).__name__})") from error
        return understood(answer)

    async def _authorized(self, method, path, *, headers=None, **request):
        token = await self._tokens.current()
        for repeat in (True, False):
            sent = {**(headers or {}), "Authorization": f"Bearer {token}"}
            answer = await self._client.request(method, path, headers=sent, **request)
            if not refuses_token(answer) or not repeat:
                return answer
            token = await self._tokens.replaced(token)


class Tokens:
    """The access token that all calls share. Whoever finds it due renews it; the others wait for the same renewal."""

    def __init__(self, client, endpoint):
        self._client = client
        self._url = endpoint.token_url
        self._form = {
            "grant_type": "client_credentials",
            "client_id": endpoint.client_id,
            "client_secret": endpoint.client_secret,
        }
        self._lock = asyncio.Lock()
        self._token = None
        self._due = 0.0

    async def current(self):
        if self._token is None or time.monotonic() >= self._due:
            await self.replaced(self._token)
        return self._token

    async def replaced(self, old):
        async with self._lock:
            if self._token in (old, None):
                await self._renew()
        return self._token

    async def _renew(self):
        # Whatever becomes of this, the old token is not sent again.
        self._token, asked = None, time.monotonic()
        granted = understood(await self._client.post(self._url, data=self._form))
        try:
            token, lives = str(granted["access_token"]), life(granted.get("expires_in"))
        except KeyError as error:
            raise Trouble("the token endpoint's answer cannot be read") from error
        self._token = token
        # A token that lives shorter than the head start is renewed at half of its life.
        self._due = asked + (lives - REFRESH_AHEAD if lives > REFRESH_AHEAD else lives / 2)


class Breaker:
    """Closed, open after too many failed calls in a row, and half open for one probe at a time."""

    def __init__(self):
        self._failures = 0
        self._open_until = 0.0

    def admit(self):
        if self._failures < BREAKER_OPENS_AFTER:
            return
        if time.monotonic() < self._open_until:
            raise CrmUnavailable("the CRM was in trouble a moment ago, so it is left alone")
        self._open_until = time.monotonic() + BREAKER_HALF_OPEN_AFTER

    def failed(self):
        self._failures += 1
        self._open_until = time.monotonic() + BREAKER_HALF_OPEN_AFTER
        return self._failures

    def succeeded(self):
        self._failures = 0


class Fallback:
    """Answers that were seen lately. What does not have today's shape any more is as good as absent."""

    def __init__(self):
        self._kept = {}

    def put(self, key, value):
        self._kept[key] = (time.monotonic(), value)

    def get(self, key, shape):
        stored, value = self._kept.get(key, (None, None))
        if stored is None or time.monotonic() - stored > FALLBACK_MAX_AGE:
            raise CrmUnavailable("the CRM is away, and nothing recent is known")
        try:
            return TypeAdapter(shape).validate_python(value)
        except ValidationError as error:
            raise CrmUnavailable("the CRM is away, and what is known is of an older form") from error


class DeliveryQueue:
    """Writes that wait for the CRM, in order. A program that may be restarted keeps them in its database."""

    def __init__(self, deliver):
        self._deliver = deliver
        self._waiting = deque()
        self._task = None

    def put(self, note, key):
        self._waiting.append((note, key))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return {"ticket": None, "status": "queued", "reference": key}

    def close(self):
        if self._task is not None:
            self._task.cancel()

    async def _run(self):
        failures = 0
        while self._waiting:
            await asyncio.sleep(DELIVERY_WAITS[min(failures, len(DELIVERY_WAITS) - 1)])
            failures = failures + 1 if not await self._all() else 0

    async def _all(self):
        while self._waiting:
            note, key = self._waiting[0]
            try:
                await self._deliver(note, key, attempts=1)
            except CrmUnavailable:
                return False
            except CrmRefused as refused:
                log.error("note %s cannot be delivered and needs a person: %s", key, refused)
            self._waiting.popleft()
        return True


def life(told):
    """The life of a token in seconds. Not every server says one, or writes a number; a refusal is the last word anyway."""
    try:
        lives = float(told)
    except (TypeError, ValueError):
        return USUAL_LIFE
    return lives if 0 < lives < math.inf else USUAL_LIFE


def retrying(attempts):
    return AsyncRetrying(
        retry=retry_if_exception_type(Trouble),
        stop=stop_after_attempt(attempts) | stop_before_delay(LAST_START),
        wait=wait_before,
        reraise=True,
    )


def wait_before(state):
    return max(FIRST_WAIT * 2 ** (state.attempt_number - 1), state.outcome.exception().retry_after)


def refuses_token(answer):
    """Whether the CRM refuses the token: it says 401, some of its versions say 403, or 200 with a code in the body."""
    if answer.status_code == 403:
        return "expired" in answer.text
    if answer.status_code == 200:
        return answer.content.startswith(b'{"code": 302')
    return answer.status_code == 401


def understood(answer):
    """The JSON of a successful answer; raises Trouble where another attempt may help, else CrmRefused."""
    status = answer.status_code
    if status in (408, 425, 429) or status >= 500:
        raise Trouble(f"the CRM answered {status}", seconds_of(answer.headers.get("Retry-After")))
    if status >= 400:
        raise CrmRefused(f"the CRM answered {status}")
    try:
        # Python reads NaN, Infinity and 1e400, which are no numbers that anybody could pay.
        found = answer.json(parse_float=finite, parse_constant=finite)
    except (ValueError, RecursionError) as error:
        raise Trouble("the CRM's answer is no JSON") from error
    if not isinstance(found, dict):
        raise Trouble("the CRM's answer has another form than expected")
    return found


def finite(digits):
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is no number")
    return number


def seconds_of(retry_after):
    """Both forms of Retry-After: seconds or a date. What is neither is as good as absent."""
    if not retry_after:
        return 0.0
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return 0.0


def results(page):
    found = page.get("results")
    if not isinstance(found, list):
        raise CrmUnavailable("the CRM's list has another form than expected")
    return found


def order_page(order):
    try:
        page = OrderPage(
            order=order["id"],
            status=order["status"],
            total=f"{order['total']:.2f} {order['currency']}",
            items=[f"{item['quantity']} x {item['sku']}" for item in order["items"]],
        )
        return TypeAdapter(OrderPage).validate_python(asdict(page))
    except (KeyError, TypeError, ValueError) as error:
        raise CrmUnavailable("the CRM's order has another form than expected") from error


def create(endpoint):
    return OrderSync(endpoint)
