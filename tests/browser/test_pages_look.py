"""The pages in a browser: readable, reachable and whole at any width, in light and dark, with no script."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from feenote.service.open_link import PageKind
from tests.fakes.linked_samples import TOKEN
from tests.fakes.mail_samples import every_mail, render
from tests.fakes.page_samples import every_page
from tests.fakes.reminder_samples import every_reminder

pytestmark = pytest.mark.browser

PAGES = every_page(checkout_origin="")
MAILS = {
    **every_mail(),
    **{f"reminder {name}": render(context) for name, context in every_reminder().items()},
}
# A thousand lines are the sixty of the folded page again, two hundred bills the twelve: minutes of looking.
ALL = tuple(name for name in PAGES if name not in {"payable_long", "payable_balance_240"})
KINDS = (
    *(kind.value for kind in PageKind),
    "payable_all",
    "reminders_going",
    "reminders_stopped",
    "payable_balance_split",
    "payable_balance_error",
    "return_many_paid",
    "not_found",
    "return_waiting",
    "refused_try_again",
)
PAY = "button.now"
SHOW = "button.plain:visible"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# A mail is read within the reader's own page, which has the landmarks.
MAIL_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


class Site(ThreadingHTTPServer):
    """Serves each page at `/name` with its own headers, and keeps what was posted to it."""

    daemon_threads = True

    def __init__(self) -> None:
        self.posted: list[tuple[str, str]] = []
        self.asked: list[str] = []
        self.shown: dict[str, str] = {}
        super().__init__(("127.0.0.1", 0), _Answer)

    def wait_for_post(self) -> None:
        """Wait until something was posted, ten seconds at most; a browser sends a beacon when it likes."""
        until = time.monotonic() + 10
        while not self.posted and time.monotonic() < until:
            time.sleep(0.02)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answer(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        self.server.asked.append(query)
        name = self.server.shown.get(path, path.strip("/"))
        page = PAGES.get(name)
        if page is None:
            self._send(404, {}, "")
        else:
            self._send(page.status, dict(page.headers), page.html)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        self.server.posted.append((self.path, body))
        if self.path.endswith("/pay"):
            self._send(303, {"Location": "/payable"}, "")
        else:
            self._send(204, {}, "")

    def _send(self, status: int, headers: dict[str, str], body: str) -> None:
        content = body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


def overflow_of(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
class TestEveryPage:
    def test_is_accessible_fits_and_stays_at_home(
        self, site: Site, chromium: Browser, width: int, scheme: str
    ) -> None:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
            bypass_csp=True,
        )
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        found: dict[str, list[str]] = {}

        # Pages that differ by a sentence are looked through in one of the two widths.
        for name in ALL if (width == 360) == (scheme == "dark") else KINDS:
            page.goto(f"{site.address}/{name}")
            result = Axe().run(page, options=RULES)
            assert len(result.response["passes"]) > 10
            found[name] = [f"{one['id']}: {one['nodes'][0]['html']}" for one in result.response["violations"]]
            assert overflow_of(page) <= 0, name

        context.close()
        assert {name: wrong for name, wrong in found.items() if wrong} == {}
        assert [url for url in asked if not url.startswith(f"{site.address}/")] == []


class TestTheSecurityPolicy:
    def test_lets_style_and_script_work_and_nothing_else_is_complained_of(
        self, site: Site, chromium: Browser
    ) -> None:
        page = chromium.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))

        for name in PAGES:
            page.goto(f"{site.address}/{name}")
            assert page.evaluate("getComputedStyle(document.body).borderTopWidth") == "4px", name

        page.close()
        # A page that says 404 or 429 is noted by the browser itself.
        assert [text for text in complaints if "Failed to load resource" not in text] == []


class TestPaying:
    def test_needs_no_script_and_no_mouse(self, site: Site, chromium: Browser) -> None:
        context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 760})
        page = context.new_page()
        page.goto(f"{site.address}/payable")

        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        site.wait_for_post()

        context.close()
        ((path, body),) = site.posted
        assert path == f"/l/{TOKEN}/pay"
        assert re.fullmatch(r"what=bill&currency=GBP&sign=\.&shown=[0-9a-f]{64}", body)

    def test_pays_everything_by_keyboard_and_the_button_says_how_much(
        self, site: Site, chromium: Browser
    ) -> None:
        page = chromium.new_page()
        page.goto(f"{site.address}/payable_all")
        assert page.locator(PAY).inner_text() == "Pay £4,830.98"

        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/payable")

        page.close()
        ((_, body),) = site.posted
        assert body.startswith("what=all&currency=GBP&sign=.&pick=1&shown=")
        assert body.count("&b=bill_") == 3

    @pytest.mark.parametrize("scripts", [True, False])
    def test_offers_to_show_the_split_where_something_was_changed(
        self, site: Site, chromium: Browser, scripts: bool
    ) -> None:
        site.shown = {f"/l/{TOKEN}": "payable_balance_split"}
        context = chromium.new_context(java_script_enabled=scripts, viewport={"width": 360, "height": 760})
        page = context.new_page()
        page.goto(f"{site.address}/payable_balance")
        assert page.locator(PAY).is_visible()

        page.get_by_label("Bill 96114").uncheck()
        hidden_by_a_tick = page.locator(PAY).is_hidden()
        page.get_by_label("Bill 96114").check()
        shown_again = page.locator(PAY).is_visible()
        page.get_by_label("Amount to pay").fill("2,500")
        hidden_by_an_amount = page.locator(PAY).is_hidden()
        page.locator(SHOW).last.click()
        page.wait_for_url("**/l/**")

        assert (hidden_by_a_tick, shown_again, hidden_by_an_amount) == (True, True, True)
        assert "amount=2%2C500" in site.asked[-1]
        assert "shown=" not in site.asked[-1]
        assert page.url.endswith("#pay")
        assert site.posted == []
        assert page.locator(PAY).inner_text() == "Pay £2,500.00"
        assert page.locator(PAY).is_visible()
        context.close()

    def test_by_the_enter_key_in_the_amount_shows_the_split_and_pays_nothing(
        self, site: Site, chromium: Browser
    ) -> None:
        site.shown = {f"/l/{TOKEN}": "payable_balance_split"}
        page = chromium.new_page()
        page.goto(f"{site.address}/payable_balance")

        page.get_by_label("Amount to pay").fill("2,500")
        page.keyboard.press("Enter")
        page.wait_for_url("**/l/**")

        page.close()
        assert site.posted == []
        assert "amount=2%2C500" in site.asked[-1]

    @pytest.mark.parametrize("width", [360, 1440])
    def test_of_two_hundred_bills_fits(self, site: Site, chromium: Browser, width: int) -> None:
        page = chromium.new_page(viewport={"width": width, "height": 800})
        page.goto(f"{site.address}/payable_balance_240")

        assert page.locator("input[name=b]:checked").count() == 200
        assert overflow_of(page) <= 0
        assert page.get_by_text("The other 40").is_visible()
        page.close()

    def test_shows_where_the_focus_is(self, site: Site, chromium: Browser) -> None:
        page = chromium.new_page()
        page.goto(f"{site.address}/payable")

        page.keyboard.press("Tab")

        assert page.evaluate("document.activeElement.type") == "submit"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
        page.close()

    def test_every_target_is_large_enough_for_a_thumb(self, site: Site, chromium: Browser) -> None:
        page = chromium.new_page(viewport={"width": 360, "height": 760})
        page.goto(f"{site.address}/payable_balance")

        targets = page.locator("button:visible, label.pick, #amount, a.file, a.quiet").all()
        assert len(targets) > 20
        for target in targets:
            box = target.bounding_box()
            assert box is not None
            assert box["height"] >= 44
        page.close()


class TestBeingSeen:
    def test_is_told_once_after_three_seconds_in_sight(self, site: Site, chromium: Browser) -> None:
        page = chromium.new_page()
        # Stopped before the page is there: no time passes but what the test lets pass.
        page.clock.install(time=0)
        page.clock.pause_at(1_000)
        page.goto(f"{site.address}/payable")

        page.clock.run_for(2_900)
        early = list(site.posted)
        page.clock.run_for(200)
        page.clock.run_for(10_000)
        site.wait_for_post()

        page.close()
        assert early == []
        assert [path for path, _ in site.posted] == [f"/l/{TOKEN}/viewed"]

    def test_is_not_told_by_a_page_that_shows_no_bill(self, site: Site, chromium: Browser) -> None:
        page = chromium.new_page()
        page.clock.install()
        page.goto(f"{site.address}/expired")

        page.clock.run_for(10_000)

        page.close()
        assert site.posted == []


class TestWaitingForTheConfirmation:
    def test_shows_the_news_when_there_is_some(self, site: Site, chromium: Browser) -> None:
        site.shown = {"/return": "return_waiting"}
        page = chromium.new_page()
        page.goto(f"{site.address}/return")
        assert page.locator("h1").inner_text() == "Waiting for confirmation"

        site.shown = {"/return": "return_paid"}
        page.wait_for_selector("main[data-state=paid]", timeout=5_000)

        assert page.locator("h1").inner_text() == "Thank you"
        page.close()

    def test_stops_looking_after_a_while(self, site: Site, chromium: Browser) -> None:
        site.shown = {"/return": "return_waiting"}
        page = chromium.new_page()
        looked: list[str] = []
        page.clock.install()
        page.goto(f"{site.address}/return")
        page.on("request", lambda request: looked.append(request.url))

        for _ in range(20):
            page.clock.run_for(4_000)
            page.wait_for_timeout(20)

        page.close()
        assert len(looked) == 10


class TestManyLines:
    def test_stay_folded_until_they_are_wanted(self, site: Site, chromium: Browser) -> None:
        context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 760})
        page = context.new_page()
        page.goto(f"{site.address}/payable_long")
        assert page.locator("table.lines").is_hidden()

        page.locator("summary").click()

        assert page.locator("table.lines").is_visible()
        assert overflow_of(page) <= 0
        context.close()

    def test_are_all_on_paper(self, site: Site, chromium: Browser) -> None:
        page = chromium.new_page()
        page.goto(f"{site.address}/payable_long")

        page.emulate_media(media="print")

        assert page.locator("table.lines tbody tr").last.is_visible()
        assert page.locator(PAY).is_hidden()
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
class TestEveryMail:
    def test_can_be_read_at_any_width(self, chromium: Browser, scheme: str) -> None:
        context = chromium.new_context(color_scheme="dark" if scheme == "dark" else "light")
        page = context.new_page()
        found: dict[str, list[str]] = {}

        for name, mail in MAILS.items():
            page.set_content(mail.html)
            for width in (360, 700):
                page.set_viewport_size({"width": width, "height": 700})
                assert overflow_of(page) <= 0, (name, width)
            result = Axe().run(page, options=MAIL_RULES)
            found[name] = [f"{one['id']}: {one['nodes'][0]['html']}" for one in result.response["violations"]]

        context.close()
        assert {name: wrong for name, wrong in found.items() if wrong} == {}
