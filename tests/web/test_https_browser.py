"""The page over HTTPS in a real browser: one that trusts the box's certificate goes there by itself, one that does not stays
where it is, and nobody is ever locked out."""

import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from bridge.clock import Clock
from bridge.service.certificates import AUTHORITY
from bridge.service.signing import Authority
from tests.support.box import DEADLINE
from tests.support.browser import ARGS, DESK, PHONE, a_text_comes, is_accessible, log_in, new_page
from tests.support.needs import PROGRAMS, needs
from tests.support.secure_page import SecurePage, a_secure_page
from tests.support.web_bridge import DAN

pytestmark = needs("chromium", "libnss3-tools")

PROBE = "**/https/trusted"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[SecurePage]:
    with a_secure_page(folder) as served:
        yield served


@pytest.fixture
def plain(served: SecurePage) -> str:
    return f"http://127.0.0.1:{served.server.port}"


@pytest.fixture
def secure(served: SecurePage) -> str:
    return f"https://127.0.0.1:{served.port}"


@pytest.fixture(scope="module")
def trust(served: SecurePage, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | float | bool]:
    """The surroundings in which a browser trusts the box's authority, as a device does whose owner has gone through the four
    steps."""
    return trusting_home(served, tmp_path_factory.mktemp("home"))


def trusting_home(served: SecurePage, home: Path) -> dict[str, str | float | bool]:
    assert served.certificates.authority
    (home / "ca.crt").write_bytes(served.certificates.authority)
    for place in (
        ".pki/nssdb",
        ".local/share/pki/nssdb",
    ):  # where Chromium has its list, and where newer ones have it
        (home / place).mkdir(parents=True)
        database = ("-d", f"sql:{home / place}")
        subprocess.run(["certutil", *database, "-N", "--empty-password"], check=True)
        subprocess.run(
            ["certutil", *database, "-A", "-t", "C,,", "-n", "textback", "-i", home / "ca.crt"], check=True
        )
    return {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / ".local/share")}


@pytest.fixture(scope="module")
def trusting(browser: Browser, trust: dict[str, str | float | bool]) -> Iterator[Browser]:
    # No name of others leaves the machine.
    rules = "--host-resolver-rules=MAP * 127.0.0.1"
    found = browser.browser_type.launch(executable_path=PROGRAMS["chromium"], args=[*ARGS, rules], env=trust)
    yield found
    found.close()


def patient(browser: Browser, contexts: list[BrowserContext], **more: Any) -> Page:
    """A page that waits for the answer over HTTPS however long a busy machine takes."""
    page = new_page(browser, contexts, **more)
    page.add_init_script("AbortSignal.timeout = () => new AbortController().signal;")
    return page


def taken_over(page: Page, address: str, there: str) -> None:
    """Opens this address without HTTPS, from which the browser goes over, perhaps before it has loaded all of it."""
    page.goto(address, wait_until="commit")
    page.wait_for_url(there)


def in_vain(page: Page) -> AbstractContextManager[object]:
    """Waits until the page that is opened meanwhile has found out that nothing is to be had over HTTPS."""
    return page.expect_event("requestfailed", lambda request: request.url.endswith("/https/trusted"))


def probed(page: Page, address: str) -> None:
    """Opens this address, and waits until the browser has found out that it does not trust the certificate."""
    with in_vain(page):
        page.goto(address)


def test_who_does_not_trust_it_stays_and_works(
    browser: Browser, contexts: list[BrowserContext], plain: str
) -> None:
    page = new_page(browser, contexts, viewport=PHONE)
    probed(page, f"{plain}/")
    log_in(page)
    for path in ("/conversations", "/settings", "/https"):
        probed(page, f"{plain}{path}")
        assert page.url == f"{plain}{path}"
    expect(page.get_by_role("link", name="Download the certificate")).to_be_visible()


def test_who_trusts_it_goes_there_by_itself(
    trusting: Browser, contexts: list[BrowserContext], plain: str, secure: str
) -> None:
    page = patient(trusting, contexts, viewport=PHONE)
    taken_over(page, f"{plain}/", f"{secure}/**")
    log_in(page)
    # By the log-in page, since nobody is logged in without HTTPS.
    taken_over(page, f"{plain}/conversations?show=all#main", f"{secure}/**")
    page.goto(f"{secure}/conversations")
    expect(page.get_by_role("heading", name="Conversations", exact=True)).to_be_visible()


def test_who_has_logged_in_without_goes_on_with_it_alone(
    trusting: Browser, contexts: list[BrowserContext], plain: str, secure: str
) -> None:
    """The page without HTTPS shows no call any more once somebody has come to the encrypted one."""
    page = patient(trusting, contexts)
    page.route(PROBE, lambda route: route.abort())
    probed(page, f"{plain}/")
    with in_vain(page):
        log_in(page)
    page.unroute(PROBE)
    taken_over(page, f"{plain}/status", f"{secure}/login?next=/status")
    page.get_by_label("Name").wait_for()
    page.goto(f"{secure}/login")
    log_in(page)
    page.route(PROBE, lambda route: route.abort())
    page.goto(f"{plain}/status")
    assert page.url == f"{plain}/login?next=/status"


