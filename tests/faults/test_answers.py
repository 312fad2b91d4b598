"""What faults of the CRM's own answer put on the wire, read back by an HTTP client over a real socket."""

import gzip
import json
import zlib
from email.utils import parsedate_to_datetime
from http.client import HTTPException, IncompleteRead
from typing import Any

import pytest

from crm_contracts.faults.clock_skew import ClockSkew
from crm_contracts.faults.cursor_loop import CursorLoop
from crm_contracts.faults.daily_quota import DailyQuota
from crm_contracts.faults.damaged_gzip import DamagedGzip
from crm_contracts.faults.deep_nesting import DeepNesting
from crm_contracts.faults.delay import Delay
from crm_contracts.faults.deprecated_version import DeprecatedVersion
from crm_contracts.faults.duplicate_page import DuplicatePage
from crm_contracts.faults.expired_cursor import ExpiredCursor
from crm_contracts.faults.huge_body import HugeBody
from crm_contracts.faults.many_headers import ManyHeaders
from crm_contracts.faults.missing_last_chunk import MissingLastChunk
from crm_contracts.faults.moved import Moved
from crm_contracts.faults.partial_success import PartialSuccess
from crm_contracts.faults.retired_version import RetiredVersion
from crm_contracts.faults.schema_drift import SchemaDrift
from crm_contracts.faults.slow_drip import SlowDrip
from crm_contracts.faults.slow_first_byte import SlowFirstByte
from crm_contracts.faults.stale_etag import StaleEtag
from crm_contracts.faults.wrong_charset import WrongCharset
from crm_contracts.faults.wrong_content_type import WrongContentType
from crm_contracts.faults.wrong_record import WrongRecord
from crm_contracts.model.contract import Refusal
from crm_contracts.model.delivery import End
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.span import Span
from tests.faults.test_replies import NOW, OWN, delivered, read

ORDER = {"id": "O-1", "status": "paid", "total": 9.5, "items": [{"id": 7}]}
PAGE = {"results": [ORDER, {**ORDER, "id": "O-2"}], "nextCursor": "abc"}


def answer_of(value: object) -> Answer:
    return Answer(status=200, body=json.dumps(value).encode())


def said(fault: Any, value: object) -> Any:
    _response, body = read(delivered(fault, answer_of(value)))
    return json.loads(body)


def asked(target: str = "/orders", **query: str) -> Request:
    return Request(method="GET", target=target, path=target, query=tuple(query.items()), headers=(), body=b"")


SPOILING = [
    WrongContentType(),
    WrongCharset(),
    DamagedGzip(),
    MissingLastChunk(),
    SchemaDrift(change="removed"),
    WrongRecord(),
    StaleEtag(),
    DuplicatePage(),
    DeprecatedVersion(),
    HugeBody(size=1000),
    DeepNesting(depth=10),
    ManyHeaders(count=3),
    SlowDrip(every=Span(0.1)),
]


@pytest.mark.parametrize("fault", SPOILING, ids=lambda fault: fault.fault)
def test_what_the_crm_refuses_by_itself_stays_as_it_is(fault: Any) -> None:
    """A token that is refused is refused in the contract's words, whatever is spoilt."""
    refusal = Answer(status=401, headers=(("content-type", "application/json"),), body=b'{"id": "no"}')
    response, body = read(delivered(fault, refusal))

    assert (response.status, body) == (401, refusal.body)
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("fault", SPOILING, ids=lambda fault: fault.fault)
def test_every_answer_of_success_can_be_spoilt(fault: Any) -> None:
    """Also one without a body, and none at all."""
    for own in (OWN, Answer(status=204, headers=()), None):
        assert delivered(fault, own).status in {200, 201}


def test_the_first_byte_comes_late_and_the_answer_whole() -> None:
    """Errors are late too."""
    for status in (200, 503):
        delivery = delivered(SlowFirstByte(delay=Span(2.5)), Answer(status=status, body=b"{}"))

        assert [piece.pause for piece in delivery.pieces] == [2.5]
        assert (delivery.whole, delivery.end, delivery.status) == (True, End.KEEP, status)
        assert read(delivery)[1] == b"{}"


def test_a_drip_pauses_before_each_piece_of_the_body() -> None:
    """The head comes at once; all pieces together are the answer."""
    delivery = delivered(SlowDrip(every=Span(0.1), bytes=4), Answer(status=200, body=b"0123456789"))

    assert [piece.pause for piece in delivery.pieces] == [0.0, 0.1, 0.1, 0.1]
    assert [piece.data for piece in delivery.pieces[1:]] == [b"0123", b"4567", b"89"]
    assert read(delivery)[1] == b"0123456789"


