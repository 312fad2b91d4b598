"""What a request has otherwise than a good one, the telling differences first."""

from crm_contracts.diagnosis import differences, given, read
from crm_contracts.diagnosis.secrecy import hide
from crm_contracts.lab.secrets import Secrets

GOOD = b"POST /a HTTP/1.1\r\nHost: crm\r\nContent-Type: application/json\r\nX-Token: aaaaaaaa1\r\nContent-Length: %d\r\n\r\n%s"


def compared(bad: bytes, good: bytes):
    ours, theirs, secrets = read(given(bad)), read(given(good)), Secrets()
    hide(secrets, ours)
    hide(secrets, theirs)
    return {one.place: one for one in differences(ours, theirs, secrets)}


def of(body: bytes) -> bytes:
    return GOOD % (len(body), body)


def test_the_same_is_the_same():
    """Byte for byte."""
    assert compared(of(b"{}"), of(b"{}")) == {}


def test_the_first_byte_that_differs():
    """Both sides of it, with a caret; the length that follows from it is no difference of its own."""
    found = compared(of(b'{"a": 1, }'), of(b'{"a": 1}'))
    here, caret, good, below = found["body"].aside
    assert here[caret.index("^")] == ","
    assert good[below.index("^")] == "}"
    assert found["header content-length"].usual


def test_values_encoding_and_line_ends():
    """What differs as values, and what differs as bytes alone."""
    found = compared(of(b'{"a": 1, "b": "x"}'), of(b'{"a": "1", "c": true}'))
    told = {place: (one.here, one.good) for place, one in found.items() if place.startswith("body /")}
    assert told == {
        "body /a": ("1", '"1"'),
        "body /b": ('"x"', "(not there)"),
        "body /c": ("(not there)", "true"),
    }
    assert compared(of(b'{"a":1}'), of(b'{"a": 1}'))["values of the body"].usual
    found = compared(of("打印机".encode("gbk")), of("打印机\n".encode()))
    assert (found["encoding"].here, found["encoding"].good) == ("GBK", "UTF-8")
    assert (found["line ends"].here, found["line ends"].good) == ("none", "LF")


def test_credentials_differ_by_name():
    """Whether it is the same token is seen, the token is not."""
    other = of(b"{}").replace(b"aaaaaaaa1", b"bbbbbbbb2")
    assert compared(other, of(b"{}"))["header x-token"].here == "token#1"
    assert compared(other, of(b"{}"))["header x-token"].good == "token#2"


def test_what_differs_between_any_two_clients_comes_last():
    """A missing Content-Type before another User-Agent."""
    bad = of(b"{}").replace(b"Content-Type: application/json", b"User-Agent: vac/1")
    places = list(compared(bad, of(b"{}")))
    assert places == ["header content-type", "header user-agent"]
