"""Beside what a project uses already: our items and fixtures work, and nothing of theirs reaches the lab.

The lab and the callers are processes of their own; what a plugin patches in the tests' process is not patched there.
"""

import pytest

from tests.neighbours.house import BY_HAND, ITEM, House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

ALL = ("--crm-contracts", ITEM, BY_HAND)
LOOP_SCOPE = "asyncio_default_fixture_loop_scope = function"
"""pytest-asyncio warns where it is not written."""


def test_pytest_socket_does_not_block_items(house: House):
    """Under --disable-socket the callers of our items still have their sockets."""
    house.pytest("--crm-contracts", "--disable-socket", ITEM, "contracts").well(passed=3)


def test_pytest_socket_and_tests_by_hand(house: House):
    """The call that a test makes in its own process needs the loopback: --allow-hosts=127.0.0.1."""
    blocked = house.pytest("--disable-socket", BY_HAND)
    assert (blocked.count("failed"), blocked.left) == (2, ()), blocked.text
    assert "SocketBlockedError" in blocked.text
    house.pytest("--disable-socket", "--allow-hosts=127.0.0.1", *ALL).well(passed=3)


def test_an_autouse_responses(house: House):
    """`responses` answers what `requests` sends in the tests' process; the lab's address is let through by add_passthru."""
    house.write(
        "conftest.py",
        "import pytest, responses\n\n"
        "@pytest.fixture(autouse=True)\n"
        "def mocked():\n"
        "    with responses.RequestsMock() as mock:\n"
        "        yield mock\n",
    )
    house.write(
        "tests/test_requests.py",
        "import pytest, requests\n\n"
        "def test_mocked(mocked, crm_endpoint):\n"
        "    with pytest.raises(requests.ConnectionError):\n"
        "        requests.get(crm_endpoint.base_url + '/orders/O-1')\n\n"
        "def test_let_through(mocked, crm_endpoint):\n"
        "    mocked.add_passthru(crm_endpoint.base_url)\n"
        "    assert requests.get(crm_endpoint.base_url + '/orders/O-1').status_code == 200\n",
    )
    house.pytest(*ALL, "tests/test_requests.py").well(passed=5)


FREEZERS = {
    "each test": "@pytest.fixture(autouse=True)\ndef frozen():\n    with freezegun.freeze_time('2020-02-02'):\n        yield\n",
    "the session": "def pytest_configure(config):\n    freezegun.freeze_time('2020-02-02').start()\n",
}


@pytest.mark.parametrize("frozen", FREEZERS.values(), ids=FREEZERS)
def test_freezegun(house: House, frozen: str):
    """A clock that stands still in the tests' process moves in the lab, in callers and in the journal."""
    house.write("conftest.py", f"import freezegun, pytest\n\n{frozen}")
    house.pytest(*ALL).well(passed=3)


def test_time_machine(house: House):
    """So does one that is moved."""
    house.write(
        "conftest.py",
        "import pytest, time_machine\n\n"
        "@pytest.fixture(autouse=True)\n"
        "def moved():\n"
        "    with time_machine.travel('2035-02-02', tick=False):\n"
        "        yield\n",
    )
    house.pytest(*ALL).well(passed=3)


SITE = """\
import json
import urllib.request

from django.conf import settings
from django.http import JsonResponse
from django.urls import path


def order(request):
    with urllib.request.urlopen(settings.CRM_BASE_URL + "/orders/O-1") as answer:
        return JsonResponse(json.load(answer))


urlpatterns = [path("order", order)]
"""
SITE_SETTINGS = """\
SECRET_KEY = "x"
ROOT_URLCONF = "site_urls"
CRM_BASE_URL = "https://crm.example"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
"""
SITE_TEST = """\
import pytest
from django.contrib.auth.models import User


@pytest.mark.django_db
def test_order(client, settings, crm_endpoint, crm_fault):
    settings.CRM_BASE_URL = crm_endpoint.base_url
    assert client.get("/order").json()["total"] == 5
    assert User.objects.count() == 0
    with crm_fault("status", code=503), pytest.raises(OSError):
        client.get("/order")
"""


def test_pytest_django(house: House):
    """Items beside Django's tests, and a view that calls the CRM is given the endpoint through the settings."""
    house.settings("DJANGO_SETTINGS_MODULE = site_settings", "pythonpath = .")
    house.write("site_settings.py", SITE_SETTINGS)
    house.write("site_urls.py", SITE)
    house.write("tests/test_site.py", SITE_TEST)
    house.pytest(*ALL, "tests/test_site.py").well(passed=4)


