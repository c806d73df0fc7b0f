"""The whole way in a browser: a bill goes out, its client reads it and pays, and the books know."""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from local.demo.story import import_file
from local.testing import call
from tests.browser.walk import PAY, SentBill, Visit, World, faults_of, link_of

pytestmark = pytest.mark.browser


def press_pay(page: Page, link: str) -> None:
    page.goto(link)
    page.locator(PAY).click()
    expect(page.get_by_role("heading", name="How do you want to pay?")).to_be_visible()


def pay_by_card(page: Page) -> None:
    page.get_by_label("Name on the card").fill("Grace Okafor")
    page.get_by_role("button", name="Pay ").click()


def pay_by_bank(page: Page) -> None:
    page.get_by_label("US bank account").check()
    page.get_by_role("button", name="Pay ").click()


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def download(page: Page) -> bytes:
    """Press the link to the PDF and return the file; Chromium may show it, so the page is opened again."""
    back, link = page.url, page.get_by_role("link", name="Download PDF")
    address = link.get_attribute("href") or ""
    with page.expect_response(f"**{address}") as answer:
        link.click()
    assert answer.value.status == 302
    file = page.request.get(answer.value.headers["location"])
    assert file.headers["content-type"] == "application/pdf"
    page.goto(back)
    return file.body()


def text_of(file: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages)


class TestTheMainJob:
    def test_goes_from_the_imported_file_to_the_receipt(self, world: World, visit: Visit) -> None:
        import_file(world.place, "forty_bills_clients.csv", "kind=clients", "text/csv")
        results = import_file(world.place, "ledes1998b_sample.txt", "", "text/plain")
        bill_id = next(one["bill_id"] for one in results if one["bill_number"] == "96542")
        assert world.bill(bill_id)["state"] == "draft"
        world.staff.post(f"/v1/bills/{bill_id}/approve", {})
        sent = world.send(bill_id, "96542", "grace.okafor@example.com")
        assert world.bill(bill_id)["last_viewed_at"] is None
        wrong: list[str] = []

        with visit() as inbox:
            inbox.goto(f"{world.url}/_local")
            wrong += faults_of(inbox)
            inbox.get_by_role("link", name="Mails").first.click()
            wrong += faults_of(inbox)
            inbox.get_by_role("link", name="Bill 96542").first.click()
            wrong += faults_of(inbox)
            with inbox.context.expect_page() as opened:
                inbox.frame_locator("iframe").get_by_role("link", name="View and pay").click()
            page = opened.value
            with page.expect_response("**/viewed", timeout=15_000) as seen:
                assert page.url == sent.link
                assert page.locator(".amount").inner_text() == "$1,684.45"
                wrong += faults_of(page)
            assert seen.value.status == 204
            file = download(page)
            page.locator(PAY).click()
            expect(page.get_by_role("heading", name="How do you want to pay?")).to_be_visible()
            wrong += faults_of(page)
            pay_by_card(page)
            expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
            wrong += faults_of(page)
            page.get_by_role("link", name="Back to the bill").click()
            expect(page.get_by_role("heading", name="This bill is paid")).to_be_visible()
            assert page.locator(PAY).count() == 0
            wrong += faults_of(page)

        assert wrong == []
        text = text_of(file)
        assert "96542" in text
        assert "1,684.45" in text
        bill = world.wait_for_state(bill_id, "paid")
        assert bill["balance_due"]["minor"] == 0
        assert bill["last_sent_at"] is not None
        assert bill["last_viewed_at"] >= bill["last_sent_at"]
        receipt = world.next_mail(sent.to, "receipt")
        assert "1,684.45" in receipt["text"]
        assert "human_viewed" in world.timeline(bill_id)

    def test_needs_no_script(self, world: World, visit: Visit) -> None:
        sent = world.new_bill()

        with visit(width=360, scripts=False) as page:
            press_pay(page, sent.link)
            pay_by_card(page)
            assert heading(page) == "Thank you"
            page.get_by_role("link", name="Back to the bill").click()
            expect(page.get_by_role("heading", name="This bill is paid")).to_be_visible()

        bill = world.wait_for_state(sent.id, "paid")
        # A press of a button is a person, script or not.
        assert bill["last_viewed_at"] is not None
        world.next_mail(sent.to, "receipt")

    def test_a_declined_card_takes_nothing_and_another_one_pays(self, world: World, visit: Visit) -> None:
        sent = world.new_bill()

        with visit() as page:
            press_pay(page, sent.link)
            page.get_by_label("Card number").fill("4000 0000 0000 0002")
            pay_by_card(page)
            expect(page.get_by_role("alert")).to_contain_text("declined")
            assert world.bill(sent.id)["balance_due"]["minor"] == 25_000
            page.get_by_label("Card number").fill("4242 4242 4242 4242")
            pay_by_card(page)
            expect(page.get_by_role("heading", name="Thank you")).to_be_visible()

        world.wait_for_state(sent.id, "paid")


