"""The lab's own certificate authority, and every certificate that it shows: good ones, and ones that must be refused.

trustme is imported on first use: it brings `cryptography`, which nobody needs for plain HTTP.
"""

import datetime as dt
import importlib
import ssl
from pathlib import Path
from typing import Any

from crm_contracts.lab.settings import LabError
from crm_contracts.model.language import _

NAME = "crm.test"
"""The host name under which the lab is found where a name is needed; RFC 6761 keeps `.test` from ever meaning somebody."""
PASSWORD = "changeit"
"""The password of the JVM's trust store: the JDK's customary one. It protects nothing, but no store is read without."""

_ELSEWHERE = "another-host.test"
_DAY = dt.timedelta(days=1)
_EVERYWHERE = ("127.0.0.1", "::1", "localhost", NAME)


class Authority:
    """Issues the certificates of one lab; only its public part is written down, in a folder of its own.

    Raises LabError, with the command that mends it, where the extra `tls` is not installed.
    """

    def __init__(self, folder: Path) -> None:
        self._trustme = _trustme()
        self._folder = folder
        self._ca = self._trustme.CA(organization_name="crm-contracts")
        self._contexts: dict[tuple[str, str, tuple[str, ...]], ssl.SSLContext] = {}
        self.ca_file = folder / "ca.pem"
        self.truststore = folder / "ca.p12"
        self._ca.cert_pem.write_to_path(str(self.ca_file))
        self.truststore.write_bytes(_java(self._ca.cert_pem.bytes()))

    def context(self, problem: str = "", host: str = NAME, names: tuple[str, ...] = ()) -> ssl.SSLContext:
        """What a server at this host, and by these names, speaks TLS by.

        With a `problem` it shows a certificate that must be refused.
        """
        key = (problem, host, names)
        if key not in self._contexts:
            self._contexts[key] = self._made(problem, (host, *names))
        return self._contexts[key]

    def _made(self, problem: str, hosts: tuple[str, ...]) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # A session that is resumed shows no certificate, so no caller could refuse it.
        context.options |= ssl.OP_NO_TICKET
        context.num_tickets = 0
        issued = self._issued(problem, tuple(dict.fromkeys((*hosts, *_EVERYWHERE))))
        with issued.private_key_and_cert_chain_pem.tempfile(dir=str(self._folder)) as file:
            context.load_cert_chain(file)
        return context

    def _issued(self, problem: str, hosts: tuple[str, ...]) -> Any:
        now = dt.datetime.now(dt.UTC)
        match problem:
            case "expired":
                return self._ca.issue_cert(*hosts, not_before=now - 90 * _DAY, not_after=now - _DAY)
            case "not_yet_valid":
                return self._ca.issue_cert(*hosts, not_before=now + _DAY, not_after=now + 90 * _DAY)
            case "wrong_host":
                return self._ca.issue_cert(_ELSEWHERE)
            case "unknown_issuer":
                return self._trustme.CA(organization_name="nobody").issue_cert(*hosts)
            case _:
                return self._ca.issue_cert(*hosts)


def _trustme() -> Any:
    try:
        return importlib.import_module("trustme")
    except ImportError:
        sentence = _("HTTPS needs certificates of our own. Install what makes them: {command}")
        raise LabError(sentence.format(command="pip install 'pytest-crm-contracts[tls]'")) from None


def _java(certificate: bytes) -> bytes:
    """The authority as the JVM takes it."""
    x509 = importlib.import_module("cryptography.x509")
    pkcs12 = importlib.import_module("cryptography.hazmat.primitives.serialization.pkcs12")
    serialization = importlib.import_module("cryptography.hazmat.primitives.serialization")
    trusted = pkcs12.PKCS12Certificate(x509.load_pem_x509_certificate(certificate), b"crm-contracts")
    hidden = serialization.BestAvailableEncryption(PASSWORD.encode())
    stored: bytes = pkcs12.serialize_java_truststore([trusted], hidden)
    return stored
