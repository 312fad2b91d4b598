"""Exceptions as they cross from the caller's process."""

import json

import httpx
import requests

from crm_contracts.consumers.child.failure import as_message


def raised(error, home="shop"):
    try:
        raise error
    except type(error) as caught:
        return as_message(caught, home)


def test_bases_are_told_by_their_qualified_names():
    """An exception of a library is told with all that it is."""
    told = raised(httpx.ConnectTimeout("late"))
    assert told["type"] == "httpx.ConnectTimeout"
    assert "httpx.HTTPError" in told["bases"]
    assert (told["distribution"], told["own"]) == ("httpx", False)


def test_an_exception_is_the_callers_own_by_package_distribution_or_place():
    """The standard library and other people's packages are not the caller's."""

    class HereError(Exception):
        pass

    assert raised(HereError())["own"]
    assert raised(requests.ConnectionError(), home="requests.api")["own"]
    assert not raised(requests.ConnectionError())["own"]
    assert not raised(json.JSONDecodeError("m", "d", 0))["own"]
    assert not raised(ValueError())["own"]


def test_an_exception_without_words_is_told_all_the_same():
    """Whatever its `__str__` does."""

    class MuteError(Exception):
        def __str__(self):
            raise RuntimeError

    assert "MuteError" in raised(MuteError())["message"]
