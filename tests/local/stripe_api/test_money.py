"""Payments, refunds and disputes: what Stripe's objects and events say afterwards."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.local.stripe_api.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestACard:
    def test_pays_at_once_with_the_events_in_stripes_order(self, bench: Bench) -> None:
        bench.paid()

        assert bench.emitted() == [
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded",
            "checkout.session.completed",
            "charge.updated",
        ]
        snapshots = {event["type"]: event["data"]["object"] for event in bench.receiver.events}
        assert snapshots["checkout.session.completed"]["payment_status"] == "paid"
        assert snapshots["charge.succeeded"]["balance_transaction"] is None
        assert snapshots["charge.updated"]["balance_transaction"].startswith("txn_")

    @pytest.mark.parametrize(
        ("number", "code", "decline_code"),
        [
            ("4000000000000002", "card_declined", "generic_decline"),
            ("4000000000009995", "card_declined", "insufficient_funds"),
            ("4000000000000069", "expired_card", None),
            ("4111111111111111", "card_declined", "test_mode_live_card"),
        ],
    )
    def test_that_is_declined_leaves_the_session_open(
        self, bench: Bench, number: str, code: str, decline_code: str | None
    ) -> None:
        session = bench.session()

        with pytest.raises(Exception, match=r"declined|funds|expired"):
            bench.do("pay", session=session.id, card_number=number)

        intent = bench.client.v1.payment_intents.list({"expand": ["data.latest_charge"]}).data[0]
        charge: Any = intent.latest_charge
        assert intent.last_payment_error is not None
        assert (intent.status, intent.last_payment_error.code) == ("requires_payment_method", code)
        assert intent.last_payment_error.to_dict().get("decline_code") == decline_code
        assert (charge.status, charge.paid) == ("failed", False)
        assert bench.emitted() == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
        assert bench.do("pay", session=session.id)["payment_status"] == "paid"
        assert bench.client.v1.payment_intents.retrieve(intent.id).status == "succeeded"

    def test_number_that_is_none_makes_no_payment(self, bench: Bench) -> None:
        session = bench.session()

        with pytest.raises(Exception, match="number is incorrect"):
            bench.do("pay", session=session.id, card_number="4242424242424241")

        assert bench.client.v1.payment_intents.list().data == []

    def test_pays_a_session_once_only(self, bench: Bench) -> None:
        paid = bench.paid()

        with pytest.raises(Exception, match="complete"):
            bench.do("pay", session=paid["id"])

        assert len(bench.client.v1.charges.list().data) == 1


class TestABankDebit:
    def test_is_on_its_way_until_it_arrives(self, bench: Bench) -> None:
        session = bench.debited()
        pending = bench.client.v1.payment_intents.retrieve(
            session["payment_intent"], {"expand": ["latest_charge"]}
        )
        first = bench.emitted()

        bench.advance(days=4)
        bench.do("debit_succeeds", payment_intent=pending.id)

        charge: Any = pending.latest_charge
        done = bench.client.v1.checkout.sessions.retrieve(session["id"])
        assert (session["status"], session["payment_status"]) == ("complete", "unpaid")
        assert (pending.status, pending.amount_received, charge.status) == ("processing", 0, "pending")
        assert first == [
            "payment_intent.created",
            "charge.pending",
            "payment_intent.processing",
            "checkout.session.completed",
        ]
        assert done.payment_status == "paid"
        assert bench.emitted() == [
            "charge.succeeded",
            "payment_intent.succeeded",
            "checkout.session.async_payment_succeeded",
            "charge.updated",
        ]

    def test_that_comes_back_leaves_the_session_complete_and_unpaid(self, bench: Bench) -> None:
        session = bench.debited()
        bench.emitted()

        intent = bench.do("debit_fails", session=session["id"], code="account_closed")

        after = bench.client.v1.checkout.sessions.retrieve(session["id"])
        assert (intent["status"], intent["amount_received"]) == ("requires_payment_method", 0)
        assert (after.status, after.payment_status) == ("complete", "unpaid")
        assert bench.emitted() == [
            "charge.failed",
            "payment_intent.payment_failed",
            "checkout.session.async_payment_failed",
        ]
        with pytest.raises(Exception, match="not processing"):
            bench.do("debit_succeeds", session=session["id"])

    def test_cannot_be_refunded_before_it_has_arrived(self, bench: Bench) -> None:
        session = bench.debited()

        with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
            bench.client.v1.refunds.create({"payment_intent": session["payment_intent"]})


class TestARefund:
    def test_of_a_part_leaves_the_rest(self, bench: Bench) -> None:
        paid = bench.paid(10_000)
        bench.emitted()

        refund = bench.client.v1.refunds.create(
            {"payment_intent": paid["payment_intent"], "amount": 2500, "metadata": {"refund": "ref_1"}}
        )

        charge = bench.client.v1.charges.retrieve(str(refund.charge), {"expand": ["refunds"]})
        assert (refund.status, refund.amount, refund.currency) == ("succeeded", 2500, "usd")
        assert (charge.amount_refunded, charge.refunded) == (2500, False)
        assert charge.refunds is not None
        assert [one.id for one in charge.refunds.data] == [refund.id]
        assert bench.emitted() == ["refund.created", "charge.refunded"]
        assert bench.receiver.events[1]["data"]["previous_attributes"] == {"amount_refunded": 0}

    def test_without_an_amount_gives_all_that_is_left(self, bench: Bench) -> None:
        paid = bench.paid(10_000)
        bench.client.v1.refunds.create({"payment_intent": paid["payment_intent"], "amount": 1})

        refund = bench.client.v1.refunds.create({"payment_intent": paid["payment_intent"]})

        assert refund.amount == 9999
        assert bench.client.v1.charges.retrieve(str(refund.charge)).refunded is True
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            bench.client.v1.refunds.create({"payment_intent": paid["payment_intent"]})
        assert refusal.value.code == "charge_already_refunded"

    def test_of_more_than_is_left_is_refused(self, bench: Bench) -> None:
        paid = bench.paid(10_000)
        for _ in range(2):
            bench.client.v1.refunds.create({"payment_intent": paid["payment_intent"], "amount": 4000})

        with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount") as refusal:
            bench.client.v1.refunds.create({"payment_intent": paid["payment_intent"], "amount": 2001})

        assert refusal.value.param == "amount"
        assert sum(one.amount for one in bench.client.v1.refunds.list().data) == 8000

    def test_that_fails_weeks_later_is_taken_back(self, bench: Bench) -> None:
        paid = bench.paid(10_000)
        refund = bench.client.v1.refunds.create({"payment_intent": paid["payment_intent"], "amount": 4000})
        bench.emitted()

        bench.advance(days=20)
        bench.do("refund_fails", refund=refund.id, reason="lost_or_stolen_card")

        after = bench.client.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
        back: Any = after.failure_balance_transaction
        charge = bench.client.v1.charges.retrieve(str(refund.charge))
        assert (after.status, after.failure_reason, back.amount) == ("failed", "lost_or_stolen_card", 4000)
        assert (charge.amount_refunded, charge.refunded) == (0, False)
        assert bench.emitted() == ["refund.updated", "charge.refund.updated", "refund.failed"]
        with pytest.raises(Exception, match="cannot fail"):
            bench.do("refund_fails", refund=refund.id)

    def test_to_a_bank_account_is_pending_at_first(self, bench: Bench) -> None:
        session = bench.debited()
        bench.do("debit_succeeds", session=session["id"])

        refund = bench.client.v1.refunds.create({"payment_intent": session["payment_intent"]})
        bench.do("refund_succeeds", refund=refund.id)

        assert refund.status == "pending"
        assert bench.client.v1.refunds.retrieve(refund.id).status == "succeeded"

    def test_keeps_to_the_form_of_the_currency(self, bench: Bench) -> None:
        paid = bench.paid(5120, "kwd")

        with pytest.raises(stripe.InvalidRequestError, match="divisible by 10"):
            bench.client.v1.refunds.create({"payment_intent": paid["payment_intent"], "amount": 125})


class TestADispute:
    def test_withdraws_the_funds_and_gives_them_back_when_won(self, bench: Bench) -> None:
        paid = bench.paid(10_000)
        bench.emitted()

        dispute = bench.do("dispute_opened", payment_intent=paid["payment_intent"])
        opened = bench.emitted()
        won = bench.do("dispute_won", dispute=dispute["id"])

        charge = bench.client.v1.charges.retrieve(dispute["charge"])
        assert opened == ["charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.updated"]
        assert bench.emitted() == ["charge.dispute.closed", "charge.dispute.funds_reinstated"]
        assert (dispute["status"], won["status"], charge.disputed) == ("needs_response", "won", True)
        assert [one["net"] for one in won["balance_transactions"]] == [-11_500, 10_000]

    def test_that_is_lost_keeps_the_funds_away(self, bench: Bench) -> None:
        paid = bench.paid(10_000)
        bench.do("dispute_opened", payment_intent=paid["payment_intent"])
        bench.emitted()

        bench.do("dispute_lost", payment_intent=paid["payment_intent"])

        found = bench.client.v1.disputes.list({"payment_intent": paid["payment_intent"]}).data
        assert [one.status for one in found] == ["lost"]
        assert bench.emitted() == ["charge.dispute.closed"]
        with pytest.raises(Exception, match="closed"):
            bench.do("dispute_won", dispute=found[0].id)
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            bench.client.v1.refunds.create({"payment_intent": paid["payment_intent"]})
        assert refusal.value.code == "charge_disputed"

    def test_comes_by_itself_with_the_test_card_for_it(self, bench: Bench) -> None:
        bench.do("pay", session=bench.session().id, card_number="4000000000000259")

        assert [one.reason for one in bench.client.v1.disputes.list().data] == ["fraudulent"]


class TestTheBalance:
    def test_adds_up_over_everything_that_happened(self, bench: Bench) -> None:
        paid = bench.paid(10_000)
        refund = bench.do("refund", payment_intent=paid["payment_intent"], amount=4000)
        bench.do("refund_fails", refund=refund["id"])
        bench.do("dispute_opened", payment_intent=paid["payment_intent"])
        bench.do("dispute_won", payment_intent=paid["payment_intent"])

        rows = bench.client.v1.balance_transactions.list().data

        assert [(row.reporting_category, row.net) for row in reversed(rows)] == [
            ("charge", 10_000 - 320),
            ("refund", -4000),
            ("refund_failure", 4000),
            ("dispute", -11_500),
            ("dispute_reversal", 10_000),
        ]

    def test_becomes_available_after_two_days(self, bench: Bench) -> None:
        bench.paid()
        first = bench.client.v1.balance_transactions.list().data[0].status

        bench.advance(days=2)
        row = bench.client.v1.balance_transactions.list({"type": "charge", "expand": ["data.source"]}).data[0]

        source: Any = row.source
        assert (first, row.status, source.object) == ("pending", "available", "charge")
