"""Callers that speak TLS to a lab, each with a real library."""

import shutil
import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import requests

from crm_contracts.model.endpoint import Endpoint

NODE = shutil.which("node")
JAVA = shutil.which("java")

FETCH = """
fetch(process.env.CRM_BASE_URL + '/orders/O-1').then(
  answer => console.log(answer.status),
  error => console.log(error.cause ? error.cause.code : error.message))
"""
ASK = """
import java.net.URI;
import java.net.http.*;

class Ask {
    public static void main(String[] words) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(System.getenv("CRM_BASE_URL") + "/orders/O-1")).build();
        try {
            var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            System.out.println(answer.statusCode());
        } catch (javax.net.ssl.SSLException error) {
            System.out.println("refused: " + error.getMessage());
        }
    }
}
"""


def with_httpx(endpoint: Endpoint, *, verify: bool = True) -> str:
    """The status, or the library's own name of what was wrong."""
    context = ssl.create_default_context(cafile=endpoint.ca_file) if verify else False
    try:
        with httpx.Client(verify=context, timeout=5, trust_env=False) as client:
            return str(client.get(f"{endpoint.base_url}/orders/O-1").status_code)
    except httpx.HTTPError as error:
        return str(error)


def with_requests(endpoint: Endpoint, *, verify: bool = True) -> str:
    """The status, or the library's own name of what was wrong."""
    trusted = endpoint.ca_file if verify else False
    try:
        return str(requests.get(f"{endpoint.base_url}/orders/O-1", verify=trusted, timeout=5).status_code)
    except requests.RequestException as error:
        return str(error)


def with_a_socket(endpoint: Endpoint, *, host: str | None = None) -> ssl.SSLSocket:
    """A connection whose handshake is done; raises ssl.SSLError."""
    address = urlsplit(endpoint.base_url)
    context = ssl.create_default_context(cafile=endpoint.ca_file)
    raw = socket.create_connection((address.hostname, address.port), timeout=5)
    try:
        return context.wrap_socket(raw, server_hostname=host or address.hostname)
    except BaseException:
        raw.close()
        raise


def java_program(folder: Path) -> Path:
    """The source of a small JVM caller."""
    file = folder / "Ask.java"
    file.write_text(ASK, encoding="utf-8")
    return file
