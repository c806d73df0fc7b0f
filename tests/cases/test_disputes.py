"""Disputes: the bank asks, takes the money, and gives it back or keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from feenote.domain.ledger import recompute
from tests.cases.stage import FIRM, OTHER_ACCOUNT, Stage
from tests.cases.test_refunds import held_at_stripe, paid

Json = dict[str, Any]
OPENED = ("charge.dispute.created", "charge.dispute.funds_withdrawn")


def kinds_of(stage: Stage, bill: Json) -> list[str]:
    return [entry.kind.value for entry in stage.system.books.entries(FIRM, bill["client_id"])]


def disputes_of(stage: Stage, payment: Json) -> list[Json]:
    found: list[Json] = stage.staff.get(f"/v1/payments/{payment['id']}").ok()["disputes"]
    return found


class TestCase15ADispute:
    def test_that_is_opened_lets_the_bill_owe_again_and_flags_it(self, stage: Stage) -> None:
        bill, payment = paid(stage)
        stage.stripe_does("dispute_opened", payment_intent=payment["processor_id"], reason="fraudulent")

        stage.take()

        shown, (dispute,) = stage.read(bill), disputes_of(stage, payment)
        assert (shown["state"], shown["balance_due"]["minor"]) == ("awaiting_payment", 63000)
        assert "disputed" in shown["flags"]
        assert (dispute["state"], dispute["reason"]) == ("withdrawn", "fraudulent")
        assert dispute["taken"]["allocations"] == [
            {"bill_id": bill["id"], "amount": {"minor": 63000, "currency": "USD"}}
        ]
        assert stage.tasks() == ["dispute"]
        assert kinds_of(stage, bill)[-1] == "dispute_withdrawn"
        assert held_at_stripe(stage, bill["client_id"]) == 0
        assert "disputed" in stage.event_kinds(bill)

    def test_that_is_won_restores_all(self, stage: Stage) -> None:
        bill, payment = paid(stage)
        stage.stripe_does("dispute_opened", payment_intent=payment["processor_id"])
        stage.take()

        stage.stripe_does("dispute_won", payment_intent=payment["processor_id"])
        stage.take()

        shown, (dispute,) = stage.read(bill), disputes_of(stage, payment)
        assert (shown["state"], shown["paid"]["minor"], shown["flags"]) == ("paid", 63000, [])
        assert (dispute["state"], dispute["taken"]) == ("won", None)
        assert stage.tasks() == []
        assert kinds_of(stage, bill)[-2:] == ["dispute_withdrawn", "dispute_reinstated"]
        assert held_at_stripe(stage, bill["client_id"]) == 63000

    def test_that_is_lost_stays_as_it_is(self, stage: Stage) -> None:
        bill, payment = paid(stage)
        stage.stripe_does("dispute_opened", payment_intent=payment["processor_id"])
        stage.take()

        stage.stripe_does("dispute_lost", payment_intent=payment["processor_id"])
        stage.take()

        shown, (dispute,) = stage.read(bill), disputes_of(stage, payment)
        assert shown["balance_due"]["minor"] == 63000
        assert "disputed" in shown["flags"]
        assert dispute["state"] == "lost"
        assert stage.tasks() == ["dispute"]
        assert kinds_of(stage, bill)[-1] == "dispute_withdrawn"

    def test_that_is_only_a_question_moves_nothing(self, stage: Stage) -> None:
        bill, payment = paid(stage)
        stage.stripe_does("dispute_opened", payment_intent=payment["processor_id"], inquiry=True)

        stage.take()

        assert stage.read(bill)["state"] == "paid"
        assert disputes_of(stage, payment)[0]["state"] == "open"
        assert stage.tasks() == ["dispute"]

    @pytest.mark.parametrize("end", ["dispute_won", "dispute_lost"])
    @pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1), (1, 3, 0, 2)])
    def test_told_in_any_order_and_twice_ends_in_the_same_books(
        self, stage: Stage, end: str, order: tuple[int, ...]
    ) -> None:
        bill = stage.bill()
        session = stage.pay_by_card(bill)
        stage.stripe_does("dispute_opened", session=session)
        (intent,) = stage.at_stripe("payment_intent")
        stage.stripe_does(end, payment_intent=intent)
        told = stage.told("checkout.session.completed", *OPENED, "charge.dispute.closed")

        answers = [stage.post_webhook(told[number]) for number in (*order, *order)]

        is_won = end == "dispute_won"
        assert {answer.status for answer in answers} == {200}
        shown, (payment,) = stage.read(bill), stage.payments()
        entries = list(stage.system.books.entries(FIRM, bill["client_id"]))
        assert recompute(entries).owed == ({} if is_won else {(bill["id"], "USD"): 63000})
        assert (shown["state"] == "paid", "disputed" in shown["flags"]) == (is_won, not is_won)
        assert payment["withdrawn"]["minor"] == (0 if is_won else 63000)
        assert disputes_of(stage, payment)[0]["state"] == ("won" if is_won else "lost")
        assert held_at_stripe(stage, bill["client_id"]) == (63000 if is_won else 0)

    def test_after_a_partial_refund_over_the_whole_stands_partly_in_suspense(self, stage: Stage) -> None:
        bill, payment = paid(stage)
        stage.stripe_does("refund", payment_intent=payment["processor_id"], amount=20000)
        stage.take()

        stage.stripe_does("dispute_opened", payment_intent=payment["processor_id"], amount=63000)
        stage.take()

        (after,) = stage.payments()
        assert (after["refunded"]["minor"], after["withdrawn"]["minor"]) == (20000, 43000)
        assert stage.tasks() == ["dispute", "suspense"]
        assert disputes_of(stage, payment)[0]["taken"]["unexplained"]["minor"] == 20000
        assert held_at_stripe(stage, bill["client_id"]) == -20000


class TestADebitThatComesBack:
    """A bank takes a debit back after it arrived: a dispute that is lost from the first moment."""

    def test_lets_the_bill_owe_again_and_be_paid_another_way(self, stage: Stage) -> None:
        bill, payment = paid(stage, debit=True)

        stage.stripe_does("debit_comes_back", payment_intent=payment["processor_id"])
        stage.take()

        shown, (dispute,) = stage.read(bill), disputes_of(stage, payment)
        assert (shown["state"], shown["balance_due"]["minor"]) == ("awaiting_payment", 63000)
        assert "disputed" not in shown["flags"]
        assert dispute["state"] == "lost"
        assert held_at_stripe(stage, bill["client_id"]) == 0
        (task,) = stage.staff.get("/v1/tasks").ok()["items"]
        assert (task["kind"], task["link"]) == ("dispute", f"/v1/payments/{payment['id']}")
        assert "630.00 USD" in task["what"]
        assert "insufficient funds" in task["what"]

    def test_is_told_once_to_who_paid(self, stage: Stage) -> None:
        _, payment = paid(stage, debit=True)
        before = len(stage.subjects())

        stage.stripe_does("debit_comes_back", payment_intent=payment["processor_id"])
        stage.take()
        stage.work_off_mail()

        assert len(stage.subjects()[before:]) == 1


class TestADisputeInAnotherFirmsAccount:
    def test_touches_nothing_and_asks_nobody(self, stage: Stage) -> None:
        bill = stage.bill()
        session = stage.session(stage.sent(bill), 63000)
        stage.stripe_does("pay", session=session)
        stage.take()
        metadata = dict(stage.at_stripe("checkout.session")[session]["metadata"])
        forged = stage.another_session(OTHER_ACCOUNT, metadata=metadata, minor=63000)
        stage.stripe_does("pay", account=OTHER_ACCOUNT, session=forged)
        stage.stripe_does("dispute_opened", account=OTHER_ACCOUNT, session=forged)

        taken = stage.take()

        assert "booked" not in taken
        assert stage.read(bill)["state"] == "paid"
        assert stage.tasks() == []
        assert stage.signals.counts["MoneyUnmatched"] >= 1