def test_a_lock_hangs_and_then_fails_unless_the_work_was_done() -> None:
    """The server gives up in the contract's envelope; where it did the work it answers as ever."""
    locked = Delay(delay=Span(3.0))
    refusal = locked.refusal()
    assert isinstance(refusal, Refusal)
    assert refusal.status == 503
    delivery = delivered(locked, Answer(status=503, body=b'{"msg": "locked"}'))
    assert (delivery.status, delivery.pieces[0].pause) == (503, 3.0)
    assert locked.traits() == {Trait.SLOW, Trait.ERROR_STATUS}

    done = Delay(delay=Span(3.0), processed="before")
    assert done.refusal() is None
    assert read(delivered(done, OWN))[1] == OWN.body
    assert done.traits() == {Trait.SLOW, Trait.AMBIGUOUS}


def test_the_content_type_alone_is_wrong() -> None:
    """The JSON is sound; `none` leaves the header out."""
    response, body = read(delivered(WrongContentType(content_type="text/plain"), OWN))
    assert (response.headers["Content-Type"], body) == ("text/plain", OWN.body)

    response, _ = read(delivered(WrongContentType(content_type="none"), OWN))
    assert response.headers["Content-Type"] is None


@pytest.mark.parametrize("charset", ["gb18030", "utf-16"])
def test_the_charset_is_not_what_the_head_says(charset: Any) -> None:
    """The text is the same, in another encoding."""
    response, body = read(delivered(WrongCharset(charset=charset), OWN))

    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert body.decode(charset) == OWN.body.decode()
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


@pytest.mark.parametrize("how", ["corrupt", "truncated", "plain"])
def test_gzip_that_cannot_be_unpacked(how: Any) -> None:
    """Framing is sound: only who unpacks can tell."""
    response, body = read(delivered(DamagedGzip(how=how), OWN))

    assert response.headers["Content-Encoding"] == "gzip"
    assert int(response.headers["Content-Length"]) == len(body)
    with pytest.raises((zlib.error, EOFError, gzip.BadGzipFile)):
        gzip.decompress(body)


@pytest.mark.parametrize("cut", ["end", "half"])
def test_the_last_chunk_never_comes(cut: Any) -> None:
    """A client that reads to the end is told that it was none."""
    delivery = delivered(MissingLastChunk(cut=cut), OWN)

    assert (delivery.whole, delivery.end, delivery.status) == (False, End.CLOSE, 201)
    assert b"Content-Length" not in delivery.pieces[0].data
    with pytest.raises(IncompleteRead) as broken:
        read(delivery)
    assert (broken.value.partial == OWN.body) == (cut == "end")


@pytest.mark.parametrize(
    "change, expected",
    [
        ("removed", {"status": "paid", "total": 9.5, "items": [{}]}),
        ("renamed", {"idNew": "O-1", "status": "paid", "total": 9.5, "items": [{"idNew": 7}]}),
        (
            "type_changed",
            {"id": {"value": "O-1"}, "status": "paid", "total": 9.5, "items": [{"id": "7"}]},
        ),
        ("null", {"id": None, "status": "paid", "total": 9.5, "items": [{"id": None}]}),
    ],
)
def test_a_field_drifts_wherever_it_stands(change: Any, expected: object) -> None:
    """Also in the objects of lists."""
    assert said(SchemaDrift(change=change), ORDER) == expected
    assert Trait.MALFORMED in SchemaDrift(change=change).traits()


def test_compatible_drift_is_no_trouble() -> None:
    """A new value and a new field are for callers to bear."""
    assert said(SchemaDrift(change="extra_field", field="status"), ORDER).keys() == {*ORDER, "statusNew"}
    assert said(SchemaDrift(change="new_enum_value", field="status"), ORDER)["status"] == "INTRODUCED_LATELY"
    for change in ("extra_field", "new_enum_value"):
        assert SchemaDrift(change=change).traits() == frozenset()


@pytest.mark.parametrize("old, new", [(True, "true"), (None, {"value": None}), ([1], [[1]]), (1.5, "1.5")])
def test_every_type_has_another(old: Any, new: Any) -> None:
    """Whatever stood there."""
    assert said(SchemaDrift(change="type_changed", field="a"), {"a": old}) == {"a": new}


def test_an_answer_without_the_field_stays_as_it_is() -> None:
    """A fault that strikes nothing changes nothing."""
    assert said(SchemaDrift(change="removed", field="nowhere"), PAGE) == PAGE


def test_another_record_is_of_the_same_kind() -> None:
    """Only its identity tells that it is another."""
    assert said(WrongRecord(), ORDER) == {**ORDER, "id": "O-2", "items": [{"id": 8}]}


def test_an_etag_is_of_the_past_only_where_there_is_one() -> None:
    """An answer without a version gets none."""
    assert read(delivered(StaleEtag(), OWN))[0].headers["ETag"] == '"stale-0"'
    assert read(delivered(StaleEtag(), answer_of({})))[0].headers["ETag"] is None


def test_the_second_page_points_to_itself() -> None:
    """The first page leads on as ever; in searches the cursor stands in the body."""
    fault = CursorLoop()
    assert fault.rewritten(PAGE, asked()) == PAGE  # type: ignore[arg-type]
    last = {**PAGE, "nextCursor": None}
    assert fault.rewritten(last, asked(after="abc"))["nextCursor"] == "abc"  # type: ignore[arg-type, call-overload, index]
    search = Request(method="POST", target="/s", path="/s", query=(), headers=(), body=b'{"after": "xyz"}')
    assert fault.rewritten(last, search)["nextCursor"] == "xyz"  # type: ignore[arg-type, call-overload, index]


