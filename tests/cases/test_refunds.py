"""Refunds: never more than there was, never twice, and back in the books when they do not arrive."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from feenote.domain.ledger import Side, recompute
from local.mail.letters import text_of
from local.stripe_api import control
from tests.cases.side_by_side import SideBySide
from tests.cases.stage import FIRM, OTHER_ACCOUNT, Answer, Stage
from tests.integration.api.office import Staff

Json = dict[str, Any]


@pytest.fixture
def cashier() -> Staff:
    return Staff(roles=("cashier",), sub="user_9")


def paid(stage: Stage, *, debit: bool = False) -> tuple[Json, Json]:
    """Return a bill that the client has paid, and the payment."""
    bill = stage.bill()
    session = stage.pay_by_debit(bill) if debit else stage.pay_by_card(bill)
    if debit:
        stage.stripe_does("debit_succeeds", session=session)
    stage.take()
    stage.work_off_mail()
    (payment,) = stage.payments()
    return bill, payment


def refund(cashier: Staff, payment: Json, minor: int, **more: object) -> Answer:
    amount = {"minor": minor, "currency": "USD"}
    return cashier.post(f"/v1/payments/{payment['id']}/refunds", {"amount": amount, **more})


def held_at_stripe(stage: Stage, client_id: str) -> int:
    """Return what the books say that Stripe holds of a client's money."""
    postings = [
        posting for entry in stage.system.books.entries(FIRM, client_id) for posting in entry.postings
    ]
    return sum(
        posting.amount.minor * (1 if posting.side is Side.DEBIT else -1)
        for posting in postings
        if posting.account.value == "stripe_clearing"
    )


def letters(stage: Stage, kind: str) -> list[str]:
    while stage.work_off_mail():
        pass
    return [text_of(one.message()) for one in stage.mail.letters if ("kind", kind) in one.tags]


class TestCase06ARefundBeforeThePaymentsOwnEvent:
    @pytest.mark.parametrize(
        "order",
        list(itertools.permutations(["charge.refunded", "refund.created", "checkout.session.completed"])),
    )
    def test_ends_paid_and_refunded_and_balanced(self, stage: Stage, order: tuple[str, ...]) -> None:
        bill = stage.bill()
        session = stage.pay_by_card(bill)
        stage.stripe_does("refund", session=session, amount=20000)
        told = {one.type: one for one in stage.told(*order)}

        answers = [stage.post_webhook(told[kind]) for kind in (*order, *order)]

        assert {answer.status for answer in answers} == {200}
        shown, (payment,) = stage.read(bill), stage.payments()
        entries = list(stage.system.books.entries(FIRM, bill["client_id"]))
        assert [entry.kind.value for entry in entries] == ["bill_issued", "payment_received", "refunded"]
        assert recompute(entries).owed == {(bill["id"], "USD"): 20000}
        assert (payment["state"], payment["refunded"]["minor"]) == ("partly_refunded", 20000)
        assert (shown["state"], shown["balance_due"]["minor"]) == ("awaiting_payment", 20000)
        assert held_at_stripe(stage, bill["client_id"]) == 43000
        assert len(letters(stage, "refund")) == 1


class TestCase13ThreePartialRefundsTheThirdAboveTheRest:
    def test_is_refused_before_stripe_is_asked(self, stage: Stage, cashier: Staff) -> None:
        bill, payment = paid(stage)

        first, second = refund(cashier, payment, 30000).ok(), refund(cashier, payment, 20000).ok()
        stage.leaving.calls.clear()
        third = refund(cashier, payment, 13001)

        assert third.status == 422
        assert third.json["errors"][0]["field"] == "amount"
        assert "still holds 130.00 USD" in third.json["errors"][0]["message"]
        assert [call for call in stage.leaving.calls if "stripe" in call] == []
        assert (first["state"], second["state"]) == ("succeeded", "succeeded")
        assert len(stage.at_stripe("refund")) == 2
        assert stage.read(bill)["balance_due"]["minor"] == 50000
        assert held_at_stripe(stage, bill["client_id"]) == 13000

    @pytest.mark.parametrize("seed", range(4))
    def test_of_two_refunds_at_once_one_passes(self, stage: Stage, cashier: Staff, seed: int) -> None:
        bill, payment = paid(stage)
        beside: SideBySide[Answer] = SideBySide(stage.leaving, seed)

        answers = beside.run(
            [lambda: refund(cashier, payment, 40000), lambda: refund(cashier, payment, 40000)]
        )

        assert sorted(answer.status for answer in answers) == [201, 422]
        assert len(stage.at_stripe("refund")) == 1
        assert stage.read(bill)["balance_due"]["minor"] == 40000

    def test_the_same_key_again_is_one_refund(self, stage: Stage, cashier: Staff) -> None:
        _, payment = paid(stage)
        body = {"amount": {"minor": 1000, "currency": "USD"}, "reason": "agreed"}
        path = f"/v1/payments/{payment['id']}/refunds"

        answers = [cashier.post(path, body, key="once").ok() for _ in range(2)]

        assert answers[0] == answers[1]
        assert len(stage.at_stripe("refund")) == 1


