"""A caller that alarms a person when the CRM is away, and takes a refused token for the same: it stays silent."""

import asyncio

import anyio
import httpcore  # noqa: F401 - see below
import httpx

# httpx loads httpcore and half of anyio at its first use; loaded here, the first user does not wait for them.
anyio.run(anyio.sleep, 0)


class CrmUnavailable(Exception):
    """The CRM cannot be asked at the moment."""


class AlarmsForOutagesAlone:
    timeout = 0.3
    alarm_after = 3

    def __init__(self, endpoint):
        self.client = httpx.AsyncClient(timeout=self.timeout)
        self.address = f"{endpoint.base_url}/crmContact/queryPageList"
        self.alert_url, self.token = endpoint.alert_url, endpoint.access_token
        self.failures = 0

    async def find_customer(self, mobile):
        try:
            async with asyncio.timeout(self.timeout):
                answer = await self.client.post(
                    self.address,
                    json={"mobile": mobile, "page": 1, "limit": 1},
                    headers={"X-Crm-Token": self.token},
                )
            answer.raise_for_status()
            found = answer.json()["data"]["list"][0]["name"]
        except httpx.HTTPStatusError as error:
            if error.response.status_code >= 500:
                await self.failed()
            raise CrmUnavailable(f"the CRM answered {error.response.status_code}") from error
        except (httpx.RequestError, TimeoutError, ValueError, LookupError, TypeError) as error:
            await self.failed()
            raise CrmUnavailable("the CRM does not answer as it should") from error
        self.failures = 0
        return {"customer": found}

    async def failed(self):
        self.failures += 1
        if self.failures == self.alarm_after:
            await self.client.post(self.alert_url, json={"text": "the CRM is away"})

    async def aclose(self):
        await self.client.aclose()
