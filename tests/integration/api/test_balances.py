"""The list of outstanding balances, as staff read it after everything that can happen to a bill."""

from __future__ import annotations

import json

import pytest

from feenote.api.webhooks import STRIPE_API_VERSION
from feenote.domain.money import Money
from tests.integration.api.office import Json, Office, Staff
from tests.integration.api.paying import (
    deliver,
    pay_by_link,
    press_pay,
    send_by_mail,
    signature_of,
    tell,
)
from tests.integration.api.samples import Engagement, engage, line, usd
from tests.unit.imports.ledes import file
from tests.unit.imports.ledes import line as ledes_line


def listed(staff: Staff, **query: str) -> list[Json]:
    """Return a page of the list."""
    items: list[Json] = staff.get("/v1/balances", **query).ok()["items"]
    return items


def only(staff: Staff, **query: str) -> Json:
    (item,) = listed(staff, **query)
    return item


def agrees(staff: Staff) -> None:
    """Check that each row is the sum of the client's open bills, as the list of bills shows them."""
    bills = staff.get("/v1/bills", state="awaiting_payment", limit="200").ok()["items"]
    owed: dict[str, int] = {}
    for bill in bills:
        owed[bill["client_id"]] = owed.get(bill["client_id"], 0) + bill["balance_due"]["minor"]
    assert {item["client_id"]: item["owed"]["minor"] for item in listed(staff)} == owed


def tell_of(office: Office, kind: str, what: str, object_id: str, intent_id: str) -> None:
    """Let Stripe tell of a refund or a dispute of a payment."""
    body = json.dumps(
        {
            "id": f"evt_{kind}_{object_id}",
            "object": "event",
            "api_version": STRIPE_API_VERSION,
            "created": int(office.clock.now().timestamp()),
            "livemode": False,
            "type": kind,
            "data": {"object": {"id": object_id, "object": what, "payment_intent": intent_id}},
        }
    ).encode()
    answer = deliver(body, signature_of(office, body))
    assert answer.status == 200, answer.text


