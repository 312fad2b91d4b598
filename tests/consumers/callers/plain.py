"""A caller with synchronous methods that shows one behaviour each."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timezone

BARRIERS: dict = {}


class CrmUnavailable(Exception):  # noqa: N818 - a name that teams choose
    """The caller's own way to say no."""


class Plain:
    def __init__(self, endpoint):
        self.endpoint, self.calls = endpoint, 0

    def find(self, order_id):
        self.calls += 1
        return {"id": order_id, "calls": self.calls, "pid": os.getpid(), "group": os.getpgrp()}

    def told(self):
        endpoint = self.endpoint
        return [endpoint.base_url, endpoint.client_id, endpoint.tenants[1].client_secret, repr(endpoint)]

    def variable(self, which):
        return os.environ.get(which)

    def opaque(self):
        return object()

    def pages(self):
        yield {"page": 1}
        yield {"page": 2}

    def refuse(self):
        raise CrmUnavailable("not now")

    def stumble(self):
        found = {"no": "orders"}
        return found["order"]

    def leave(self):
        sys.exit(3)

    def vanish(self):
        print("last words")
        os._exit(4)

    def crash(self):
        import ctypes

        ctypes.string_at(0)

    def hang(self):
        wait_for_the_crm()

    def stop_the_world(self):
        """A foreign function that never gives the interpreter back: it waits for a lock that it has."""
        import ctypes

        lock, library = ctypes.create_string_buffer(64), ctypes.PyDLL(None)
        library.pthread_mutex_lock(lock)
        library.pthread_mutex_lock(lock)

    def meet(self, others):
        """Returns once so many calls are here at once."""
        BARRIERS.setdefault(others, threading.Barrier(others)).wait(timeout=15)
        return threading.current_thread() is threading.main_thread()

    def nap(self, seconds):
        time.sleep(seconds)
        return threading.current_thread() is threading.main_thread()

    def chatter(self):
        print("printed to stdout")
        print("x" * 300_000)
        print("printed to stderr", file=sys.stderr)
        return "quiet"

    def limited(self, seconds):
        """A timeout by signal, which works on the main thread only."""

        def give_up(*_):
            raise TimeoutError("gave up")

        signal.signal(signal.SIGALRM, give_up)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        time.sleep(5)

    def bear(self):
        return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"]).pid

    def clocks(self):
        now = datetime.now(timezone.utc).timestamp()  # noqa: UP017 - Python 3.8 reads this file
        return {
            "time": time.time(),
            "monotonic": time.monotonic(),
            "datetime": now,
            "day": time.gmtime().tm_yday,
        }

    def close(self):
        print("tidied up")


def wait_for_the_crm():
    time.sleep(1000)


def create(endpoint):
    return Plain(endpoint)


def create_without_endpoint():
    return Plain(None)


def create_badly(endpoint):
    raise ValueError("no base URL")


def create_slowly_dying(endpoint):
    os._exit(7)
