"""Watching for the alerts that a consumer promises: at the webhook, in what it prints, or in a metric of its service."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crm_contracts.checks.alerts import AlertsCheck
from crm_contracts.consumers.client import NoReplyError, ask
from crm_contracts.model.journal import Alert
from crm_contracts.model.language import _
from crm_contracts.model.outage import outage
from crm_contracts.run.drive import Drive

LOOK = 0.1
"""Seconds between two looks."""
PATIENCE = 2.0
"""Seconds for one answer of the metric."""
LONGEST = 500
"""Characters kept of a line or of the metric's name."""


@dataclass(slots=True)
class Alerting:
    """Looks for alerts while a run goes on; what the webhook gets is seen by the lab itself."""

    drive: Drive
    seen: list[Alert] = field(default_factory=list)
    unseen: str = ""
    _known: float | None = None

    @asynccontextmanager
    async def on(self) -> AsyncIterator[None]:
        """Look as long as the block runs; `look` is the first one, once the caller was started."""
        if self._way is None:
            yield
            return
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    async def look(self) -> None:
        """Take note of what is there: it counts for nothing before, and for an alert afterwards."""
        promise = self.drive.run.consumer.promises.alerts
        if self._way is not None and promise is not None:
            await self._way(promise.pattern)

    async def told(self) -> None:
        """Keep the caller running until an alert that is due was seen, or its time is over."""
        run = self.drive.run
        found = outage(self.drive.capture.in_order(), run.consumer.promises)
        if found is None or AlertsCheck().applies(run) is not None:
            return
        with self.drive.watch.excused():
            while time.monotonic() < found.by + LOOK and not self._seen_since(found.since):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(LOOK)

    def _seen_since(self, moment: float) -> bool:
        return any(alert.at >= moment for alert in (*self.seen, *self.drive.lab.alerts()))

    @property
    def _way(self) -> Callable[[str], Awaitable[None]] | None:
        promise = self.drive.run.consumer.promises.alerts
        return {"log": self._log, "metric": self._metric}.get(promise.seen_in) if promise else None

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            await self.look()

    async def _log(self, pattern: str) -> None:
        """Lines of the output that match and were not there before."""
        lines = [line for line in self.drive.driver.output.splitlines() if re.search(pattern, line)]
        now, known = time.monotonic(), int(self._known or 0)
        for line in lines[known:]:
            text = self.drive.capture.secrets.redact_text(line)[:LONGEST]
            self.seen.append(Alert(at=now, text=text))
        self._known = max(known, len(lines))

    async def _metric(self, url: str) -> None:
        """A number that is greater than before."""
        value = await self._number(url)
        if value is None:
            return
        if self._known is not None and value > self._known:
            self.seen.append(Alert(at=time.monotonic(), text=f"{url[:LONGEST]} = {value:g}"))
        self._known = value

    async def _number(self, url: str) -> float | None:
        parts = urlsplit(url)
        base = (
            f"{parts.scheme}://{parts.netloc}"
            if parts.netloc
            else str(getattr(self.drive.driver, "base", ""))
        )
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if not base:
            return self._not_read(_("the metric {url} has no address: no service was started"), url)
        try:
            reply = await asyncio.wait_for(ask(base, "GET", path or "/"), PATIENCE)
        except (OSError, NoReplyError, TimeoutError, ValueError):
            return self._not_read(_("the metric {url} did not answer"), url)
        value = number_of(reply.body.decode("utf-8", "replace"), parts.fragment)
        if reply.status >= 400 or value is None:
            # A counter that nobody has counted up yet is left out by many libraries.
            absent = 0.0 if parts.fragment and reply.status < 400 else None
            return self._not_read(_("the metric {url} has no number"), url, absent)
        self.unseen = ""
        return value

    def _not_read(self, sentence: str, url: str, value: float | None = None) -> float | None:
        self.unseen = sentence.format(url=url[:LONGEST])
        return value


def number_of(text: str, name: str = "") -> float | None:
    """The number that a text is, or the sum of the samples of a name in Prometheus' text format.

    >>> number_of("3"), number_of('alerts_total{to="ops"} 2', "alerts_total"), number_of("no")
    (3.0, 2.0, None)
    """
    if not name:
        return _float(text)
    lines = (line.strip() for line in text.splitlines() if not line.startswith("#"))
    samples = [line for line in lines if re.split(r"[{\s]", line, maxsplit=1)[0] == name]
    found = [_float(re.sub(r"^[^\s{]+(\{.*\})?\s+", "", line).split(" ")[0]) for line in samples]
    values = [value for value in found if value is not None]
    return sum(values) if values else None


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
