"""The page of all that a client owes: what it shows, the split before paying, and paying it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from feenote.domain.records import PartialPayments
from tests.integration.api.office import FIRM, Answer, Office, Staff, app
from tests.integration.api.paying import asking, browse, changed, form_of, send_by_mail, tell
from tests.integration.api.queue_events import sqs_event
from tests.integration.api.samples import Engagement, engage, line


class Owing:
    """A client that owes three bills over two matters, and the link to its balance."""

    def __init__(self, staff: Staff, office: Office, engagement: Engagement) -> None:
        self.staff, self.office, self.engagement = staff, office, engagement
        other = {
            "number": "00117-004",
            "client_id": engagement.client_id,
            "description": "Merger",
            "recipients": [{"contact_id": engagement.contact_id}],
        }
        self.other_matter = staff.post("/v1/matters", other).ok()["id"]
        self.first = engagement.issued(due_on="2026-12-01", lines=[line(50_000)])
        self.second = engagement.issued(due_on="2026-12-08", lines=[line(70_000)])
        self.third = engagement.issued(
            due_on="2026-12-20", lines=[line(90_000)], matter_ids=[self.other_matter]
        )
        self.token = self.sent_balance()

    def sent_balance(self, **more: object) -> str:
        """Send the client's balance; return the token in the mail."""
        self.staff.post("/v1/sends", {"client_id": self.engagement.client_id, **more}).ok()
        app("deliver_mail").handler(sqs_event(self.office.queue.take_all()), None)
        return self.office.mailer.accepted[-1].text.rpartition("/")[2].strip()

    def set(self, **settings: Any) -> None:
        """Change the firm's settings."""
        changed = self.staff.patch("/v1/firm", {"settings": settings}).ok()["settings"]
        assert {name: changed[name] for name in settings} == settings

    def without_matter(self, bill: dict[str, Any]) -> dict[str, Any]:
        """Take a bill off its matter, as one that was imported without any: its client's contact sees it."""
        bills = self.office.store.world.bills
        stored = bills[FIRM, bill["id"]]
        bills[FIRM, bill["id"]] = replace(stored, content=replace(stored.content, matter_ids=()))
        return bill

    def page(self, query: str = "") -> Answer:
        """Return the page of the balance."""
        return browse("GET", f"/l/{self.token}{query}")

    def press(self, form: object) -> Answer:
        """Press pay."""
        return browse("POST", f"/l/{self.token}/pay", form=form)  # type: ignore[arg-type]  # any of the forms

    def states(self) -> list[tuple[str, int]]:
        """Return state and what is paid of each bill, oldest first."""
        bills = [
            self.staff.get(f"/v1/bills/{one['id']}").ok() for one in (self.first, self.second, self.third)
        ]
        return [(bill["state"], bill["paid"]["minor"]) for bill in bills]


@pytest.fixture
def owing(staff: Staff, office: Office, engagement: Engagement) -> Owing:
    return Owing(staff, office, engagement)


def split_on(page: Answer) -> list[str]:
    """Return what the page says that each bill gets, in the order of the list."""
    return re.findall(r'<span class="meta pays">([^<]*)</span>', page.text)


