"""What Stripe's words for refunds, disputes and lines of its balance mean to us."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from feenote.adapters.stripe.disputes import of_dispute
from feenote.adapters.stripe.listing import of_balance_transaction
from feenote.adapters.stripe.refunds import of_refund
from feenote.domain.money import Money
from feenote.service.ports import BalanceMove, DisputeReport, DisputeStatus, RefundReport, RefundStatus

INTENT = {
    "id": "pi_1",
    "object": "payment_intent",
    "currency": "usd",
    "livemode": True,
    "metadata": {"firm_id": "firm_1", "client_id": "cli_1"},
}
KEY = "sk_test_unused"


def refund(**more: Any) -> RefundReport:
    fields = {
        "id": "re_1",
        "object": "refund",
        "amount": 5000,
        "currency": "usd",
        "created": 0,
        "metadata": {},
        "payment_intent": INTENT,
        "status": "succeeded",
        **more,
    }
    return of_refund(stripe.Refund.construct_from(fields, KEY))


def line(amount: int, currency: str = "usd", fee: int = 0) -> dict[str, Any]:
    return {
        "object": "balance_transaction",
        "amount": amount,
        "currency": currency,
        "fee": fee,
        "net": amount - fee,
    }


def dispute(*moves: dict[str, Any], **more: Any) -> DisputeReport:
    fields = {
        "id": "du_1",
        "object": "dispute",
        "amount": 5000,
        "currency": "usd",
        "created": 0,
        "livemode": True,
        "payment_intent": INTENT,
        "balance_transactions": list(moves),
        "reason": "fraudulent",
        "status": "needs_response",
        "evidence_details": {"due_by": 86400},
        **more,
    }
    return of_dispute(stripe.Dispute.construct_from(fields, KEY))


def usd(minor: int) -> Money:
    return Money(minor, "USD")


class TestARefund:
    @pytest.mark.parametrize(
        ("said", "status"),
        [
            ("pending", RefundStatus.PENDING),
            ("requires_action", RefundStatus.PENDING),
            ("succeeded", RefundStatus.SUCCEEDED),
            ("failed", RefundStatus.FAILED),
            ("canceled", RefundStatus.FAILED),
            ("a_later_word", RefundStatus.PENDING),
            (None, RefundStatus.PENDING),
        ],
    )
    def test_is_over_only_when_stripe_says_so(self, said: str | None, status: RefundStatus) -> None:
        assert refund(status=said).status is status

    def test_is_as_live_as_its_payment(self) -> None:
        assert refund().livemode is True
        assert refund(payment_intent={**INTENT, "livemode": False}).livemode is False

    def test_of_a_charge_without_a_payment_intent_is_nobodys(self) -> None:
        report = refund(payment_intent=None)

        assert (report.payment_intent_id, report.firm_id, report.client_id) == ("", "", "")

    def test_in_a_currency_that_is_none_of_ours_has_no_amount(self) -> None:
        assert refund(currency="usdc").amount is None

    def test_trusts_no_metadata_that_cannot_be_ids(self) -> None:
        report = refund(metadata={"refund_id": "ref_1#../x"})

        assert report.refund_id == ""

    def test_without_an_expanded_payment_is_a_mistake_of_ours(self) -> None:
        with pytest.raises(TypeError, match="not expanded"):
            refund(payment_intent="pi_1")


class TestADispute:
    @pytest.mark.parametrize(
        ("said", "status"),
        [
            ("warning_needs_response", DisputeStatus.INQUIRY),
            ("warning_under_review", DisputeStatus.INQUIRY),
            ("warning_closed", DisputeStatus.INQUIRY),
            ("needs_response", DisputeStatus.UNDECIDED),
            ("under_review", DisputeStatus.UNDECIDED),
            ("appeal_needs_response", DisputeStatus.UNDECIDED),
            ("appeal_under_review", DisputeStatus.UNDECIDED),
            ("won", DisputeStatus.WON),
            ("lost", DisputeStatus.LOST),
            ("a_later_word", DisputeStatus.UNDECIDED),
        ],
    )
    def test_stands_where_stripes_word_says(self, said: str, status: DisputeStatus) -> None:
        assert dispute(status=said).status is status

    @pytest.mark.parametrize(
        ("said", "due_by", "at"),
        [
            ("needs_response", 86400, datetime(1970, 1, 2, tzinfo=UTC)),
            ("warning_needs_response", 86400, datetime(1970, 1, 2, tzinfo=UTC)),
            ("needs_response", None, None),
            ("under_review", 86400, None),
            ("lost", 86400, None),
        ],
    )
    def test_says_until_when_an_answer_is_waited_for(
        self, said: str, due_by: int | None, at: datetime | None
    ) -> None:
        assert dispute(status=said, evidence_details={"due_by": due_by}).respond_by == at

    def test_that_was_prevented_is_lost_if_the_payer_got_the_money(self) -> None:
        assert dispute(line(-5000), status="prevented").status is DisputeStatus.LOST
        assert dispute(status="prevented").status is DisputeStatus.WON

    @pytest.mark.parametrize(
        ("moves", "withdrawn"),
        [
            ([], None),
            ([line(-5000, fee=1500)], usd(5000)),
            ([line(-5000, fee=1500), line(5000)], None),
            ([line(-5000, fee=1500), line(2000)], usd(3000)),
            ([line(-5000), line(5000), line(-5000)], usd(5000)),
        ],
        ids=["nothing yet", "taken", "given back", "given back in part", "taken again"],
    )
    def test_holds_back_what_moved_without_the_fee(
        self, moves: list[dict[str, Any]], withdrawn: Money | None
    ) -> None:
        assert dispute(*moves).withdrawn == withdrawn

    @pytest.mark.parametrize("status", ["needs_response", "won", "lost"])
    def test_that_has_moved_nothing_holds_nothing_back_whatever_its_status(self, status: str) -> None:
        assert dispute(status=status).withdrawn is None

    def test_won_before_the_money_came_back_holds_it_still(self) -> None:
        assert dispute(line(-5000), status="won").withdrawn == usd(5000)

    @pytest.mark.parametrize(
        ("moves", "status", "withdrawn"),
        [
            ([line(-4600, "eur")], "needs_response", usd(5000)),
            ([line(-4600, "eur")], "lost", usd(5000)),
            ([line(-4600, "eur")], "won", usd(5000)),
            ([line(-4600, "eur"), line(4550, "eur")], "won", None),
            ([line(-4600, "eur"), line(12, "eur")], "lost", usd(5000)),
        ],
        ids=["taken", "lost", "won, not back yet", "won at another rate", "lost, the rate corrected"],
    )
    def test_settled_in_another_currency_holds_all_or_nothing_of_what_was_paid(
        self, moves: list[dict[str, Any]], status: str, withdrawn: Money | None
    ) -> None:
        assert dispute(*moves, status=status).withdrawn == withdrawn

    def test_in_another_currency_than_was_paid_says_what_left_the_balance_in_ours(self) -> None:
        report = dispute(line(-5010), currency="eur", amount=4600)

        assert (report.amount, report.withdrawn) == (Money(4600, "EUR"), usd(5010))

    def test_in_a_currency_that_nothing_of_ours_is_in_is_never_converted(self) -> None:
        report = dispute(line(-4600, "eur"), currency="eur", amount=4600)

        assert report.withdrawn == Money(4600, "EUR")


class TestALineOfTheBalance:
    def test_is_in_the_currency_that_was_paid(self) -> None:
        charge = {"id": "ch_1", "object": "charge", "amount": 5000, "currency": "usd"}

        assert balance_line(4600, "eur", "charge", charge).gross == usd(5000)
        assert balance_line(-4600, "eur", "refund", {**charge, "object": "refund"}).gross == usd(-5000)
        assert balance_line(5000, "usd", "charge", charge).gross == usd(5000)

    def test_of_no_payment_names_none(self) -> None:
        payout = {"id": "po_1", "object": "payout", "amount": 9000, "currency": "usd"}

        move = balance_line(-9000, "usd", "payout", payout)

        assert (move.kind, move.gross, move.source_id) == ("payout", usd(-9000), "po_1")
        assert (move.payment_intent_id, move.firm_id) == ("", "")

    def test_without_a_source_is_kept_too(self) -> None:
        move = balance_line(-25, "usd", "fee", None)

        assert (move.kind, move.gross, move.source_id) == ("fee", usd(-25), "")

    def test_in_a_currency_that_is_none_of_ours_has_no_amount(self) -> None:
        assert balance_line(100, "usdc", "charge", None).gross is None


def balance_line(amount: int, currency: str, category: str, source: dict[str, Any] | None) -> BalanceMove:
    fields = {
        "id": "txn_1",
        "object": "balance_transaction",
        "amount": amount,
        "created": 0,
        "currency": currency,
        "reporting_category": category,
        "source": source,
    }
    return of_balance_transaction(stripe.BalanceTransaction.construct_from(fields, KEY))