class TestABankDebit:
    def test_is_on_its_way_until_it_has_arrived(self, world: World, visit: Visit) -> None:
        sent = world.new_bill()

        with visit() as page:
            press_pay(page, sent.link)
            pay_by_bank(page)
            expect(page.locator("main")).to_have_attribute("data-state", "on_its_way")
            page.goto(sent.link)
            expect(page.get_by_role("heading", name="Your payment is on its way")).to_be_visible()
            assert page.locator(PAY).count() == 0
            wrong = faults_of(page)
            bill = world.bill(sent.id)
            assert (bill["state"], bill["pending"]["minor"], bill["paid"]["minor"]) == (
                "awaiting_payment",
                25_000,
                0,
            )
            assert [mail for mail in world.mails(sent.to) if "eceipt" in mail["subject"]] == []

            page.goto(f"{world.url}/_local/payments")
            wrong += faults_of(page)
            page.get_by_role("listitem").filter(has_text=sent.to).get_by_text("Let it arrive").click()
            expect(page.get_by_role("listitem").filter(has_text=sent.to)).to_contain_text("paid")
            world.wait_for_state(sent.id, "paid")
            page.goto(sent.link)
            expect(page.get_by_role("heading", name="This bill is paid")).to_be_visible()

        assert wrong == []
        world.next_mail(sent.to, "receipt")

    def test_that_fails_opens_the_bill_again_and_says_so(self, world: World, visit: Visit) -> None:
        sent = world.new_bill()

        with visit() as page:
            press_pay(page, sent.link)
            pay_by_bank(page)
            expect(page.locator("main")).to_have_attribute("data-state", "on_its_way")
            world.stripe(do="debit_fails", session=world.sessions()[-1]["id"])
            mail = world.next_mail(sent.to, "did not go through")
            page.goto(link_of(mail))
            expect(page.locator(PAY)).to_have_text("Pay $250.00")

        bill = world.bill(sent.id)
        assert (bill["state"], bill["pending"]["minor"], bill["balance_due"]["minor"]) == (
            "awaiting_payment",
            0,
            25_000,
        )


class TestTwoTabs:
    def test_lead_to_one_payment_page_and_one_payment(self, world: World, visit: Visit) -> None:
        sent = world.new_bill()
        before = len(world.sessions())

        with visit() as first:
            second = first.context.new_page()
            first.goto(sent.link)
            second.goto(sent.link)
            first.locator(PAY).click()
            second.locator(PAY).click()
            expect(second.get_by_role("heading", name="How do you want to pay?")).to_be_visible()
            assert first.url == second.url
            assert len(world.sessions()) == before + 1
            pay_by_card(first)
            expect(first.get_by_role("heading", name="Thank you")).to_be_visible()
            pay_by_card(second)
            # The other tab finds the page used up, and its bill paid.
            expect(second.get_by_role("heading", name="This payment is complete")).to_be_visible()
            wrong = faults_of(second)
            second.get_by_role("link", name="Go back").click()
            expect(second.get_by_role("heading", name="Thank you")).to_be_visible()

        assert wrong == []
        world.wait_for_state(sent.id, "paid")
        paid = [
            payment
            for payment in world.staff.get("/v1/payments", limit="200")["items"]
            if any(part["bill_id"] == sent.id for part in payment["allocations"])
        ]
        assert [payment["amount"]["minor"] for payment in paid] == [25_000]


