"""Why nothing reached the lab, in words that fit how the program came to run."""

from dataclasses import replace

from crm_contracts.model.consumer import CommandDriver, Driver, HttpDriver
from crm_contracts.reports.unreached import unreached
from tests.reports.story import journal_of, run_of


def told(driver: Driver, **journal: object) -> str:
    run = run_of()
    run = replace(run, consumer=replace(run.consumer, driver=driver))
    seen = replace(journal_of(), exchanges=(), handed={"CRM_BASE_URL": "http://127.0.0.1:1"})
    return "\n".join(unreached(run, replace(seen, **journal)))  # type: ignore[arg-type]  # the test's own words


def test_a_program_that_we_started_had_an_environment():
    """A command and a service."""
    sentence = "The program was started with this in its environment:"
    assert sentence in told(CommandDriver(command=("./sync",)))
    assert sentence in told(HttpDriver(start=("./service",)))


def test_a_program_that_runs_already_was_handed_nothing():
    """Nobody claims to have started it."""
    text = told(HttpDriver(attach="http://127.0.0.1:8080", listen="127.0.0.1:18080"))
    assert "The program runs already, so nobody handed it anything." in text
    assert "was started with" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_program_that_never_ran_is_told_nothing_of_hosts():
    """Its own sentence says what to do."""
    assert told(CommandDriver(command=("./sync",)), dead="it did not start") == ""
