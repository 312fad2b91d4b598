"""A caller that serves two customers, and keeps what it shows under the number of the order alone."""

from examples.gallery.sound import Caller, CrmUnavailable


class MixesTenants:
    def __init__(self, endpoint):
        self.callers = {tenant.name: self.caller_of(endpoint, tenant) for tenant in endpoint.tenants}
        self.kept = {}

    def caller_of(self, endpoint, tenant):
        caller = Caller(endpoint)
        caller.endpoint = Account(endpoint.token_url, tenant.client_id, tenant.client_secret)
        return caller

    async def north_order(self, tenant, order_id):
        return await self.order(tenant, order_id)

    async def south_order(self, tenant, order_id):
        return await self.order(tenant, order_id)

    async def order(self, tenant, order_id):
        try:
            order = await self.callers[tenant].ask("GET", f"/orders/{order_id}")
        except CrmUnavailable:
            if self.key(tenant, order_id) not in self.kept:
                raise
            return {**self.kept[self.key(tenant, order_id)], "notice": "limited"}
        if order.get("id") != order_id or not isinstance(order.get("status"), str):
            raise CrmUnavailable("the CRM's order has another form than expected")
        page = {"order": order_id, "status": order["status"], "total": order.get("total")}
        self.kept[self.key(tenant, order_id)] = page
        return page

    def key(self, tenant, order_id):
        return order_id

    async def aclose(self):
        for caller in self.callers.values():
            await caller.aclose()


class Account:
    """Where a customer's tokens come from."""

    def __init__(self, token_url, client_id, client_secret):
        self.token_url = token_url
        self.client_id = client_id
        self.client_secret = client_secret


class KeepsTenantsApart(MixesTenants):
    """The same without the defect."""

    def key(self, tenant, order_id):
        return tenant, order_id
