"""Looks names up in every way that Python has, as object and as a command."""

import asyncio
import json
import socket
import sys
from socket import getaddrinfo


class Looking:
    def look(self, way, host):
        try:
            return WAYS[way](host)
        except socket.gaierror as error:
            return f"gaierror {error.errno == socket.EAI_NONAME}"

    def crash(self, host):
        try:
            socket.create_connection((host, 1))
        except OSError as error:
            raise error from ValueError(host)


def _in_a_loop(host):
    async def found():
        return await asyncio.get_running_loop().getaddrinfo(host, 80)

    return asyncio.run(found())[0][4][0]


def _connection(host):
    try:
        socket.create_connection((host, 1), timeout=5)
    except ConnectionRefusedError:
        return "127.0.0.1"


WAYS = {
    "kept": lambda host: getaddrinfo(host, 80)[0][4][0],
    "named": lambda host: socket.getaddrinfo(host=host, port=80)[0][4][0],
    "bytes": lambda host: socket.getaddrinfo(host.encode(), 80)[0][4][0],
    "simple": socket.gethostbyname,
    "loop": _in_a_loop,
    "connection": _connection,
}


def create():
    return Looking()


if __name__ == "__main__":
    print(json.dumps(Looking().look("kept", json.loads(sys.argv[1])["host"])))
