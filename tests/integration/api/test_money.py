"""Payments, balances and tasks as staff read them."""

from __future__ import annotations

from feenote.domain.events import Task, TaskKind
from tests.integration.api.office import FIRM, Office, Staff
from tests.integration.api.paying import pay_by_link, press_pay, tell
from tests.integration.api.samples import Engagement, line, usd


class TestABalance:
    def test_is_by_currency_and_oldest_first(self, staff: Staff, engagement: Engagement) -> None:
        later = engagement.issued(due_on="2027-01-23")
        sooner = engagement.issued(issued_on="2026-10-01", due_on="2026-11-01", lines=[line(1000)])
        engagement.issued(lines=[line(5000, "EUR")])

        balance = staff.get(f"/v1/balances/{engagement.client_id}").ok()

        euros, dollars = balance["balances"]
        assert euros["owed"] == {"minor": 5000, "currency": "EUR"}
        assert dollars["owed"] == usd(64000)
        assert dollars["overdue"] == usd(1000)
        assert dollars["oldest_due_on"] == "2026-11-01"
        assert [bill["bill_id"] for bill in dollars["open_bills"]] == [sooner["id"], later["id"]]
        assert [bill["is_overdue"] for bill in dollars["open_bills"]] == [True, False]

    def test_of_a_client_who_owes_nothing_is_empty(self, staff: Staff, engagement: Engagement) -> None:
        balance = staff.get(f"/v1/balances/{engagement.client_id}").ok()

        assert balance["balances"] == []
        assert balance["last_payment_at"] is None
        staff.get("/v1/balances/cli_none").problem(404)

    def test_counts_what_is_on_its_way_as_owed_still(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued()
        session_id = press_pay(staff, office, bill["id"])
        office.processor.start_debit(session_id)
        tell(office, "checkout.session.completed", session_id)

        (balance,) = staff.get(f"/v1/balances/{engagement.client_id}").ok()["balances"]
        shown = staff.get(f"/v1/bills/{bill['id']}").ok()

        assert (balance["owed"], balance["pending"]) == (usd(63000), usd(63000))
        assert shown["flags"] == ["payment_pending"]
        staff.post(f"/v1/bills/{bill['id']}/void").problem(409)


class TestAPayment:
    def test_is_read_with_what_each_bill_took(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued()
        pay_by_link(staff, office, bill["id"])

        (listed,) = staff.get("/v1/payments", client_id=engagement.client_id).ok()["items"]
        read = staff.get(f"/v1/payments/{listed['id']}").ok()

        assert listed.items() <= read.items()
        assert read["allocations"] == [{"bill_id": bill["id"], "amount": usd(63000)}]
        assert read["client_credit"] == read["refunded"] == usd(0)
        assert read["receipt_number"] == "R-00117-0001"
        paid = staff.get(f"/v1/bills/{bill['id']}").ok()
        assert (paid["state"], paid["paid"], paid["balance_due"]) == ("paid", usd(63000), usd(0))
        assert staff.get("/v1/payments", client_id="cli_none").ok()["items"] == []
        staff.get("/v1/payments/pay_none").problem(404)


class TestATask:
    def test_is_listed_until_it_is_done(self, office: Office) -> None:
        cashier = Staff(roles=("cashier",), sub="user_9")
        task = Task("tsk_1", FIRM, TaskKind.CLIENT_CREDIT, office.clock.now(), "Money is left.", "Apply it.")
        office.store.tasks.add(task)
        (listed,) = cashier.get("/v1/tasks").ok()["items"]

        done = cashier.post("/v1/tasks/tsk_1/done").ok()

        assert listed["what"] == "Money is left."
        assert (done["done_by"], done["done_at"]) == ("ines@firm.example", "2026-11-23T09:00:00.000Z")
        assert cashier.get("/v1/tasks").ok()["items"] == []
        cashier.post("/v1/tasks/tsk_none/done").problem(404)
