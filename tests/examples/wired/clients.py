"""Callers with the CRM's address wired in, one method for each HTTP client of Python; none of them is told of the lab."""

import http.client
import json
import socket
import urllib.request

import aiohttp
import httpx
import requests
import urllib3

HOST = "api.hubapi.com"
PATH = "/crm/v3/objects/contacts/101"


class Clients:
    def __init__(self, endpoint):
        self.headers = {"Authorization": f"Bearer {endpoint.access_token}"}

    def with_requests(self, host=HOST):
        return requests.get(f"https://{host}{PATH}", headers=self.headers, timeout=5).json()["id"]

    def with_urllib3(self):
        return urllib3.request("GET", f"https://{HOST}{PATH}", headers=self.headers).json()["id"]

    def with_urllib(self):
        request = urllib.request.Request(f"https://{HOST}{PATH}", headers=self.headers)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)["id"]

    def with_http_client(self):
        connection = http.client.HTTPSConnection(HOST, timeout=5)
        connection.request("GET", PATH, headers=self.headers)
        return json.load(connection.getresponse())["id"]

    def with_httpx(self):
        return httpx.get(f"https://{HOST}{PATH}", headers=self.headers).json()["id"]

    async def with_httpx_async(self):
        async with httpx.AsyncClient() as client:
            return (await client.get(f"https://{HOST}{PATH}", headers=self.headers)).json()["id"]

    async def with_aiohttp(self):
        url = f"https://{HOST}{PATH}"
        async with aiohttp.ClientSession(headers=self.headers) as client, client.get(url) as answer:
            return (await answer.json())["id"]

    def elsewhere(self):
        return self.with_requests("api.elsewhere.example")

    def by_number(self):
        # An address of RFC 5737: nobody is there.
        with socket.create_connection(("192.0.2.1", 443), timeout=5):
            return "connected"
