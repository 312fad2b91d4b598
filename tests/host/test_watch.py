"""What somebody who watches an opened run is told."""

import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crm_contracts.host import LabClient
from crm_contracts.lab import LabSettings, Mark, News
from tests.host.stage import small_run


@pytest.fixture
def lab() -> Iterator[LabClient]:
    client = LabClient(LabSettings(engine="embedded"))
    yield client
    client.close()


def get(url: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.HTTPError):
        opener.open(url, timeout=10)


def watched(lab: LabClient, opened: int, mark: Mark) -> News:
    """The next news that is some: a connection ends a moment after its last byte."""
    for _look in range(200):
        news = lab.watch(opened, mark)
        if news.exchanges or news.connections or news.alerts:
            return news
        mark = news.mark
    raise AssertionError(mark)


def test_each_thing_is_told_once(lab: LabClient, tmp_path: Path) -> None:
    """Exchanges, alerts, and connections that brought no request, each after the mark of the last look."""
    opened, endpoint = lab.open(small_run(tmp_path))
    assert lab.watch(opened, Mark()).exchanges == ()
    get(f"{endpoint.base_url}/orders/1")
    news = watched(lab, opened, Mark())
    assert [seen.status for seen in news.exchanges] == [401]
    get(f"{endpoint.base_url}/orders/2")
    more = watched(lab, opened, news.mark)
    assert [seen.target.rpartition("/")[2] for seen in more.exchanges] == ["2"]
    assert len(lab.observe(opened).exchanges) == 2

    address = urlsplit(endpoint.base_url)
    socket.create_connection((str(address.hostname), address.port or 0)).close()
    bare = watched(lab, opened, more.mark)
    assert (len(bare.connections), bare.exchanges) == (1, ())

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(endpoint.alert_url, b"the CRM is away", timeout=10).close()
    alert = watched(lab, opened, bare.mark)
    assert [one.text for one in alert.alerts] == ["the CRM is away"]
    assert lab.watch(opened, alert.mark).alerts == ()
    lab.close_opened(opened)