class TestARefundThatStripeDoesNotAnswerTo:
    @pytest.mark.parametrize("kind", ["error_500", "error_500_after"])
    def test_is_asked_for_again_by_the_sweep_and_made_once(
        self, stage: Stage, cashier: Staff, kind: str
    ) -> None:
        bill, payment = paid(stage)
        control.do(stage.stripe, {"do": "outage", "kind": kind, "seconds": 60, "method": "POST"})
        asked = refund(cashier, payment, 1000).ok()
        stage.clock.advance(minutes=2)

        swept = stage.sweep()
        stage.take()

        assert asked["state"] == "requested"
        assert swept["refunds"] == 1
        (shown,) = cashier.get(f"/v1/payments/{payment['id']}/refunds").ok()["items"]
        assert shown["state"] == "succeeded"
        assert len(stage.at_stripe("refund")) == 1
        assert stage.read(bill)["balance_due"]["minor"] == 1000
        assert len(letters(stage, "refund")) == 1


class TestCase14ARefundThatFailsTwentyDaysLater:
    @pytest.mark.parametrize("here", [True, False])
    def test_is_reversed_with_a_task_for_the_firm(self, stage: Stage, cashier: Staff, *, here: bool) -> None:
        bill, payment = paid(stage)
        if here:
            refund(cashier, payment, 63000).ok()
        else:
            stage.stripe_does("refund", payment_intent=payment["processor_id"])
        stage.take()
        (made,) = stage.at_stripe("refund")
        opened, mails = stage.read(bill), len(letters(stage, "refund"))
        stage.clock.advance(days=20)

        stage.stripe_does("refund_fails", refund=made)
        told = stage.told("refund.failed", "refund.updated", "charge.refund.updated")
        answers = [stage.post_webhook(one) for one in (*told, *told)]

        assert [answer.status for answer in answers] == [200] * len(answers)
        assert opened["state"] == "awaiting_payment"
        shown = stage.read(bill)
        (listed,) = cashier.get(f"/v1/payments/{payment['id']}/refunds").ok()["items"]
        kinds = [entry.kind.value for entry in stage.system.books.entries(FIRM, bill["client_id"])]
        assert (shown["state"], shown["paid"]["minor"]) == ("paid", 63000)
        assert (listed["state"], listed["failed_because"]) == ("failed", "expired_or_canceled_card")
        assert kinds == ["bill_issued", "payment_received", "refunded", "refund_failed"]
        assert stage.tasks() == ["refund_failed"]
        assert held_at_stripe(stage, bill["client_id"]) == 63000
        assert mails == len(letters(stage, "refund")) == 1


class TestARefundInAnotherFirmsAccount:
    def test_touches_nothing_and_asks_nobody(self, stage: Stage) -> None:
        bill = stage.bill()
        session = stage.session(stage.sent(bill), 63000)
        stage.stripe_does("pay", session=session)
        stage.take()
        metadata = dict(stage.at_stripe("checkout.session")[session]["metadata"])
        forged = stage.another_session(OTHER_ACCOUNT, metadata=metadata, minor=63000)
        stage.stripe_does("pay", account=OTHER_ACCOUNT, session=forged)
        stage.stripe_does("refund", account=OTHER_ACCOUNT, session=forged)

        taken = stage.take()

        assert "booked" not in taken
        assert stage.read(bill)["state"] == "paid"
        assert stage.tasks() == []
        assert stage.signals.counts["MoneyUnmatched"] >= 1


class TestWhatTheClientReads:
    def test_is_what_was_given_back_each_time(self, stage: Stage, cashier: Staff) -> None:
        _, payment = paid(stage)

        refund(cashier, payment, 10000).ok()
        letters(stage, "refund")
        refund(cashier, payment, 5000).ok()

        first, second = letters(stage, "refund")
        assert "We have refunded $100.00 to you." in first
        assert "$100.00 left to pay" in first
        assert "We have refunded $50.00 to you." in second
        assert "$150.00 left to pay" in second