def test_pytest_asyncio_in_auto_mode(house: House):
    """Async tests and async fixtures may use ours, and our items stay what they are."""
    house.settings("asyncio_mode = auto")
    house.write(
        "tests/test_async.py",
        "import httpx, pytest\n\n"
        "@pytest.fixture\n"
        "async def client(crm_endpoint):\n"
        "    async with httpx.AsyncClient(base_url=crm_endpoint.base_url) as client:\n"
        "        yield client\n\n"
        "async def test_async(client, crm_fault, crm_journal, crm_verdicts):\n"
        "    async with crm_fault('status', code=503, first=1), crm_journal.call('find_order') as call:\n"
        "        assert (await client.get('/orders/O-1')).status_code == 503\n"
        "        call.value = (await client.get('/orders/O-1')).json()\n"
        "    crm_verdicts.assert_passed('outcomes', 'attempts')\n",
    )
    house.pytest(*ALL, "tests/test_async.py").well(passed=4)


@pytest.mark.parametrize("seed", [1, 2])
def test_pytest_randomly(house: House, seed: int):
    """In any order."""
    words = ("-p", "randomly", f"--randomly-seed={seed}", "--crm-contracts")
    house.pytest(*words, "contracts", "scenarios", BY_HAND).well(passed=6)


def test_pytest_xdist(house: House):
    """Two workers, a lab each."""
    house.pytest("-n", "2", "--crm-contracts", "contracts", "scenarios", BY_HAND).well(passed=6)


def test_pytest_timeout(house: House):
    """A generous one disturbs nothing; a test that it ends takes nothing along."""
    house.write(
        "tests/test_slow.py",
        "import pytest, time\n\n"
        "@pytest.mark.timeout(1, func_only=True)\n"
        "def test_slow(crm_fault):\n"
        "    with crm_fault('down'):\n"
        "        time.sleep(30)\n",
    )
    ended = house.pytest("--timeout=60", "tests/test_slow.py", *ALL)
    assert (ended.count("failed"), ended.count("passed"), ended.left) == (1, 3, ()), ended.text
    assert "Timeout" in ended.text


def test_pytest_cov(house: House):
    """Coverage of the project is measured and reported."""
    ended = house.pytest("--cov=tests", "--cov-report=term", *ALL)
    assert (ended.code, ended.count("passed"), ended.left) == (0, 3, ()), ended.text
    assert "tests/test_by_hand.py" in ended.text


@pytest.mark.parametrize(
    "words, env",
    [(("-W", "error"), {}), ((), {"PYTHONWARNINGS": "error", "PYTHONDEVMODE": "1"})],
    ids=["-W error", "PYTHONWARNINGS"],
)
def test_warnings_are_errors(house: House, words: tuple[str, ...], env: dict[str, str]):
    """Neither pytest's switch nor Python's own finds a warning of ours."""
    house.settings(LOOP_SCOPE)
    house.pytest(*words, *ALL, env=env).well(passed=3)


def test_a_suite_that_works_elsewhere(house: House):
    """A fixture that changes folder and environment for every test moves neither lab nor callers."""
    house.write(
        "conftest.py",
        "import pytest\n\n"
        "@pytest.fixture(autouse=True)\n"
        "def elsewhere(monkeypatch, tmp_path):\n"
        "    monkeypatch.chdir(tmp_path)\n"
        "    monkeypatch.setenv('PATH', '/nowhere')\n",
    )
    text = (house.root / "contracts/tiny-crm/consumers/sound.yaml").read_text()
    house.write("contracts/tiny-crm/consumers/sound.yaml", text.replace(", path: ../../..", ""))
    house.pytest(*ALL).well(passed=3)


def test_all_of_them_together(house: House):
    """As in a grown project."""
    house.settings("asyncio_mode = auto", LOOP_SCOPE, "timeout = 60")
    house.write(
        "conftest.py",
        "import freezegun, pytest, responses\n\n"
        "@pytest.fixture(autouse=True)\n"
        "def mocked():\n"
        "    with freezegun.freeze_time('2020-02-02'), responses.RequestsMock():\n"
        "        yield\n",
    )
    words = (
        "-W",
        "error",
        "--disable-socket",
        "--allow-hosts=127.0.0.1",
        "--cov=tests",
        "--cov-report=",
        "-n",
        "2",
    )
    house.pytest(*words, "--crm-contracts", "contracts", "scenarios", BY_HAND).well(passed=6)
