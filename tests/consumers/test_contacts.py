"""Drivers tell where their callers went, as far as that can be known."""

import pytest

from crm_contracts.consumers import handed_over
from crm_contracts.model.consumer import CommandDriver, Consumer, HttpDriver, PythonDriver
from crm_contracts.model.contact import Contact
from tests.consumers.stage import ENDPOINT, consumer, played

REACHING = consumer(PythonDriver(factory="reaching:create"), "reach")
FRESH = consumer(PythonDriver(factory="reaching:create", import_="per_run"), "reach")


def test_what_a_caller_is_handed():
    """The endpoint's variables and its own; nothing that only switches proxies off."""
    driver = CommandDriver(command=("true",), env={"MY_CRM": "{endpoint.base_url}/x", "EMPTY": ""})
    handed = handed_over(driver, ENDPOINT)
    assert handed["CRM_BASE_URL"] == "http://127.0.0.1:9/crm/v3"
    assert handed["MY_CRM"] == "http://127.0.0.1:9/crm/v3/x"
    assert not [name for name in handed if "proxy" in name.lower() or not handed[name]]


@pytest.mark.parametrize("reaching", [REACHING, FRESH], ids=["forked", "fresh"])
def test_a_python_caller_tells_where_it_went(reaching: Consumer):
    """At once, each host a single time, also what its module did while it was imported; each run anew."""

    async def play(stage):
        async with stage.run(reaching) as wheel:
            await wheel.value("reach", host="crm.invalid", port=8443)
            await wheel.value("reach", host="crm.invalid", port=8443)
            return wheel.driver.contacts

    assert played(play) == (Contact(host="127.0.0.1", port=1), Contact(host="crm.invalid", port=8443))


@pytest.mark.parametrize(
    "driver",
    [CommandDriver(command=("true",)), HttpDriver(attach="http://127.0.0.1:9")],
    ids=["command", "http"],
)
def test_of_another_program_nothing_is_known(driver: CommandDriver | HttpDriver):
    """None, which is not the same as nowhere."""

    async def play(stage):
        from crm_contracts.consumers import open_driver

        return open_driver(consumer(driver, "find"), stage.pool, stage.groups.append).contacts

    assert played(play) is None