class TestTheList:
    def test_shows_what_a_client_owes_with_its_age(self, staff: Staff, engagement: Engagement) -> None:
        engagement.issued(issued_on="2026-06-01", due_on="2026-07-01", lines=[line(1000)])
        engagement.issued(issued_on="2026-09-01", due_on="2026-09-10", lines=[line(200)])
        engagement.issued(issued_on="2026-10-01", due_on="2026-10-10", lines=[line(30)])
        engagement.issued(issued_on="2026-10-01", due_on="2026-11-22", lines=[line(4)])
        engagement.issued(issued_on="2026-10-01", due_on="2026-11-23", lines=[line(50000)])
        engagement.issued(lines=[line(700, "EUR")])

        item = only(staff)

        assert item == {
            "client_id": engagement.client_id,
            "client_number": "00117",
            "client_name": "Northwind 00117",
            "currency": "USD",
            "owed": usd(51234),
            "overdue": usd(1234),
            "pending": usd(0),
            "client_credit": usd(0),
            "ages": {
                "not_due": usd(50000),
                "days_1_30": usd(4),
                "days_31_60": usd(30),
                "days_61_90": usd(200),
                "over_90": usd(1000),
            },
            "oldest_due_on": "2026-07-01",
            "bill_count": 5,
            "disputed_count": 0,
            "other_currencies": ["EUR"],
            "last_payment_at": None,
            "last_sent_at": None,
            "reminders": {
                "mode": "on",
                "decided_by": {"scope": "firm", "id": "firm_1", "name": "Firm firm_1"},
                "until": None,
                "next_at": None,
                "exceptions": 0,
            },
        }
        assert only(staff, currency="EUR")["owed"] == {"minor": 700, "currency": "EUR"}
        assert listed(staff, currency="GBP") == []

    def test_grows_older_without_being_written(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        engagement.issued(due_on="2026-11-23", lines=[line(1000)])
        ages = ["not_due", "days_1_30", "days_31_60", "days_61_90", "over_90"]
        shown = []

        for _ in ages:
            item = only(staff)
            shown.append([name for name in ages if item["ages"][name]["minor"]])
            office.clock.advance(days=30, hours=1)

        assert shown == [[name] for name in ages]

    def test_begins_a_day_at_the_firms_midnight(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        engagement.issued(due_on="2026-11-23", lines=[line(1000)])
        office.clock.advance(hours=19)  # 23:00 in New York, 04:00 in UTC.
        before = only(staff)
        office.clock.advance(hours=2)

        assert (before["overdue"], only(staff)["overdue"]) == (usd(0), usd(1000))
        assert len(listed(staff, overdue="true")) == 1

    def test_is_sorted_and_filtered_by_the_server(self, staff: Staff) -> None:
        for number, (minor, due_on) in enumerate(
            [(3000, "2026-12-24"), (1000, "2026-11-01"), (2000, "2026-08-01"), (2500, "2026-10-10")]
        ):
            engage(staff, number=f"0020{number}").issued(
                issued_on="2026-07-01", due_on=due_on, lines=[line(minor)]
            )

        def numbers(**query: str) -> list[str]:
            return [item["client_number"][-1] for item in listed(staff, **query)]

        assert numbers() == ["0", "3", "2", "1"]
        assert numbers(sort="owed") == ["1", "2", "3", "0"]
        assert numbers(sort="oldest_due") == ["2", "3", "1", "0"]
        assert numbers(sort="-oldest_due") == ["0", "1", "3", "2"]
        assert numbers(overdue="true") == ["2", "3", "1"]
        assert numbers(overdue="false") == ["0"]
        assert numbers(older_than="30") == ["2", "3"]
        assert numbers(older_than="60", sort="-owed") == ["2"]
        assert numbers(owed_from="2000", owed_to="2500") == ["3", "2"]
        assert numbers(owed_from="2000", overdue="true") == ["2", "3"]
        assert numbers(q="00202") == ["2"]
        assert numbers(q="north", sort="owed") == ["1", "2", "3", "0"]
        assert numbers(q="nobody") == []

    def test_comes_in_pages(self, staff: Staff) -> None:
        for number in range(5):
            engage(staff, number=f"0020{number}").issued(lines=[line(1000 + number)])
        shown: list[str] = []
        query = {"limit": "2"}
        for _ in range(3):
            page = staff.get("/v1/balances", **query).ok()
            shown += [item["client_number"] for item in page["items"]]
            query["cursor"] = page["next"] or ""

        assert shown == ["00204", "00203", "00202", "00201", "00200"]
        assert query["cursor"] == ""

    def test_never_holds_more_than_an_amount_can(self, staff: Staff, engagement: Engagement) -> None:
        most = 9_007_199_254_740_991
        engagement.issued(lines=[line(most)])
        one_more = engagement.draft(lines=[line(1)])

        staff.post(f"/v1/bills/{one_more['id']}/approve").problem(409)

        assert only(staff)["owed"] == usd(most)
        assert staff.get(f"/v1/balances/{engagement.client_id}").ok()["balances"][0]["owed"] == usd(most)

    @pytest.mark.parametrize(
        "query",
        [
            {"older_than": "45"},
            {"older_than": "30", "overdue": "false"},
            {"owed_from": "-1"},
            {"owed_from": "1.5"},
            {"owed_from": "20", "owed_to": "10"},
            {"currency": "ABC"},
            {"sort": "name"},
            {"overdue": "perhaps"},
            {"limit": "0"},
            {"cursor": "none"},
            {"older": "30"},
        ],
    )
    def test_refuses_what_it_cannot_answer(self, staff: Staff, query: dict[str, str]) -> None:
        problem = staff.get("/v1/balances", **query).problem(400)

        assert problem["detail"] or problem["errors"]

    def test_is_for_staff_of_the_firm(self, staff: Staff, engagement: Engagement) -> None:
        engagement.issued()

        assert len(listed(Staff(roles=("viewer",)))) == 1
        assert listed(Staff(firm_id="firm_2")) == []


class TestTheListIsRight:
    def test_after_a_file_of_many_bills(self, office: Office) -> None:
        both = Staff(roles=("biller", "approver", "cashier"))
        content = file(*(ledes_line(invoice_number=str(number)) for number in range(1000, 1035)))
        both.send(
            "POST",
            "/v1/imports",
            content,
            headers={"content-type": "text/plain"},
            query={"approve": "true"},
        ).ok()

        item = only(both)

        assert (item["bill_count"], item["owed"]["minor"]) == (35, 35 * 70000)
        agrees(both)

    def test_after_each_thing_that_happens_to_bills(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        other = engage(staff, number="00118")
        drafted = engagement.draft(lines=[line(1000)])
        assert listed(staff) == []

        staff.post(f"/v1/bills/{drafted['id']}/approve").ok()
        paid, voided = engagement.issued(lines=[line(200)]), engagement.issued(lines=[line(30)])
        other.issued(lines=[line(500)])
        assert [item["owed"]["minor"] for item in listed(staff)] == [1230, 500]

        staff.post(f"/v1/bills/{voided['id']}/void").ok()
        assert listed(staff)[0]["owed"] == usd(1200)

        staff.patch(f"/v1/bills/{drafted['id']}", {"lines": [line(400)], "due_on": "2026-11-30"}).ok()
        item = listed(staff)[0]
        assert (item["owed"], item["oldest_due_on"]) == (usd(600), "2026-11-30")
        assert item["client_id"] == engagement.client_id

        pay_by_link(staff, office, paid["id"])
        item = next(each for each in listed(staff) if each["client_id"] == engagement.client_id)
        assert (item["owed"], item["bill_count"]) == (usd(400), 1)
        assert item["last_payment_at"] == item["last_sent_at"] == "2026-11-23T09:00:00.000Z"
        agrees(staff)

    def test_while_a_debit_is_on_its_way(self, staff: Staff, engagement: Engagement, office: Office) -> None:
        bill = engagement.issued()
        session_id = press_pay(staff, office, bill["id"])
        office.processor.start_debit(session_id)
        tell(office, "checkout.session.completed", session_id)

        item = only(staff)

        assert (item["owed"], item["pending"]) == (usd(63000), usd(63000))

    def test_after_a_payment_by_hand_that_is_undone(self, staff: Staff, engagement: Engagement) -> None:
        bill = engagement.issued(lines=[line(1000)])
        payment = staff.post(
            "/v1/payments",
            {
                "client_id": engagement.client_id,
                "amount": usd(1200),
                "method": "cheque",
                "received_on": "2026-11-20",
                "allocations": [{"bill_id": bill["id"], "amount": usd(900)}],
            },
        ).ok()
        item = only(staff)
        assert (item["owed"], item["client_credit"]) == (usd(100), usd(300))
        agrees(staff)

        staff.post(f"/v1/payments/{payment['id']}/reverse", {"reason": "Another client's."}).ok()

        item = only(staff)
        assert (item["owed"], item["client_credit"]) == (usd(1000), usd(0))
        agrees(staff)

    def test_after_a_refund(self, staff: Staff, engagement: Engagement, office: Office) -> None:
        bill = engagement.issued(lines=[line(1000)])
        pay_by_link(staff, office, bill["id"])
        assert listed(staff) == []
        (payment,) = staff.get("/v1/payments").ok()["items"]

        staff.post(f"/v1/payments/{payment['id']}/refunds", {"amount": usd(300)}).ok()

        assert (only(staff)["owed"], only(staff)["bill_count"]) == (usd(300), 1)
        agrees(staff)

    def test_after_a_refund_and_a_dispute_at_stripe(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued(lines=[line(1000)])
        session_id = pay_by_link(staff, office, bill["id"])
        intent_id = office.processor.sessions[session_id].report.payment_intent_id

        refund = office.processor.refund_in_dashboard(intent_id, Money(250, "USD"))
        tell_of(office, "refund.updated", "refund", refund.id, intent_id)
        assert (only(staff)["owed"], only(staff)["disputed_count"]) == (usd(250), 0)

        dispute = office.processor.open_dispute(intent_id)
        tell_of(office, "charge.dispute.funds_withdrawn", "dispute", dispute.id, intent_id)
        assert (only(staff)["owed"], only(staff)["disputed_count"]) == (usd(1000), 1)
        agrees(staff)

        office.processor.win_dispute(dispute.id)
        tell_of(office, "charge.dispute.funds_reinstated", "dispute", dispute.id, intent_id)
        assert (only(staff)["owed"], only(staff)["disputed_count"]) == (usd(250), 0)
        agrees(staff)


class TestAClientsBalance:
    def test_has_its_ages_and_when_it_was_sent(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued(issued_on="2026-09-01", due_on="2026-10-10", lines=[line(200)])
        engagement.issued(lines=[line(3000)])
        before = staff.get(f"/v1/balances/{engagement.client_id}").ok()
        send_by_mail(staff, office, bill["id"], confirm=["due_date_passed"])

        after = staff.get(f"/v1/balances/{engagement.client_id}").ok()

        (dollars,) = after["balances"]
        assert dollars["ages"] == {
            "not_due": usd(3000),
            "days_1_30": usd(0),
            "days_31_60": usd(200),
            "days_61_90": usd(0),
            "over_90": usd(0),
        }
        assert dollars["overdue"] == usd(200)
        assert (before["last_sent_at"], after["last_sent_at"]) == (None, "2026-11-23T09:00:00.000Z")
