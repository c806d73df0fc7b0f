"""Refunds and disputes as staff ask for them and read them."""

from __future__ import annotations

from typing import Any

import pytest

from feenote.service.ports import ProcessorRefusedError
from feenote.service.take_dispute import take_dispute
from tests.fakes.processor import unavailable
from tests.integration.api.office import FIRM, Office, Staff
from tests.integration.api.paying import pay_by_link
from tests.integration.api.samples import Engagement, line, usd

Json = dict[str, Any]


@pytest.fixture
def cashier() -> Staff:
    return Staff(roles=("cashier",), sub="user_9")


@pytest.fixture
def payment(staff: Staff, engagement: Engagement, office: Office) -> Json:
    pay_by_link(staff, office, engagement.issued()["id"])
    (found,) = staff.get("/v1/payments", client_id=engagement.client_id).ok()["items"]
    office.queue.take_all()
    return dict(found)


def path_of(payment: Json) -> str:
    return f"/v1/payments/{payment['id']}/refunds"


class TestARefund:
    def test_without_an_amount_is_of_all_that_is_held(self, cashier: Staff, payment: Json) -> None:
        made = cashier.post(path_of(payment), {"reason": "Billed twice."}).ok()

        after = cashier.get(f"/v1/payments/{payment['id']}").ok()
        bill_id = payment["allocations"][0]["bill_id"]
        assert (made["state"], made["amount"], made["payment_id"]) == (
            "succeeded",
            usd(63000),
            payment["id"],
        )
        assert (made["requested_by"], made["reason"]) == ("ines@firm.example", "Billed twice.")
        assert made["taken"] == {
            "allocations": [{"bill_id": bill_id, "amount": usd(63000)}],
            "client_credit": usd(0),
            "unexplained": usd(0),
        }
        assert (after["state"], after["held"], after["refunded"]) == ("refunded", usd(0), usd(63000))
        assert cashier.get(path_of(payment)).ok() == {"items": [made]}

    def test_comes_from_the_bills_that_are_named(
        self, cashier: Staff, payment: Json, engagement: Engagement
    ) -> None:
        bill_id = payment["allocations"][0]["bill_id"]
        engagement.issued(lines=[line(1000)])

        made = cashier.post(
            path_of(payment),
            {"amount": usd(500), "from": [{"bill_id": bill_id, "amount": usd(500)}]},
        ).ok()

        assert made["taken"]["allocations"] == [{"bill_id": bill_id, "amount": usd(500)}]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"amount": usd(63001)}, "amount"),
            ({"amount": usd(0)}, "amount"),
            ({"amount": {"minor": 100, "currency": "EUR"}}, "amount"),
            ({"amount": usd(100), "from": [{"bill_id": "bill_none", "amount": usd(100)}]}, "from"),
        ],
    )
    def test_that_cannot_be_is_refused_with_its_field_and_stripe_is_not_asked(
        self, cashier: Staff, payment: Json, office: Office, body: Json, field: str
    ) -> None:
        problem = cashier.post(path_of(payment), body).problem(422)

        assert [error["field"] for error in problem["errors"]] == [field]
        assert "create_refund" not in office.processor.calls
        assert cashier.get(path_of(payment)).ok() == {"items": []}

    def test_of_a_payment_that_holds_nothing_is_a_conflict(self, cashier: Staff, payment: Json) -> None:
        cashier.post(path_of(payment), {}).ok()

        cashier.post(path_of(payment), {}).problem(409)

    def test_that_stripe_refuses_is_told_with_its_reason(
        self, cashier: Staff, payment: Json, office: Office
    ) -> None:
        office.processor.failures = [ProcessorRefusedError("Stripe refused the request: charge_disputed.")]

        problem = cashier.post(path_of(payment), {}).problem(409)

        (failed,) = cashier.get(path_of(payment)).ok()["items"]
        assert "charge_disputed" in problem["detail"]
        assert "charge_disputed" in failed["failed_because"]
        assert cashier.get(f"/v1/payments/{payment['id']}").ok()["held"] == usd(63000)

    def test_that_stripe_does_not_answer_to_is_made_and_waits(
        self, cashier: Staff, payment: Json, office: Office
    ) -> None:
        office.processor.lost_answers = [unavailable()]

        made = cashier.post(path_of(payment), {}, key="once").ok()
        again = cashier.post(path_of(payment), {}, key="once").ok()

        assert made["state"] == "requested"
        assert again == made
        assert len(office.processor.after.refunds) == 1

    def test_of_a_cheque_is_the_firms_own_affair(
        self, cashier: Staff, engagement: Engagement, office: Office
    ) -> None:
        engagement.issued()
        cheque = cashier.post(
            "/v1/payments",
            {
                "client_id": engagement.client_id,
                "amount": usd(63000),
                "method": "cheque",
                "received_on": "2026-11-20",
            },
        ).ok()
        office.processor.calls.clear()

        made = cashier.post(path_of(cheque), {"amount": usd(1000)}).ok()

        last = list(office.store.books.entries(FIRM, engagement.client_id))[-1]
        assert (made["state"], made["processor_id"]) == ("succeeded", None)
        assert {posting.account.value for posting in last.postings} == {"receivable", "operating_account"}
        assert office.processor.calls == []

    def test_is_for_cashiers_and_read_by_all(self, payment: Json) -> None:
        Staff(roles=("approver",)).post(path_of(payment), {}).problem(403)

        assert Staff(roles=("viewer",)).get(path_of(payment)).ok() == {"items": []}

    def test_of_another_firms_payment_is_not_found(self, payment: Json) -> None:
        other = Staff(firm_id="firm_2", roles=("cashier",))

        other.post(path_of(payment), {}).problem(404)
        other.get(path_of(payment)).problem(404)


class TestADispute:
    def test_stands_with_its_payment(self, cashier: Staff, payment: Json, office: Office) -> None:
        opened = office.processor.open_dispute(payment["processor_id"], reason="duplicate")
        take_dispute(office.ports, opened, stripe_account_id="", now=office.clock.now())

        (dispute,) = cashier.get(f"/v1/payments/{payment['id']}").ok()["disputes"]

        assert (dispute["id"], dispute["state"], dispute["reason"]) == (opened.id, "withdrawn", "duplicate")
        assert dispute["taken"]["allocations"][0]["amount"] == dispute["amount"] == usd(63000)
        assert dispute["ended_at"] is None