def test_who_has_begun_to_type_is_left_alone(
    trusting: Browser, contexts: list[BrowserContext], plain: str
) -> None:
    page = patient(trusting, contexts)
    held: list[Route] = []
    page.route(PROBE, lambda route: held.append(route))
    with page.expect_request(PROBE):
        page.goto(f"{plain}/login")
    page.get_by_label("Name").press("m")
    with page.expect_response(PROBE):
        held[0].continue_()
    page.get_by_label("Name").press("i")
    expect(page.get_by_label("Name")).to_have_value("mi")
    assert page.url == f"{plain}/login"


def test_who_trusts_it_no_more_is_not_locked_out(
    browser: Browser, trust: dict[str, str | float | bool], plain: str, secure: str, tmp_path: Path
) -> None:
    """The same browser, with everything that it remembers; but the certificate was taken out of the device."""
    for trusts in (True, False):
        context = browser.browser_type.launch_persistent_context(
            tmp_path / "profile",
            executable_path=PROGRAMS["chromium"],
            args=ARGS,
            env=trust if trusts else {**trust, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
        )
        context.set_default_timeout(DEADLINE * 1000)
        page = context.new_page()
        if trusts:
            taken_over(page, f"{plain}/", f"{secure}/**")
            log_in(page)
        else:
            probed(page, f"{plain}/")
            log_in(page)
            assert page.url == f"{plain}/"
        context.close()


def test_without_script_there_is_a_link(
    trusting: Browser, contexts: list[BrowserContext], plain: str, secure: str
) -> None:
    page = patient(trusting, contexts, java_script_enabled=False)
    page.goto(f"{plain}/login")
    page.get_by_role("link", name="The encrypted page (HTTPS)").click()
    assert page.url == f"{plain}/https"
    page.get_by_role("link", name=secure).first.click()
    page.wait_for_url(f"{secure}/**")


def test_a_renewal_is_not_noticed_on_an_open_page(
    browser: Browser, contexts: list[BrowserContext], tmp_path: Path
) -> None:
    with a_secure_page(tmp_path, host="0.0.0.0") as served:
        (tmp_path / "home").mkdir()
        own = browser.browser_type.launch(
            executable_path=PROGRAMS["chromium"], args=ARGS, env=trusting_home(served, tmp_path / "home")
        )
        page = new_page(own, contexts, viewport=DESK)
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        page.goto(f"https://127.0.0.1:{served.port}/")
        log_in(page)
        page.goto(f"https://127.0.0.1:{served.port}/conversations/{DAN}")
        with served.connected("127.0.0.9", "127.0.0.9", "127.0.0.9"):
            pass
        a_text_comes(served.office, DAN, "One more thing")
        expect(page.locator(".text.in").last).to_contain_text("One more thing")
        page.goto(f"https://127.0.0.9:{served.port}/login")
        expect(page.get_by_role("button", name="Log in")).to_be_visible()
        assert complaints == []
        own.close()


def test_whoever_steals_the_key_can_pretend_to_be_nobody_else(
    trusting: Browser, contexts: list[BrowserContext], folder: Path, tmp_path: Path
) -> None:
    stolen = Authority.from_pem((folder / "https" / AUTHORITY).read_bytes())
    (tmp_path / "page.pem").write_bytes(stolen.page("x", ["example.com", "shop-2.local"], Clock().utc()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "page.pem")
    with HTTPServer(("127.0.0.1", 0), Greeting) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            for name in ("example.com", "shop-2.local"):  # one certificate, and one name in it is too much
                with pytest.raises(Error, match="ERR_CERT"):
                    patient(trusting, contexts).goto(f"https://{name}:{server.server_port}/")
            (tmp_path / "page.pem").write_bytes(stolen.page("x", ["shop-2.local"], Clock().utc()))
            context.load_cert_chain(tmp_path / "page.pem")
            page = patient(trusting, contexts)
            page.goto(f"https://shop-2.local:{server.server_port}/")
            expect(page.get_by_text("Hello")).to_be_visible()
        finally:
            server.shutdown()
            thread.join()


class Greeting(BaseHTTPRequestHandler):
    """Says hello."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(b"Hello")

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("logged_in", [False, True])
def test_the_steps_can_be_read_by_everybody(
    trusting: Browser, contexts: list[BrowserContext], secure: str, size: dict[str, int], logged_in: bool
) -> None:
    page = patient(trusting, contexts, viewport=size)
    if logged_in:
        page.goto(f"{secure}/login")
        log_in(page)
    page.goto(f"{secure}/https")
    expect(page.get_by_text("You see the encrypted page")).to_be_visible()
    is_accessible(page)
