"""The caller in the process of the tests, for debuggers."""

import os
import sys

import pytest

from crm_contracts.consumers import ConsumerFailed
from crm_contracts.consumers.in_process import InProcess
from crm_contracts.consumers.result import of_message
from crm_contracts.model.consumer import PythonDriver
from tests.consumers.stage import ENDPOINT, consumer


@pytest.fixture(autouse=True)
def forget_modules():
    yield
    for name in ("plain", "awaited"):
        sys.modules.pop(name, None)


def caller(factory, *calls):
    return consumer(PythonDriver(factory=factory, in_process=True), *calls)


def test_calls_are_made_here():
    """The same object, the same process, the same form of results as from a process of its own."""
    plain = InProcess(caller("plain:create", "find", "refuse"), ENDPOINT.attributes())
    found, refused = of_message(plain.call("find", {"order_id": 1})), of_message(plain.call("refuse", {}))
    plain.close()
    assert found.value == {"id": 1, "calls": 1, "pid": os.getpid(), "group": os.getpgrp()}
    assert refused.failure
    assert (refused.failure.type, refused.failure.own) == ("plain.CrmUnavailable", True)


def test_async_objects_are_served_too():
    """One loop lives from the making of the object to its closing."""
    awaited = InProcess(caller("awaited:create", "find", "pages"), ENDPOINT.attributes())
    assert awaited.call("find", {"order_id": 1})["value"] == {"id": 1, "same loop": True}
    assert awaited.call("pages", {})["value"] == [1, 2]
    awaited.close()


def test_the_environment_is_given_back():
    """What the endpoint says stands in our own environment only while the object lives."""
    before, path = dict(os.environ), list(sys.path)
    plain = InProcess(caller("plain:create", "variable"), ENDPOINT.attributes(), ENDPOINT.environment())
    assert plain.call("variable", {"which": "CRM_BASE_URL"})["value"] == ENDPOINT.base_url
    plain.close()
    assert (dict(os.environ), sys.path) == (before, path)


def test_a_caller_that_cannot_be_made_is_told():
    """With the same sentence as in a process of its own."""
    with pytest.raises(ConsumerFailed, match="no method for these calls: fnid"):
        InProcess(caller("plain:create", "fnid"), ENDPOINT.attributes())
