"""A caller that goes where it is told, and once while it is imported."""

import socket


def reach(host, port):
    try:
        socket.create_connection((host, port), 0.2).close()
    except OSError:
        pass


reach("127.0.0.1", 1)


class Caller:
    def reach(self, host, port):
        reach(host, port)
        return True


def create(endpoint):
    return Caller()
