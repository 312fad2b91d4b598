"""From what a consumer's file says to the driver that does it."""

from crm_contracts.consumers.command import CommandCaller
from crm_contracts.consumers.driver import Driver
from crm_contracts.consumers.http import HttpCaller
from crm_contracts.consumers.pool import DriverPool
from crm_contracts.consumers.process import OnSpawn
from crm_contracts.consumers.python import PythonCaller
from crm_contracts.model.consumer import Consumer, HttpDriver, PythonDriver


def open_driver(consumer: Consumer, pool: DriverPool, on_spawn: OnSpawn) -> Driver:
    """A driver for one run; nothing is started before its `start`."""
    driver = consumer.driver
    if isinstance(driver, PythonDriver):
        return PythonCaller(consumer, driver, pool, on_spawn)
    if isinstance(driver, HttpDriver):
        return HttpCaller(consumer, driver, pool, on_spawn)
    return CommandCaller(consumer, driver, on_spawn)
