"""A caller that goes on using the refresh token that it got first, and logs in again when that is refused."""

from examples.gallery.sound import Caller, CrmRefused


class KeepsItsFirstRefreshToken(Caller):
    refresh_token = None

    async def new_token(self):
        if self.refresh_token is not None:
            try:
                await self.granted({"grant_type": "refresh_token", "refresh_token": self.refresh_token})
            except CrmRefused:
                self.refresh_token = None
            else:
                return self.token
        user = {"username": self.endpoint.username, "password": self.endpoint.password}
        self.refresh_token = (await self.granted({"grant_type": "password", **user}))["refresh_token"]
        return self.token
