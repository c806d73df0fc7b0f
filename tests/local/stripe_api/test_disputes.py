"""Inquiries, evidence, debits that come back, and what the webhooks of refunds and disputes carry."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.local.stripe_api.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestAnInquiry:
    def test_withdraws_nothing_and_leaves_the_charge_refundable(self, bench: Bench) -> None:
        paid = bench.paid(10_000)
        bench.emitted()

        inquiry = bench.do("dispute_opened", session=paid["id"], inquiry=True)

        assert (inquiry["status"], inquiry["is_charge_refundable"]) == ("warning_needs_response", True)
        assert inquiry["balance_transactions"] == []
        assert bench.emitted() == ["charge.dispute.created", "charge.updated"]
        refund = bench.client.v1.refunds.create({"payment_intent": paid["payment_intent"]})
        assert refund.status == "succeeded"

    def test_becomes_a_chargeback(self, bench: Bench) -> None:
        paid = bench.paid(10_000)
        inquiry = bench.do("dispute_opened", session=paid["id"], inquiry=True)
        bench.emitted()

        after = bench.do("dispute_escalated", dispute=inquiry["id"])

        assert (after["id"], after["status"]) == (inquiry["id"], "needs_response")
        assert [one["amount"] for one in after["balance_transactions"]] == [-10_000]
        assert bench.emitted() == ["charge.dispute.updated", "charge.dispute.funds_withdrawn"]
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            bench.client.v1.refunds.create({"payment_intent": paid["payment_intent"]})
        assert refusal.value.code == "charge_disputed"
        with pytest.raises(Exception, match="no inquiry"):
            bench.do("dispute_escalated", dispute=inquiry["id"])

    def test_is_closed_when_the_bank_is_content(self, bench: Bench) -> None:
        paid = bench.paid(10_000)
        inquiry = bench.do("dispute_opened", session=paid["id"], inquiry=True)
        bench.emitted()

        after = bench.do("dispute_won", dispute=inquiry["id"])

        assert (after["status"], after["balance_transactions"]) == ("warning_closed", [])
        assert bench.emitted() == ["charge.dispute.closed"]
        with pytest.raises(Exception, match="closed"):
            bench.do("dispute_lost", dispute=inquiry["id"])


class TestEvidence:
    @pytest.mark.parametrize(("inquiry", "status"), [(False, "under_review"), (True, "warning_under_review")])
    def test_puts_a_dispute_under_review(self, bench: Bench, inquiry: bool, status: str) -> None:
        paid = bench.paid(10_000)
        dispute = bench.do("dispute_opened", session=paid["id"], inquiry=inquiry)
        bench.emitted()

        after = bench.do("dispute_answered", dispute=dispute["id"])

        assert (after["status"], after["evidence_details"]["submission_count"]) == (status, 1)
        assert bench.emitted() == ["charge.dispute.updated"]
        assert bench.receiver.events[0]["data"]["previous_attributes"] == {"status": dispute["status"]}
        with pytest.raises(Exception, match="no answer is due"):
            bench.do("dispute_answered", dispute=dispute["id"])


class TestADebitThatComesBack:
    def test_is_lost_at_once(self, bench: Bench) -> None:
        session = bench.debited(10_000)
        bench.do("debit_succeeds", session=session["id"])
        bench.emitted()

        dispute = bench.do("debit_comes_back", session=session["id"])

        assert (dispute["status"], dispute["reason"]) == ("lost", "insufficient_funds")
        assert [one["amount"] for one in dispute["balance_transactions"]] == [-10_000]
        assert bench.emitted() == [
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "charge.updated",
            "charge.dispute.closed",
        ]

    def test_is_no_card(self, bench: Bench) -> None:
        with pytest.raises(Exception, match="no bank debit"):
            bench.do("debit_comes_back", session=bench.paid()["id"])


class TestADisputedAmount:
    def test_may_be_all_that_was_paid_though_a_part_was_given_back(self, bench: Bench) -> None:
        paid = bench.paid(10_000)
        bench.do("refund", session=paid["id"], amount=4000)

        assert bench.do("dispute_opened", session=paid["id"], amount=10_000)["amount"] == 10_000

    @pytest.mark.parametrize("amount", [0, 10_001])
    def test_is_never_nothing_or_more(self, bench: Bench, amount: int) -> None:
        paid = bench.paid(10_000)

        with pytest.raises(Exception, match="between 1 and 10000"):
            bench.do("dispute_opened", session=paid["id"], amount=amount)


class TestAWebhook:
    @pytest.fixture
    def told(self, bench: Bench) -> dict[str, dict[str, Any]]:
        """Return what the webhooks of a payment's whole life carried, by type."""
        paid = bench.paid(10_000, payment_intent_data={"metadata": {"firm_id": "firm_1"}})
        ours = bench.client.v1.refunds.create(
            {
                "payment_intent": paid["payment_intent"],
                "amount": 100,
                "metadata": {"refund_id": "ref_1"},
            }
        )
        bench.do("refund_fails", refund=ours.id)
        dispute = bench.do("dispute_opened", session=paid["id"])
        bench.do("dispute_answered", dispute=dispute["id"])
        bench.do("dispute_won", dispute=dispute["id"])
        bench.emitted()
        return {event["type"]: event["data"]["object"] for event in bench.receiver.events}

    @pytest.mark.parametrize("kind", ["refund.created", "refund.updated", "refund.failed"])
    def test_of_a_refund_has_its_own_metadata_and_the_ids_of_its_payment(
        self, told: dict[str, dict[str, Any]], kind: str
    ) -> None:
        about = told[kind]

        assert about["object"] == "refund"
        assert about["metadata"] == {"refund_id": "ref_1"}
        assert about["payment_intent"].startswith("pi_")
        assert about["charge"].startswith("ch_")

    def test_of_a_charge_that_was_refunded_has_the_payments_metadata(
        self, told: dict[str, dict[str, Any]]
    ) -> None:
        about = told["charge.refunded"]

        assert (about["object"], about["amount_refunded"]) == ("charge", 100)
        assert about["metadata"] == {"firm_id": "firm_1"}
        assert about["payment_intent"].startswith("pi_")

    @pytest.mark.parametrize("what", ["created", "funds_withdrawn", "updated", "closed", "funds_reinstated"])
    def test_of_a_dispute_has_no_metadata_and_the_ids_of_its_payment(
        self, told: dict[str, dict[str, Any]], what: str
    ) -> None:
        about = told[f"charge.dispute.{what}"]

        assert (about["object"], about["metadata"]) == ("dispute", {})
        assert about["payment_intent"].startswith("pi_")
        assert about["charge"].startswith("ch_")


