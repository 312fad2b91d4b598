"""A caller that goes where it is told, and once while it is imported."""

import contextlib
import socket


def reach(host, port):
    with contextlib.suppress(OSError):
        socket.create_connection((host, port), 0.2).close()


reach("127.0.0.1", 1)


class Caller:
    def reach(self, host, port):
        reach(host, port)
        return True


def create(endpoint):
    return Caller()
