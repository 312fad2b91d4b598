"""The fixtures for tests that people write by hand; with or without `--crm-contracts`."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

import pytest

from crm_contracts.fixtures import CrmLab, OpenedRun, Unusable, Wish
from crm_contracts.host import LabGone
from crm_contracts.model.language import _
from crm_contracts.pytest_items.session import CrmSession
from crm_contracts.reports import timeline
from crm_contracts.reports.replay import pytest_program

if TYPE_CHECKING:
    from pact import Pact

T = TypeVar("T")

NAME = "crm_contracts_by_hand"


def lab(config: pytest.Config) -> Iterator[CrmLab]:
    """The lab of the session; a lab that items use too is the same one."""
    crm = _told(lambda: CrmSession.here(config))
    shown = Shown()
    config.pluginmanager.register(shown, NAME)
    yield CrmLab(crm.project, crm.keeper)
    config.pluginmanager.unregister(shown, NAME)
    crm.keeper.close()


def opened(lab: CrmLab, request: pytest.FixtureRequest) -> Iterator[OpenedRun]:
    """The run of one test."""
    node = request.node
    home = getattr(getattr(node, "module", None), "__name__", "")
    run = _told(lambda: lab.open(Wish.of(_words(node)), test=node.nodeid, home=home))
    program = pytest_program(request.config.invocation_params.dir)
    run.verdicts.replay = lambda test: f'{program} "{test}"'
    node.stash[Shown.KEY] = run
    yield run
    del node.stash[Shown.KEY]
    run.close()


def pact(request: pytest.FixtureRequest) -> "Iterator[Pact]":
    """The pact of one test, written when the test passed."""
    from crm_contracts.fixtures.pact import ReadyPact

    project = _told(lambda: CrmSession.here(request.config)).project
    ready = _told(lambda: ReadyPact(project, Wish.of(_words(request.node))))
    failed = request.session.testsfailed
    yield ready.pact
    if request.session.testsfailed == failed:
        # What its own test did not prove is not handed on to the provider.
        ready.write()


class Shown:
    """Puts the journal of a test that fails beside what it printed."""

    KEY = pytest.StashKey[OpenedRun]()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Add the section before the report is made."""
        run = item.stash.get(self.KEY, None)
        if call.when != "call" or call.excinfo is None or run is None:
            return
        try:
            text = timeline(run.journal())
        except LabGone as gone:
            text = str(gone)
        if text:
            item.add_report_section("call", _("crm journal"), text + "\n")


def _words(node: pytest.Item) -> dict[str, object]:
    """The words of all markers, the closest one's first, and the contract that a test is parametrised with."""
    words: dict[str, object] = {}
    for marker in node.iter_markers("crm"):
        if marker.args:
            raise Unusable(f'@pytest.mark.crm{marker.args}: contract="..."')
        words = {**marker.kwargs, **words}
    callspec = getattr(node, "callspec", None)
    wanted = callspec.params.get("crm_endpoint") if callspec else None
    return words if wanted is None else {**words, "contract": wanted}


def _told(ask: Callable[[], T]) -> T:
    """Ask; what cannot be had fails the test with its sentence, not with a traceback of ours."""
    try:
        return ask()
    except (Unusable, LabGone, pytest.UsageError) as wrong:
        raise pytest.fail.Exception(str(wrong), pytrace=False) from None