class TestThePage:
    def test_lists_the_unpaid_bills_by_matter_with_their_files(self, owing: Owing) -> None:
        page = owing.page()

        assert page.status == 200
        for text in ("00117-003 · Lease", "00117-004 · Merger", "$2,100.00", "Pay $2,100.00"):
            assert text in page.text
        for bill in (owing.first, owing.second, owing.third):
            assert f"Bill {bill['number']}" in page.text
            found = browse("GET", f"/l/{owing.token}/bills/{bill['id']}.pdf")
            assert found.status == 302
        assert f'href="/l/{owing.token}/statement"' in page.text

    def test_shows_no_matter_of_others_and_opens_no_file_of_it(self, owing: Owing, staff: Staff) -> None:
        mine, client_id = owing.engagement, owing.engagement.client_id
        contact = {"client_ids": [client_id], "last_name": "Other", "email": "other@example.com"}
        other = staff.post("/v1/contacts", contact).ok()["id"]
        secret = {
            "number": "00117-005",
            "client_id": client_id,
            "description": "Secret takeover",
            "recipients": [{"contact_id": other}],
        }
        hidden = mine.issued(matter_ids=[staff.post("/v1/matters", secret).ok()["id"]], lines=[line(12_300)])

        page = owing.page()
        answer = browse("GET", f"/l/{owing.token}/bills/{hidden['id']}.pdf")
        unknown = browse("GET", f"/l/{owing.token}/bills/bill_unknown.pdf")

        assert "Secret takeover" not in page.text
        assert hidden["number"] not in page.text
        assert (answer.status, answer.text) == (unknown.status, unknown.text) == (404, unknown.text)

    def test_opens_no_file_of_another_client_even_of_one_recipient(self, owing: Owing, staff: Staff) -> None:
        theirs = owing.without_matter(engage(staff, number="2").issued())
        mine = owing.without_matter(owing.first)

        assert browse("GET", f"/l/{owing.token}/bills/{mine['id']}.pdf").status == 302
        assert browse("GET", f"/l/{owing.token}/bills/{theirs['id']}.pdf").status == 404

    def test_leaves_out_what_the_sender_left_out(self, owing: Owing) -> None:
        owing.office.clock.advance(minutes=11)
        owing.token = owing.sent_balance(leave_out=[owing.second["id"]])

        page = owing.page()

        assert "Pay $1,400.00" in page.text
        assert browse("GET", f"/l/{owing.token}/bills/{owing.second['id']}.pdf").status == 404

    def test_changes_nothing_however_it_is_asked(self, owing: Owing) -> None:
        owing.set(partial_payments=PartialPayments.ANY)
        form = form_of(owing.page())
        before = (owing.states(), list(owing.office.processor.calls))

        for query in ("", asking(form), asking(changed(form, amount="700.50")), "?b=%00&amount=%FF", "?&&&"):
            for method in ("GET", "HEAD"):
                assert browse(method, f"/l/{owing.token}{query}").status == 200

        assert (owing.states(), owing.office.processor.calls) == before

    def test_that_ended_shows_no_bill(self, owing: Owing) -> None:
        owing.office.clock.advance(days=91)

        assert owing.page().status == 410
        assert browse("GET", f"/l/{owing.token}/bills/{owing.first['id']}.pdf").status == 404


