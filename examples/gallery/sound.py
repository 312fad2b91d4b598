"""The control: a small caller without a defect. The others of this gallery differ from it in one place each."""

import asyncio
import time
import uuid

import anyio
import httpcore  # noqa: F401 - see below
import httpx

# httpx loads httpcore and half of anyio at its first use; loaded here, the first user does not wait for them.
anyio.run(anyio.sleep, 0)


class CrmUnavailable(Exception):
    """The CRM cannot be asked at the moment."""


class CrmRefused(Exception):
    """The CRM does not take this request."""


class Passing(Exception):
    """Something that another attempt may mend."""


class Caller:
    attempts = 3
    waits = (0.1, 0.2)
    timeout = 0.3

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.client = httpx.AsyncClient(base_url=endpoint.base_url, timeout=self.timeout)
        self.token = None
        self.renew_at = 0.0
        self.renewing = asyncio.Lock()
        self.queue = []
        self.deliveries = None

    # What its users may ask.

    async def get_order(self, order_id):
        order = await self.ask("GET", f"/orders/{order_id}")
        if order.get("id") != order_id or not isinstance(order.get("status"), str):
            raise CrmUnavailable("the CRM's order has another form than expected")
        return {"order": order["id"], "status": order["status"]}

    async def list_orders(self):
        page = await self.ask("GET", "/orders")
        orders = [order.get("id") for order in page.get("results") or [None] if isinstance(order, dict)]
        if not orders or not all(isinstance(order, str) for order in orders):
            raise CrmUnavailable("the CRM's list has another form than expected")
        return {"orders": list(dict.fromkeys(orders))}

    async def open_ticket(self, subject):
        ticket, key = self.ticket(subject), str(uuid.uuid4())
        try:
            opened = await self.write(ticket, key)
        except CrmUnavailable:
            return self.later(ticket, key)
        return {"ticket": opened.get("id"), "status": "created"}

    # How it asks the CRM.

    def ticket(self, subject):
        return {"subject": subject}

    async def write(self, ticket, key, attempts=None):
        headers = {"Idempotency-Key": key}
        opened = await self.ask("POST", "/tickets", attempts=attempts, json=ticket, headers=headers)
        if not isinstance(opened.get("id"), str):
            raise CrmUnavailable("the CRM's ticket has another form than expected")
        return opened

    async def ask(self, method, path, attempts=None, **request):
        for attempt in range(attempts or self.attempts):
            if attempt:
                await asyncio.sleep(self.waits[attempt - 1])
            try:
                return self.understood(await self.within_time(method, path, **request))
            except (Passing, httpx.RequestError, TimeoutError) as error:
                reason = error
        raise CrmUnavailable(f"the CRM cannot be asked at the moment ({type(reason).__name__})") from reason

    async def within_time(self, method, path, **request):
        async with asyncio.timeout(self.timeout):
            return await self.authorized(method, path, **request)

    async def authorized(self, method, path, **request):
        token = await self.current_token()
        answer = await self.send(method, path, token, **request)
        if self.refuses_token(answer):
            answer = await self.send(method, path, await self.renewed(token), **request)
        return answer

    async def send(self, method, path, token, headers=None, **request):
        sent = {**(headers or {}), "Authorization": f"Bearer {token}"}
        return await self.client.request(method, path, headers=sent, **request)

    def refuses_token(self, answer):
        # Most CRMs say 401, some 403, and one 200 with a code in the body.
        if answer.status_code == 403:
            return "expired" in str(answer.text)
        if answer.status_code == 200:
            return '"code": 302' in str(answer.text[:40])
        return answer.status_code == 401

    def understood(self, answer):
        if answer.status_code == 429 or "Retry-After" in answer.headers:
            raise CrmUnavailable("the CRM asks to come back later")
        if answer.status_code >= 500:
            raise Passing(f"the CRM answered {answer.status_code}")
        if answer.status_code >= 400:
            raise CrmRefused(f"the CRM answered {answer.status_code}")
        try:
            found = answer.json()
        except (ValueError, RecursionError):
            raise Passing("the answer is no JSON") from None
        if not isinstance(found, dict):
            raise Passing("the answer has another form than expected")
        return found

    # Tokens.

    async def current_token(self):
        if self.token is None or time.monotonic() >= self.renew_at:
            await self.renewed(self.token)
        return self.token

    async def renewed(self, old):
        # One caller renews for all; whoever waited for that looks whether there is another token by now.
        async with self.renewing:
            if self.token in (old, None):
                await self.new_token()
            return self.token

    async def new_token(self):
        await self.granted({"grant_type": "client_credentials"})
        return self.token

    async def granted(self, grant):
        client = {"client_id": self.endpoint.client_id, "client_secret": self.endpoint.client_secret}
        self.token, asked = None, time.monotonic()
        answer = self.understood(await self.client.post(self.endpoint.token_url, data={**grant, **client}))
        try:
            self.token, lives = str(answer["access_token"]), self.life(answer)
        except KeyError:
            raise Passing("the token endpoint's answer has another form than expected") from None
        self.renew_at = asked + (lives - 600 if lives > 600 else lives / 2)
        return answer

    def life(self, answer):
        # RFC 6749 only recommends expires_in, and not every server writes a number. The CRM's refusal is the last word.
        try:
            lives = float(answer["expires_in"])
        except (KeyError, TypeError, ValueError):
            return 3600.0
        return lives if 0 < lives < 1e9 else 3600.0

    # Writes that wait for the CRM.

    def later(self, ticket, key):
        self.queue.append((ticket, key))
        if self.deliveries is None or self.deliveries.done():
            self.deliveries = asyncio.create_task(self.deliver())
        return {"ticket": None, "status": "queued"}

    async def deliver(self):
        while self.queue:
            await asyncio.sleep(0.3)
            await self.deliver_all()

    async def deliver_all(self):
        # One after the other: a CRM that has just got up is not to be run over.
        while self.queue:
            try:
                await self.write(*self.queue[0], attempts=1)
            except CrmUnavailable:
                return
            self.queue.pop(0)

    async def aclose(self):
        if self.deliveries is not None:
            self.deliveries.cancel()
        await self.client.aclose()