class TestACanadianDebit:
    def session(self, bench: Bench, **terms: str) -> stripe.checkout.Session:
        return bench.session(
            10_000,
            "cad",
            allowed_payment_method_types=["card", "acss_debit"],
            payment_method_options={"acss_debit": {"mandate_options": terms}},
        )

    def test_is_made_with_the_terms_of_its_mandate(self, bench: Bench) -> None:
        made = self.session(bench, payment_schedule="sporadic", transaction_type="personal")

        assert made.payment_method_types == ["card", "acss_debit"]
        assert made.payment_method_options is not None
        assert made.payment_method_options.acss_debit is not None

    def test_that_is_asked_for_without_terms_is_refused(self, bench: Bench) -> None:
        with pytest.raises(stripe.InvalidRequestError, match="mandate_options"):
            bench.session(10_000, "cad", allowed_payment_method_types=["card", "acss_debit"])

    @pytest.mark.parametrize(
        "terms",
        [
            {"payment_schedule": "sporadic"},
            {"transaction_type": "personal"},
            {"payment_schedule": "interval", "transaction_type": "personal"},
        ],
        ids=["no type", "no schedule", "no description of the interval"],
    )
    def test_that_is_asked_for_with_half_of_them_is_refused(
        self, bench: Bench, terms: dict[str, str]
    ) -> None:
        with pytest.raises(stripe.InvalidRequestError, match="Missing required param"):
            self.session(bench, **terms)