class TestTheSplitBeforePaying:
    def test_goes_to_the_oldest_chosen_bills(self, owing: Owing) -> None:
        owing.set(partial_payments=PartialPayments.ANY)
        form = changed(form_of(owing.page()), amount="600", without=[owing.second["id"]])

        page = owing.page(asking(form))

        assert split_on(page) == ["You pay $500.00", "Left out", "You pay $100.00"]
        assert "Pay $600.00" in page.text
        assert "$1,500.00" in page.text

    def test_is_what_is_paid_and_nothing_else(self, owing: Owing) -> None:
        owing.set(partial_payments=PartialPayments.ANY)
        chosen = changed(form_of(owing.page()), amount="600.00", without=[owing.second["id"]])

        answer = owing.press(form_of(owing.page(asking(chosen))))

        assert answer.status == 303
        (session,) = owing.office.processor.sessions.values()
        checkout = session.request.checkout
        assert [(part.bill_id, part.amount.minor) for part in checkout.split] == [
            (owing.first["id"], 50_000),
            (owing.third["id"], 10_000),
        ]
        assert not checkout.all_unpaid
        assert session.request.title == f"Bills {owing.first['number']}, {owing.third['number']}"

    @pytest.mark.parametrize("amount", ["1,5.0", "abc", "10.005", "-5", "0", "2,100.01"])
    def test_is_not_made_of_an_amount_that_cannot_be_paid(self, owing: Owing, amount: str) -> None:
        owing.set(partial_payments=PartialPayments.ANY)
        form = changed(form_of(owing.page()), amount=amount)

        shown, pressed = owing.page(asking(form)), owing.press(form)

        assert (shown.status, pressed.status) == (200, 409)
        for page in (shown, pressed):
            assert 'aria-invalid="true"' in page.text
            assert f'value="{amount}"' in page.text
            assert 'class="button now"' not in page.text
        assert owing.office.processor.sessions == {}

    def test_of_too_little_names_the_least(self, owing: Owing) -> None:
        owing.set(partial_payments=PartialPayments.MINIMUM, partial_minimum_minor=10_000)
        form = changed(form_of(owing.page()), amount="99.99")

        assert "the least is $100.00" in owing.page(asking(form)).text
        assert owing.press(form).status == 409
        assert "Pay $100.00" in owing.page(asking(changed(form, amount="100"))).text

    def test_is_of_the_whole_where_the_firm_takes_no_part(self, owing: Owing) -> None:
        page = owing.page()

        assert 'name="amount"' not in page.text
        assert "Only the whole amount" in owing.page(asking(changed(form_of(page), amount="600"))).text

    def test_leaves_nothing_out_where_the_firm_does_not_allow_it(self, owing: Owing) -> None:
        owing.set(may_leave_bills_out=False)
        form = form_of(owing.page())
        forged = [*form, ("pick", "1"), ("b", owing.first["id"])]

        assert 'type="checkbox"' not in owing.page().text
        assert "can only be paid together" in owing.page(asking(forged)).text
        assert owing.press(forged).status == 409
        assert owing.press(form).status == 303


class TestPaying:
    def test_everything_is_one_payment_for_all_unpaid_bills(self, owing: Owing) -> None:
        answer = owing.press(form_of(owing.page()))
        session_id = answer.headers["location"].rpartition("/")[2]
        checkout = owing.office.processor.sessions[session_id].request.checkout
        owing.office.processor.pay(session_id)
        tell(owing.office, "checkout.session.completed", session_id)

        assert checkout.all_unpaid
        assert owing.states() == [("paid", 50_000), ("paid", 70_000), ("paid", 90_000)]
        assert "Nothing is due" in owing.page().text
        back = browse("GET", f"/l/{owing.token}/return?checkout={checkout.id}")
        (payment,) = owing.staff.get("/v1/payments").ok()["items"]
        assert f"Receipt {payment['receipt_number']}" in back.text
        assert back.text.count("Paid in full") == 3
        assert "$2,100.00" in back.text

    def test_of_a_choice_that_was_not_shown_is_shown_first(self, owing: Owing) -> None:
        form = changed(form_of(owing.page()), without=[owing.first["id"]])

        pressed = owing.press(form)

        assert pressed.status == 409
        assert "Please check what you pay" in pressed.text
        assert "Pay $1,600.00" in pressed.text
        assert owing.office.processor.sessions == {}
        assert owing.press(form_of(pressed)).status == 303

    def test_after_a_bill_changed_is_shown_first(self, owing: Owing, staff: Staff) -> None:
        form = form_of(owing.page())
        staff.patch(f"/v1/bills/{owing.first['id']}", {"lines": [line(40_000)]}).ok()

        pressed = owing.press(form)

        assert pressed.status == 409
        assert "Pay $2,000.00" in pressed.text

    def test_again_is_the_same_session_and_another_choice_ends_it(self, owing: Owing) -> None:
        form = form_of(owing.page())
        first, again = owing.press(form), owing.press(form)
        less = owing.page(asking(changed(form, without=[owing.first["id"]])))

        other = owing.press(form_of(less))

        assert first.headers["location"] == again.headers["location"] != other.headers["location"]
        states = [one.report.status.value for one in owing.office.processor.sessions.values()]
        assert states == ["expired", "open"]

    def test_by_debit_leaves_its_bills_alone_until_it_is_known(self, owing: Owing) -> None:
        owing.set(partial_payments=PartialPayments.ANY)
        form = changed(form_of(owing.page()), amount="600")
        session_id = owing.press(form_of(owing.page(asking(form)))).headers["location"].rpartition("/")[2]
        owing.office.processor.start_debit(session_id)
        tell(owing.office, "checkout.session.completed", session_id)

        page = owing.page()
        checkout = owing.office.processor.sessions[session_id].request.checkout
        back = browse("GET", f"/l/{owing.token}/return?checkout={checkout.id}")

        assert "$100.00 is on its way" in page.text
        assert "Pay $900.00" in page.text
        assert "$600.00 is on its way" in back.text
        assert owing.press(form_of(page)).status == 303

    def test_of_a_single_bills_link_offers_the_others_and_a_part(self, owing: Owing) -> None:
        owing.set(partial_payments=PartialPayments.ANY)
        token = send_by_mail(owing.staff, owing.office, owing.second["id"])
        page = browse("GET", f"/l/{token}")
        part = browse("GET", f"/l/{token}{asking(changed(form_of(page), amount='250'))}")
        everything = browse("GET", f"/l/{token}?what=all")

        assert "All 3 bills: $2,100.00" in page.text
        assert "Pay $250.00" in part.text
        assert "Pay $2,100.00" in everything.text
        assert f"Back to bill {owing.second['number']}" in re.sub(r"</?bdi>", "", everything.text)
        assert browse("POST", f"/l/{token}/pay", form=form_of(part)).status == 303
        assert browse("POST", f"/l/{token}/pay", form=form_of(everything)).status == 303


