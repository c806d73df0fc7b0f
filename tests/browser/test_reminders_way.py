"""Stopping reminders in a browser: found on the page, pressed, undone, and no machine that looks does it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from local.testing import call
from tests.browser.walk import Visit, World, faults_of

pytestmark = pytest.mark.browser


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def told(world: World) -> list[str]:
    tasks = world.staff.get("/v1/tasks")["items"]
    return [task["what"] for task in tasks if task["kind"] == "reminders_stopped"]


@pytest.mark.parametrize(("width", "scripts"), [(360, False), (1440, True)])
class TestStoppingReminders:
    def test_is_a_press_of_one_button_and_another_undoes_it(
        self, world: World, visit: Visit, width: int, scripts: bool
    ) -> None:
        sent = world.new_bill(name="Stopper")
        wrong: list[str] = []

        with visit(width=width, scripts=scripts) as page:
            page.goto(f"{sent.link}/stop")
            assert heading(page) == "Reminders of unpaid bills"
            assert sent.to not in page.content()
            wrong += faults_of(page) if scripts else []
            before = len(told(world))
            page.get_by_role("button", name="Stop reminders").click()
            expect(page.get_by_role("heading", name="Reminders are stopped")).to_be_visible()
            assert page.url == f"{sent.link}/stop"
            wrong += faults_of(page) if scripts else []
            page.reload()
            assert heading(page) == "Reminders are stopped"
            assert len(told(world)) == before + 1
            assert sent.to in told(world)[-1]
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", name="Reminders of unpaid bills")).to_be_visible()
            page.get_by_role("link", name="Back to the bill").click()
            assert page.url == sent.link

        assert wrong == []

    def test_by_the_mail_programs_button_is_seen_on_the_page(
        self, world: World, visit: Visit, width: int, scripts: bool
    ) -> None:
        sent = world.new_bill(name="Clicker")
        path = sent.link.removeprefix(world.url)
        for method in ("HEAD", "GET"):
            assert call(world.url, method, f"{path}/stop").status == 200

        with visit(width=width, scripts=scripts) as page:
            page.goto(f"{sent.link}/stop")
            page.wait_for_load_state("networkidle")
            page.reload()
            assert heading(page) == "Reminders of unpaid bills"
            answer = call(
                world.url,
                "POST",
                f"{path}/stop",
                body=b"List-Unsubscribe=One-Click",
                headers={"Content-Type": "application/x-www-form-urlencoded"},
            )
            assert answer.status == 200
            page.reload()
            assert heading(page) == "Reminders are stopped"
