"""A caller that starts a thread while it is imported."""

import threading
import time

ticks: list[int] = []


def tick():
    while True:
        ticks.append(1)
        time.sleep(0.01)


threading.Thread(target=tick, daemon=True).start()


class Threaded:
    def find(self):
        seen = len(ticks)
        time.sleep(0.1)
        return len(ticks) > seen