class TestComingBack:
    @pytest.mark.parametrize(
        "query", ["", "?checkout=chk_unknown", "?checkout=..", "?checkout=" + "x" * 900, "?checkout=chk_%00"]
    )
    def test_from_a_forged_address_tells_of_no_payment(self, owing: Owing, query: str) -> None:
        page = browse("GET", f"/l/{owing.token}/return{query}")

        assert page.status == 200
        assert "We have not heard of your payment yet" in page.text

    def test_tells_nothing_of_a_session_of_another_link(self, owing: Owing) -> None:
        other = send_by_mail(owing.staff, owing.office, owing.second["id"])
        session_id = owing.press(form_of(owing.page())).headers["location"].rpartition("/")[2]
        checkout = owing.office.processor.sessions[session_id].request.checkout
        owing.office.processor.start_debit(session_id)
        tell(owing.office, "checkout.session.completed", session_id)

        page = browse("GET", f"/l/{other}/return?checkout={checkout.id}")

        assert owing.first["number"] not in page.text

    def test_after_the_money_did_not_come_says_so(self, owing: Owing) -> None:
        session_id = owing.press(form_of(owing.page())).headers["location"].rpartition("/")[2]
        checkout = owing.office.processor.sessions[session_id].request.checkout
        owing.office.processor.start_debit(session_id)
        tell(owing.office, "checkout.session.completed", session_id)
        owing.office.processor.debit_fails(session_id)
        tell(owing.office, "checkout.session.async_payment_failed", session_id)

        page = browse("GET", f"/l/{owing.token}/return?checkout={checkout.id}")

        assert "did not go through" in page.text
        assert "Pay $2,100.00" in owing.page().text


class TestANewLink:
    def test_to_a_balance_shows_the_same_bills(self, owing: Owing) -> None:
        owing.office.clock.advance(days=91)
        owing.office.clock.advance(minutes=11)

        assert browse("POST", f"/l/{owing.token}/renew").status == 200
        app("deliver_mail").handler(sqs_event(owing.office.queue.take_all()), None)
        renewed = re.findall(r"/l/([A-Za-z0-9_-]{43})", owing.office.mailer.accepted[-1].text)[-1]

        assert renewed != owing.token
        assert "Pay $2,100.00" in browse("GET", f"/l/{renewed}").text
