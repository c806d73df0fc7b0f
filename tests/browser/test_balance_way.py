"""A balance in a browser: its client leaves a bill out, changes the amount, pays, and the books know."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.walk import PAY, SentBalance, Visit, World, faults_of

pytestmark = pytest.mark.browser

AMOUNTS = ("250.00", "300.00", "400.00", "120.50")


@pytest.fixture
def sent(world: World) -> SentBalance:
    world.let_parts(20_00)
    return world.new_balance(AMOUNTS)


def say(page: Page, number: str) -> str:
    """Return what the page says that a bill gets."""
    return page.locator("li", has_text=number).locator(".pays").inner_text()


def states(world: World, sent: SentBalance) -> list[tuple[str, int]]:
    bills = [world.bill(bill_id) for bill_id in sent.ids]
    return [(bill["state"], bill["paid"]["minor"]) for bill in bills]


@pytest.mark.parametrize(("width", "scripts"), [(360, False), (1440, True)])
class TestABalance:
    def test_is_paid_in_part_as_the_page_showed_it(
        self, world: World, visit: Visit, sent: SentBalance, width: int, scripts: bool
    ) -> None:
        first, second, third, fourth = sent.numbers
        wrong: list[str] = []

        with visit(width=width, scripts=scripts) as page:
            page.goto(sent.link)
            expect(page.locator(PAY)).to_have_text("Pay $1,070.50")
            wrong += faults_of(page) if scripts else []
            page.get_by_label(f"Bill {second}").uncheck()
            page.get_by_label("Amount to pay").fill("ten")
            page.get_by_role("button", name="Show the new total").last.click()
            expect(page.get_by_role("alert")).to_contain_text("no amount that we can read")
            assert page.locator(PAY).count() == 0
            wrong += faults_of(page) if scripts else []
            page.get_by_label("Amount to pay").fill("600.00")
            page.get_by_role("button", name="Show the new total").last.click()
            expect(page.locator(PAY)).to_have_text("Pay $600.00")
            assert not page.get_by_label(f"Bill {second}").is_checked()
            assert say(page, first) == "You pay $250.00"
            assert say(page, second) == "Left out"
            assert say(page, third) == "You pay $350.00"
            assert say(page, fourth) == "Nothing of this payment"
            wrong += faults_of(page) if scripts else []
            assert states(world, sent) == [("awaiting_payment", 0)] * 4

            page.locator(PAY).click()
            expect(page.get_by_role("heading", name="How do you want to pay?")).to_be_visible()
            expect(page.locator("main")).to_contain_text(f"Bills {first}, {third}")
            page.get_by_label("Name on the card").fill("Grace Okafor")
            page.get_by_role("button", name="Pay ").click()
            expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
            world.wait_for_state(sent.ids[0], "paid")
            page.reload()
            expect(page.locator("main")).to_contain_text("Paid in full")
            expect(page.locator("main")).to_contain_text("$50.00 still due")
            wrong += faults_of(page) if scripts else []
            page.get_by_role("link", name="Back to your bills").click()
            expect(page.locator(PAY)).to_have_text("Pay $470.50")

        assert wrong == []
        assert states(world, sent) == [
            ("paid", 25_000),
            ("awaiting_payment", 0),
            ("awaiting_payment", 35_000),
            ("awaiting_payment", 0),
        ]
        (payment,) = world.payments_of(sent.client_id)
        assert payment["client_credit"]["minor"] == 0
        assert [(part["bill_id"], part["amount"]["minor"]) for part in payment["allocations"]] == [
            (sent.ids[0], 25_000),
            (sent.ids[2], 35_000),
        ]


class TestTheWholeBalance:
    def test_is_paid_with_one_press_and_asks_for_nothing_after(self, world: World, visit: Visit) -> None:
        sent = world.new_balance(AMOUNTS)

        with visit(width=360) as page:
            page.goto(sent.link)
            page.locator(PAY).click()
            page.get_by_label("Name on the card").fill("Grace Okafor")
            page.get_by_role("button", name="Pay ").click()
            expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
            for bill_id in sent.ids:
                world.wait_for_state(bill_id, "paid")
            page.goto(sent.link)
            expect(page.get_by_role("heading", name="Nothing is due")).to_be_visible()
            assert page.locator(PAY).count() == 0
            wrong = faults_of(page)
            page.get_by_role("link", name="Statement of account").click()
            expect(page.locator("main")).to_contain_text("1,070.50")

        assert wrong == []
