"""Payments by hand beside money online; payments put on other bills; payments undone."""

from __future__ import annotations

import pytest

from feenote.domain.ledger import EntryKind
from feenote.service.ports import ProcessorUnavailableError
from tests.integration.api.by_hand import (
    CASHIER,
    Json,
    books_agree,
    cheque,
    happened,
    open_tasks,
    part,
    receipts,
    shown,
)
from tests.integration.api.office import FIRM, OTHER_FIRM, Answer, Office, Staff
from tests.integration.api.paying import pay_by_link, press_pay, tell
from tests.integration.api.samples import Engagement, usd


@pytest.fixture
def cashier(office: Office) -> Staff:
    return CASHIER


class TestAgainstMoneyOnline:
    def test_ends_the_open_session_of_a_bill_it_pays(
        self, cashier: Staff, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued()
        session_id = press_pay(staff, office, bill["id"])

        cashier.post("/v1/payments", cheque(engagement, 1000)).ok()

        assert office.processor.sessions[session_id].report.status.value == "expired"
        assert office.store.books.account(FIRM, engagement.client_id).checkouts == {}

    def test_is_refused_when_the_client_has_just_paid(
        self, cashier: Staff, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued()
        session_id = press_pay(staff, office, bill["id"])
        office.processor.pay(session_id)

        cashier.post("/v1/payments", cheque(engagement)).problem(409)

        tell(office, "checkout.session.completed", session_id)
        assert len(cashier.get("/v1/payments").ok()["items"]) == 1
        assert shown(staff, bill) == ("paid", 63000)

    def test_is_put_off_when_stripe_does_not_answer(
        self, cashier: Staff, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued()
        press_pay(staff, office, bill["id"])
        office.processor.failures.append(ProcessorUnavailableError())

        cashier.post("/v1/payments", cheque(engagement), key="k1").problem(503)
        assert cashier.get("/v1/payments").ok()["items"] == []
        cashier.post("/v1/payments", cheque(engagement), key="k1").ok()

    def test_leaves_to_money_on_its_way_what_it_is_on_its_way_to(
        self, cashier: Staff, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        pending, other = engagement.issued(due_on="2026-12-01"), engagement.issued()
        session_id = press_pay(staff, office, pending["id"])
        office.processor.start_debit(session_id)
        tell(office, "checkout.session.completed", session_id)

        made = cashier.post("/v1/payments", cheque(engagement)).ok()
        by_hand = cheque(engagement, allocations=[part(pending, 1)])

        assert made["allocations"] == [part(other, 63000)]
        assert cashier.post("/v1/payments", by_hand).fields(422) == ["allocations[0].amount"]
        books_agree(office, engagement)


class TestAllocatingAPayment:
    def test_puts_credit_on_a_bill_and_ends_its_task(
        self, cashier: Staff, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        made = cashier.post("/v1/payments", cheque(engagement)).ok()
        bill = engagement.issued()
        assert len(open_tasks(staff)) == 1

        moved = cashier.post(
            f"/v1/payments/{made['id']}/allocations", {"allocations": [part(bill, 63000)]}
        ).ok()

        assert moved["allocations"] == [part(bill, 63000)]
        assert (moved["client_credit"], moved["held"]) == (usd(0), usd(63000))
        assert shown(staff, bill) == ("paid", 63000)
        assert happened(staff, bill) == [("payment_moved", "ines@firm.example")]
        assert open_tasks(staff) == []
        *_, entry = office.store.books.entries(FIRM, engagement.client_id)
        assert entry.kind is EntryKind.PAYMENT_MOVED
        books_agree(office, engagement)

    def test_leaves_a_bill_open_again_with_credit_and_a_task(
        self, cashier: Staff, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued()
        made = cashier.post("/v1/payments", cheque(engagement)).ok()
        address = f"/v1/payments/{made['id']}/allocations"

        moved = cashier.post(address, {"allocations": [part(bill, 3000)]}).ok()

        assert moved["client_credit"] == usd(60000)
        assert shown(staff, bill) == ("awaiting_payment", 3000)
        assert [receipt.amount.minor for receipt in receipts(office, bill)] == [3000]
        (task,) = open_tasks(staff)
        cashier.post(f"/v1/tasks/{task['id']}/done").ok()

        cashier.post(address, {"allocations": []}).ok()
        # More credit asks anew, though a person had ticked it off.
        assert len(open_tasks(staff)) == 1
        assert receipts(office, bill) == ()
        books_agree(office, engagement)

    def test_moves_what_was_paid_online_too(
        self, cashier: Staff, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill, other = engagement.issued(), engagement.issued()
        pay_by_link(staff, office, bill["id"])
        (made,) = cashier.get("/v1/payments").ok()["items"]

        cashier.post(f"/v1/payments/{made['id']}/allocations", {"allocations": [part(other, 63000)]}).ok()

        assert shown(staff, bill) == ("awaiting_payment", 0)
        assert shown(staff, other) == ("paid", 63000)
        books_agree(office, engagement)

    def test_changes_nothing_the_second_time(
        self, cashier: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued()
        made = cashier.post("/v1/payments", cheque(engagement)).ok()
        before = office.store.books.account(FIRM, engagement.client_id)

        request = {"allocations": [part(bill, 63000)]}
        again = cashier.post(f"/v1/payments/{made['id']}/allocations", request).ok()

        assert again == made
        assert office.store.books.account(FIRM, engagement.client_id) == before

    def test_names_what_is_wrong_and_changes_nothing(
        self, cashier: Staff, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill, other = engagement.issued(), engagement.issued()
        made = cashier.post("/v1/payments", cheque(engagement)).ok()
        session_id = press_pay(staff, office, other["id"])
        address = f"/v1/payments/{made['id']}/allocations"

        too_much = [part(other, 10), part(bill, 63000)]
        assert cashier.post(address, {"allocations": too_much}).fields(422) == ["allocations[1].amount"]
        assert cashier.post(address, {"allocations": [part(other, 63001)]}).fields(422) == [
            "allocations[0].amount"
        ]
        assert cashier.post(address, {"allocations": [], "all": True}).fields(400) == ["all"]
        assert cashier.post(address, {}).fields(400) == ["allocations"]

        assert made.items() <= cashier.get(f"/v1/payments/{made['id']}").ok().items()
        assert office.processor.sessions[session_id].report.status.value == "open"

    def test_ends_the_open_session_of_a_bill_that_gets_more(
        self, cashier: Staff, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill, other = engagement.issued(), engagement.issued()
        made = cashier.post("/v1/payments", cheque(engagement, allocations=[part(bill, 63000)])).ok()
        session_id = press_pay(staff, office, other["id"])

        cashier.post(f"/v1/payments/{made['id']}/allocations", {"allocations": [part(other, 63000)]}).ok()

        assert office.processor.sessions[session_id].report.status.value == "expired"
        assert shown(staff, bill) == ("awaiting_payment", 0)

    def test_is_refused_when_the_client_has_just_paid_that_bill(
        self, cashier: Staff, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        made = cashier.post("/v1/payments", cheque(engagement)).ok()
        bill = engagement.issued()
        office.processor.pay(press_pay(staff, office, bill["id"]))

        request = {"allocations": [part(bill, 63000)]}
        cashier.post(f"/v1/payments/{made['id']}/allocations", request).problem(409)

        assert made.items() <= cashier.get(f"/v1/payments/{made['id']}").ok().items()

    def test_of_another_firms_payment_is_not_found(self, cashier: Staff, engagement: Engagement) -> None:
        made = cashier.post("/v1/payments", cheque(engagement)).ok()
        stranger = Staff(firm_id=OTHER_FIRM)
        for answer in (
            stranger.get(f"/v1/payments/{made['id']}"),
            stranger.post(f"/v1/payments/{made['id']}/allocations", {"allocations": []}),
            stranger.post(f"/v1/payments/{made['id']}/reverse", {}),
            cashier.post("/v1/payments/pay_none/allocations", {"allocations": []}),
            cashier.post("/v1/payments/pay_none/reverse", {}),
        ):
            answer.problem(404)


class TestReversingAPayment:
    def reversed(self, cashier: Staff, made: Json, **more: str) -> Answer:
        return cashier.post(f"/v1/payments/{made['id']}/reverse", {"reason": "Another client's"}, **more)

    def test_lets_its_bills_owe_again_by_an_entry_that_corrects_the_first(
        self, cashier: Staff, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued()
        made = cashier.post("/v1/payments", cheque(engagement, 70000)).ok()
        assert len(open_tasks(staff)) == 1

        after = self.reversed(cashier, made).ok()

        assert (after["state"], after["amount"], after["held"]) == ("reversed", usd(70000), usd(0))
        assert (after["allocations"], after["client_credit"]) == ([], usd(0))
        assert after["reversal_reason"] == "Another client's"
        assert shown(staff, bill) == ("awaiting_payment", 0)
        assert receipts(office, bill) == ()
        assert [kind for kind, _ in happened(staff, bill)] == ["paid", "payment_reversed"]
        assert open_tasks(staff) == []
        *_, first, second = office.store.books.entries(FIRM, engagement.client_id)
        assert (second.kind, second.corrects) == (EntryKind.PAYMENT_REVERSED, first.id)
        books_agree(office, engagement)

    def test_is_done_once(self, cashier: Staff, engagement: Engagement) -> None:
        made = cashier.post("/v1/payments", cheque(engagement)).ok()

        first = self.reversed(cashier, made, key="k1")
        assert self.reversed(cashier, made, key="k1").text == first.text
        self.reversed(cashier, made).problem(409)
        cashier.post(f"/v1/payments/{made['id']}/allocations", {"allocations": []}).problem(409)

    def test_is_not_for_what_stripe_received(
        self, cashier: Staff, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        pay_by_link(staff, office, engagement.issued()["id"])
        (made,) = cashier.get("/v1/payments").ok()["items"]

        assert "refund it" in self.reversed(cashier, made).problem(409)["detail"]

    def test_makes_the_next_receipt_number_another(self, cashier: Staff, engagement: Engagement) -> None:
        made = cashier.post("/v1/payments", cheque(engagement)).ok()
        self.reversed(cashier, made).ok()

        assert cashier.post("/v1/payments", cheque(engagement)).ok()["receipt_number"] == "R-00117-0002"