class TestALinkThatOpensNoBill:
    def test_is_unknown_and_says_so(self, world: World, visit: Visit) -> None:
        with visit() as page:
            answer = page.goto(f"{world.url}/l/{'A' * 43}")
            assert answer is not None
            assert answer.status == 404
            assert heading(page) == "There is nothing here"
            wrong = faults_of(page)

        assert wrong == []

    def test_that_was_taken_back_shows_no_bill_and_sends_no_new_one(self, world: World, visit: Visit) -> None:
        sent = world.new_bill()
        links = world.staff.get("/v1/links", bill_id=sent.id)["items"]
        # The one printed on the PDF belongs to nobody.
        (link,) = [link for link in links if link["contact_id"]]
        assert world.change("DELETE", f"/v1/links/{link['id']}", None).status == 204

        with visit() as page:
            answer = page.goto(sent.link)
            assert answer is not None
            assert answer.status == 410
            assert "$" not in page.locator("main").inner_text()
            page.get_by_role("button", name="Send me a new link").click()
            said = page.locator("main").inner_text()
            file = page.request.get(f"{sent.link}/bills/{sent.id}.pdf", max_redirects=0)

        assert file.status == 410
        world.machine.settle()
        assert len(world.mails(sent.to)) == 1
        # It says what it says to everybody.
        assert said.startswith("Please look at your email")

    def test_that_ended_is_followed_by_a_new_one_by_mail(self, world: World, visit: Visit) -> None:
        sent = world.new_bill()
        world.pass_days(91)

        with visit() as page:
            page.goto(sent.link)
            assert heading(page) == "This link has ended"
            wrong = faults_of(page)
            page.get_by_role("button", name="Send me a new link").click()
            assert heading(page) == "Please look at your email"
            wrong += faults_of(page)
            mail = world.next_mail(sent.to, "new link")
            assert link_of(mail) != sent.link
            page.goto(link_of(mail))
            expect(page.locator(PAY)).to_have_text("Pay $250.00")
            expect(page.locator(".tag")).to_have_text("Overdue")
            wrong += faults_of(page)
            page.locator(PAY).click()
            pay_by_card(page)
            expect(page.get_by_role("heading", name="Thank you")).to_be_visible()

        assert wrong == []
        world.wait_for_state(sent.id, "paid")


class TestABillThatIsNoLongerWhatItWas:
    def test_when_void_asks_for_nothing(self, world: World, visit: Visit) -> None:
        sent = world.new_bill()
        world.staff.post(f"/v1/bills/{sent.id}/void", {})

        with visit() as page:
            page.goto(sent.link)
            expect(page.get_by_role("heading", name="This bill was withdrawn")).to_be_visible()
            assert page.locator(PAY).count() == 0
            wrong = faults_of(page)

        assert wrong == []

    def test_when_changed_is_shown_as_it_is_now_and_never_charged_as_it_was(
        self, world: World, visit: Visit
    ) -> None:
        sent = world.new_bill()

        with visit() as page:
            page.goto(sent.link)
            make_dearer(world, sent)
            before = world.sessions()
            page.locator(PAY).click()
            expect(page.get_by_role("alert")).to_contain_text("Please check what you pay")
            wrong = faults_of(page)
            assert world.sessions() == before
            expect(page.locator(".remark")).to_contain_text("This bill has changed")
            expect(page.locator(PAY)).to_have_text("Pay $300.00")
            wrong += faults_of(page)
            file = download(page)

        assert wrong == []
        assert "300.00" in text_of(file)

    def test_when_changed_after_pay_was_pressed_ends_the_payment_page(
        self, world: World, visit: Visit
    ) -> None:
        sent = world.new_bill()

        with visit() as page:
            press_pay(page, sent.link)
            make_dearer(world, sent)
            pay_by_card(page)
            expect(page.get_by_role("heading", name="This payment page has expired")).to_be_visible()
            wrong = faults_of(page)

        assert wrong == []
        assert world.bill(sent.id)["paid"]["minor"] == 0


class TestAMailScanner:
    def test_changes_nothing_however_often_it_looks(self, world: World, visit: Visit) -> None:
        sent = world.new_bill()
        world.machine.settle()
        bill, timeline, sessions = world.bill(sent.id), world.timeline(sent.id), len(world.sessions())
        path = sent.link.removeprefix(world.url)

        with visit() as page:
            for _ in range(5):
                assert call(world.url, "HEAD", path).status == 200
                assert call(world.url, "GET", path).status == 200
                assert call(world.url, "GET", f"{path}/return?checkout=chk_1").status == 200
                assert call(world.url, "GET", f"{path}/bills/{sent.id}.pdf").status == 302
                page.goto(sent.link)
                page.wait_for_load_state("networkidle")

        world.machine.settle()
        assert world.bill(sent.id) == bill
        assert world.timeline(sent.id) == timeline
        assert len(world.sessions()) == sessions
        assert len(world.mails(sent.to)) == 1


def make_dearer(world: World, sent: SentBill) -> None:
    """Change a bill of 250.00 to one of 300.00, as staff would."""
    path = f"/v1/bills/{sent.id}"
    (line,) = world.bill(sent.id)["lines"]
    line = {name: value for name, value in line.items() if value not in (None, "")}
    dearer = {**line, "amount": {**line["amount"], "minor": 30_000}}
    reply = world.change("PATCH", path, {"lines": [dearer]}, etag=world.etag(path))
    assert reply.status == 200, reply.body
