"""Dated versions: the older one says when it ends, and then it does."""

from datetime import UTC, datetime

from crm_contracts.model.contract import Version
from tests.lab.simulator.crm import Crm, changed

OLD = "/crm/2025-09"
SUNSET = datetime(2028, 9, 30, tzinfo=UTC).timestamp()


def test_the_older_version_says_when_it_ends() -> None:
    """Deprecation, Sunset and Warning are on its answers, errors included, and on nobody else's."""
    crm = Crm()
    for path in ("/orders/O-1001", "/orders/O-9999"):
        reply = crm.get(path, base=OLD)
        assert reply.header("deprecation") == "@1774915200"
        assert reply.header("sunset") == "Sat, 30 Sep 2028 00:00:00 GMT"
        assert (
            reply.header("warning")
            == '299 - "Version 2025-09 is deprecated and ends on 2028-09-30. Use 2026-03."'
        )
        assert crm.get(path).header("deprecation") is None


def test_both_versions_show_the_same_records() -> None:
    """What is written through one version is read through the other."""
    crm = Crm()
    key = crm.post("/tickets", {"subject": "x"}, base=OLD).json["id"]
    assert crm.get(f"/tickets/{key}").json["subject"] == "x"


def test_before_it_is_deprecated_it_says_nothing() -> None:
    """The headers begin with the day of deprecation."""
    crm = Crm()
    crm.wall = datetime(2026, 3, 30, tzinfo=UTC).timestamp()
    assert crm.get("/orders/O-1001", base=OLD).header("deprecation") is None


def test_after_its_sunset_it_is_gone() -> None:
    """410 with the way to the current version, which lives on; nothing is written."""
    crm = Crm()
    crm.wall = SUNSET - 1
    assert crm.get("/orders/O-1001", base=OLD).status == 200
    crm.wall = SUNSET
    reply = crm.get("/orders/O-1001", base=OLD)
    assert (reply.status, reply.json["category"]) == (410, "VERSION_RETIRED")
    assert reply.json["message"] == "This version of the API has ended. Use 2026-03."
    assert reply.header("sunset") is not None
    assert crm.post("/tickets", {"subject": "x"}, base=OLD).status == 410
    assert crm.written == []
    assert crm.get("/orders/O-1001").status == 200


def test_a_version_without_words_gets_the_standard_ones() -> None:
    """Headers and answer have defaults; a version that never ends has no sunset in them."""
    versions = (
        Version(name="v2", base_path="/crm/2026-03"),
        Version(name="v1", base_path=OLD, deprecated="2026-01-01"),
        Version(name="v0", base_path="/crm/v0", deprecated="2025-01-01", sunset="2026-01-01T06:00:00+00:00"),
    )
    crm = Crm(changed(versions=versions), documented=False)
    reply = crm.get("/orders/O-1001", base=OLD)
    assert (reply.header("deprecation"), reply.header("sunset"), reply.header("warning")) == (
        "@1767225600",
        None,
        None,
    )
    gone = crm.get("/orders/O-1001", base="/crm/v0")
    assert (gone.status, gone.header("sunset")) == (410, "Thu, 01 Jan 2026 06:00:00 GMT")
    assert "Use v2." in gone.json["message"]