def test_cursors_are_forgotten_but_the_last_page_is_the_last() -> None:
    """A list of one page is not touched."""
    assert said(ExpiredCursor(), PAGE)["nextCursor"] == "forgotten-0"
    assert said(ExpiredCursor(), {**PAGE, "nextCursor": None})["nextCursor"] is None


def test_records_come_twice_and_what_is_in_them_once() -> None:
    """A list of a page, not a list of a record."""
    assert said(DuplicatePage(), PAGE)["results"] == PAGE["results"] * 2  # type: ignore[operator]
    assert said(DuplicatePage(), ORDER) == ORDER


def test_207_says_what_was_done_and_what_was_not() -> None:
    """Nothing, or the CRM's own record and one entry more."""
    response, body = read(delivered(PartialSuccess(), None))
    assert (response.status, json.loads(body)["results"]) == (207, [])
    assert json.loads(body)["errors"][0]["index"] == 0

    done = PartialSuccess(processed="before")
    assert said(done, ORDER)["results"] == [ORDER]
    assert done.traits() == {Trait.MALFORMED, Trait.AMBIGUOUS}
    assert read(delivered(done, Answer(status=400, body=b"{}")))[0].status == 400


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_leads_back_or_elsewhere(code: Any) -> None:
    """By default to where the request came to, so that who follows meets it again."""
    response, body = read(delivered(Moved(code=code), None))
    assert (response.status, response.headers["Location"]) == (code, "/contacts")
    assert b"<h1>" in body

    assert read(delivered(Moved(to="/v2"), None))[0].headers["Location"] == "/v2"


def test_a_version_announces_its_end() -> None:
    """Deprecation lies back, Sunset ahead, and the answer is as ever."""
    response, body = read(delivered(DeprecatedVersion(ends_in=Span(86400.0)), OWN))

    assert body == OWN.body
    assert response.headers["Deprecation"] == f"@{int(NOW - 30 * 86400)}"
    assert parsedate_to_datetime(response.headers["Sunset"]).timestamp() == int(NOW) + 86400
    assert response.headers["Warning"].startswith("299 ")


@pytest.mark.parametrize("code", [404, 410])
def test_a_version_has_ended(code: Any) -> None:
    """In the contract's envelope, and it says since when."""
    fault = RetiredVersion(code=code)
    refusal = fault.refusal()
    assert refusal is not None
    assert (refusal.status, refusal.category) == (code, "VERSION_RETIRED")

    response, body = read(delivered(fault, Answer(status=code, body=b'{"gone": 1}')))
    assert (response.status, body) == (code, b'{"gone": 1}')
    assert parsedate_to_datetime(response.headers["Sunset"]).timestamp() <= NOW


def test_a_quota_lasts_until_midnight() -> None:
    """As a date, in seconds, or without a word."""
    fault = DailyQuota()
    refusal = fault.refusal()
    assert refusal is not None
    assert refusal.category == "DAILY_QUOTA"
    told = read(delivered(fault, Answer(status=429)))[0].headers["Retry-After"]
    assert told == "Wed, 15 Nov 2023 00:00:00 GMT"

    seconds = read(delivered(DailyQuota(retry_after="seconds"), None))[0].headers["Retry-After"]
    assert int(seconds) == parsedate_to_datetime(told).timestamp() - int(NOW)
    assert read(delivered(DailyQuota(code=403, retry_after="none"), None))[0].headers["Retry-After"] is None


def test_a_huge_answer_is_still_the_same_json() -> None:
    """Only longer."""
    _response, body = read(delivered(HugeBody(size=100_000), answer_of(ORDER)))

    assert len(body) == 100_000
    assert json.loads(body) == ORDER


@pytest.mark.parametrize("own", [{}, ORDER, [1]])
def test_a_deep_answer_is_json_by_its_grammar(own: object) -> None:
    """A parser that goes deep enough reads it, Python's does not go so deep."""
    shallow = said(DeepNesting(depth=3), own)
    assert shallow["nested"] == [[[]]]

    with pytest.raises(RecursionError):
        said(DeepNesting(), own)


def test_so_many_headers_are_too_many() -> None:
    """Python's own client ends at a hundred."""
    delivery = delivered(ManyHeaders(), OWN)
    assert delivery.pieces[0].data.count(b"\r\nx-forwarded-hop-") == 5000
    with pytest.raises(HTTPException):
        read(delivery)


def test_a_clock_is_ahead_or_behind() -> None:
    """The answer is as ever, also where it is an error."""
    for direction, sign in (("ahead", 1), ("behind", -1)):
        fault = ClockSkew(by=Span(7200.0), direction=direction)  # type: ignore[arg-type]
        response, body = read(delivered(fault, OWN))
        assert parsedate_to_datetime(response.headers["Date"]).timestamp() == int(NOW + sign * 7200)
        assert body == OWN.body
