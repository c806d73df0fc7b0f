"""Refunds: booked before Stripe is asked, once, and out of the books again when they do not arrive."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feenote.domain.allocation import Allocation
from feenote.domain.refunds import RefundState
from feenote.service.errors import ConflictError, NotFoundError, RefusedError
from feenote.service.ports import ProcessorRefusedError, RefundReport, RefundRequest
from feenote.service.read_money import list_refunds
from feenote.service.refund_payment import refund_payment, settle_refunds
from tests.fakes.processor import unavailable
from tests.simulation.faults import ProcessDiedError
from tests.unit.service.money_office import ACCOUNT, CLIENT, FIRM, NOW, MoneyOffice, usd


@pytest.fixture
def office() -> MoneyOffice:
    return MoneyOffice()


class TestARefund:
    def test_of_all_that_is_held_opens_its_bills_again(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill(10_000), office.bill(5_000))

        refund = office.refund(payment)

        after = office.payment()
        assert (refund.state, refund.amount, refund.requested_by) == (
            RefundState.SUCCEEDED,
            usd(15_000),
            "usr_1",
        )
        assert (after.held, after.refunded_minor) == (usd(0), 15_000)
        assert office.stand().open_bills == {"bill_1": (0, False), "bill_2": (0, False)}
        assert office.stand().ledger == {"receivable": 15_000, "billed": -15_000}

    def test_takes_from_the_newest_bill_first(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill(10_000), office.bill(5_000))

        office.refund(payment, 6_000)

        assert office.stand().open_bills == {"bill_1": (9_000, False), "bill_2": (0, False)}

    def test_takes_from_the_bill_that_was_chosen(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill(10_000), office.bill(5_000))

        office.refund(payment, 4_000, chosen=[Allocation("bill_1", usd(4_000))])

        assert office.stand().open_bills == {"bill_1": (6_000, False)}

    def test_is_told_to_the_payer_once_and_stands_on_the_timeline(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())

        office.refund(payment, 2_500)

        assert office.mails().count("dlv_refund_ref_1") == 1
        told = office.system.store.deliveries.get(FIRM, "dlv_refund_ref_1")
        assert (told.to_address, told.refund_id) == ("amara@meridian.example", "ref_1")
        assert office.timeline("bill_1").count("refunded") == 1

    def test_of_more_than_is_held_is_refused_before_stripe_is_asked(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill(10_000))
        office.refund(payment, 6_000)
        office.stripe.calls.clear()

        with pytest.raises(RefusedError, match="still holds 40"):
            office.refund(payment, 4_001, refund_id="ref_2")

        assert office.stripe.calls == []
        assert office.payment().refunded_minor == 6_000

    def test_of_nothing_is_refused(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())

        with pytest.raises(RefusedError, match="above zero"):
            office.refund(payment, 0)

    def test_of_a_payment_that_holds_nothing_is_refused(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        office.refund(payment)

        with pytest.raises(ConflictError, match="Nothing of this payment is left"):
            office.refund(payment, refund_id="ref_2")

    def test_from_a_bill_that_has_not_so_much_names_the_field(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill(10_000), office.bill(5_000))

        with pytest.raises(RefusedError) as refused:
            office.refund(payment, 6_000, chosen=[Allocation("bill_2", usd(5_001))])

        assert [error.field for error in refused.value.errors] == ["from"]

    def test_of_no_payment_is_not_found(self, office: MoneyOffice) -> None:
        with pytest.raises(NotFoundError):
            refund_payment(
                office.ports,
                firm_id=FIRM,
                payment_id="pay_none",
                refund_id="ref_1",
                amount=None,
                actor="usr_1",
                now=NOW,
            )

    def test_asked_for_twice_with_one_id_is_one(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())

        first, again = office.refund(payment, 4_000), office.refund(payment, 4_000)

        assert first == again
        assert office.kinds().count("refunded") == 1
        assert office.stripe.calls.count("create_refund") == 1

    def test_of_which_two_are_asked_for_at_once_one_passes(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill(10_000))
        other: list[object] = []

        def meanwhile() -> None:
            other.append(office.refund(payment, 7_000, refund_id="ref_other"))

        # Between what the first reads and what it stores, the second passes.
        office.system.plan.arm(None, meanwhile=(2, meanwhile))
        with pytest.raises(RefusedError):
            office.refund(payment, 7_000)

        assert len(other) == 1
        assert office.payment().refunded_minor == 7_000
        assert len(list_refunds(office.ports, firm_id=FIRM, payment_id=payment.id)) == 1

    def test_over_more_bills_than_a_change_has_room_for_is_told_on_each_timeline(
        self, office: MoneyOffice
    ) -> None:
        payment = office.paid(*[office.bill(100) for _ in range(60)])

        office.refund(payment)

        assert {office.timeline(bill_id).count("refunded") for bill_id in office.bill_ids} == {1}
        assert {paid for paid, _, _ in office.stand().shown.values()} == {0}


class TestARefundThatStripeRefuses:
    def test_leaves_the_books_as_before_by_an_entry_that_corrects_the_first(
        self, office: MoneyOffice
    ) -> None:
        payment = office.paid(office.bill())
        before = office.stand()
        office.stripe.failures = [ProcessorRefusedError("Stripe refused the request: charge_disputed.")]

        with pytest.raises(ConflictError, match="charge_disputed"):
            office.refund(payment, 4_000)

        after = office.stand()
        *_, booked, undone = office.system.store.books.entries(FIRM, CLIENT)
        assert (after.ledger, after.open_bills, after.shown) == (
            before.ledger,
            before.open_bills,
            before.shown,
        )
        assert (undone.kind.value, undone.corrects) == ("refund_failed", booked.id)
        assert after.refunds == (("", "failed"),)
        assert "refund_failed" not in office.tasks()
        assert sorted(office.timeline("bill_1")[-2:]) == ["refund_failed", "refunded"]


class TestARefundThatStripeDoesNotAnswerTo:
    @pytest.mark.parametrize("was_made", [False, True])
    def test_stays_requested_and_is_asked_for_again_by_the_sweep(
        self, office: MoneyOffice, *, was_made: bool
    ) -> None:
        payment = office.paid(office.bill())
        (office.stripe.lost_answers if was_made else office.stripe.failures).append(unavailable())
        requested = office.refund(payment, 4_000)

        early = settle_refunds(office.ports, now=office.now + timedelta(seconds=30))
        office.now += timedelta(minutes=2)
        settled = settle_refunds(office.ports, now=office.now)

        assert requested.state is RefundState.REQUESTED
        assert (early, settled) == (0, 1)
        assert office.stand().refunds == (("re_000001", "succeeded"),)
        assert len(office.stripe.after.refunds) == 1
        assert office.mails().count("dlv_refund_ref_1") == 1

    @pytest.mark.parametrize("was_made", [False, True])
    def test_is_looked_for_once_its_key_is_forgotten(self, office: MoneyOffice, *, was_made: bool) -> None:
        payment = office.paid(office.bill())
        (office.stripe.lost_answers if was_made else office.stripe.failures).append(unavailable())
        office.refund(payment, 4_000)
        office.stripe.after.asked_here.clear()
        office.now += timedelta(hours=25)
        office.stripe.calls.clear()

        settled = settle_refunds(office.ports, now=office.now)

        assert settled == 1
        assert office.stripe.calls == ["refunds_of"] + ([] if was_made else ["create_refund"])
        assert len(office.stripe.after.refunds) == 1
        assert office.stand().refunds == (("re_000001", "succeeded"),)

    def test_becomes_a_task_after_an_hour_and_goes_on(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        office.stripe.failures = [unavailable()] * 2
        office.refund(payment, 4_000)
        office.now += timedelta(hours=2)

        settled = settle_refunds(office.ports, now=office.now)

        assert settled == 0
        assert "not answered" in office.tasks()["refund_failed"].what
        assert settle_refunds(office.ports, now=office.now) == 1
        assert office.tasks() == {}

    def test_and_then_refuses_is_taken_out_of_the_books_with_a_task(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        office.stripe.failures = [unavailable(), ProcessorRefusedError("Stripe refused the request.")]
        office.refund(payment, 4_000)
        office.now += timedelta(minutes=2)

        settled = settle_refunds(office.ports, now=office.now)

        assert settled == 1
        assert office.payment().refunded_minor == 0
        assert "did not arrive" in office.tasks()["refund_failed"].what

    @pytest.mark.parametrize("after", [False, True])
    @pytest.mark.parametrize("call", range(14))
    def test_or_that_a_crash_cuts_short_ends_as_one_refund(
        self, office: MoneyOffice, call: int, *, after: bool
    ) -> None:
        payment = office.paid(office.bill())
        office.system.plan.arm(call, after=after)

        try:
            office.refund(payment, 4_000)
        except ProcessDiedError:
            office.system.plan.arm(None)
            office.refund(payment, 4_000)
        office.system.plan.arm(None)
        office.now += timedelta(minutes=2)
        settle_refunds(office.ports, now=office.now)

        assert office.stand().refunds == (("re_000001", "succeeded"),)
        assert office.kinds().count("refunded") == 1
        assert office.mails().count("dlv_refund_ref_1") == 1


class TestWhatStripeIsAsked:
    def test_is_the_amount_in_the_firms_account_with_our_id_as_key(
        self, office: MoneyOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        payment = office.paid(office.bill())
        asked: list[RefundRequest] = []
        create = office.stripe.create_refund

        def listening(request: RefundRequest) -> RefundReport:
            asked.append(request)
            return create(request)

        monkeypatch.setattr(office.stripe, "create_refund", listening)

        office.refund(payment, 4_000)

        assert asked == [RefundRequest("ref_1", payment.processor_id, usd(4_000), FIRM, CLIENT, ACCOUNT)]


class TestASweepWhileStripeIsAway:
    def test_asks_three_times_and_leaves_the_rest_to_the_next(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        office.stripe.failures = [unavailable()] * 8
        for number in range(5):
            office.refund(payment, 100, refund_id=f"ref_{number}")
        office.now += timedelta(minutes=2)
        office.stripe.calls.clear()

        settled = [settle_refunds(office.ports, now=office.now) for _ in range(2)]

        assert settled == [0, 5]
        assert office.stripe.calls.count("create_refund") == 3 + 5

    def test_whose_account_cannot_be_read_after_a_day_makes_no_refund_anew(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        office.stripe.failures = [unavailable(), ProcessorRefusedError("Stripe refused the request.")]
        office.refund(payment, 100)
        office.now += timedelta(days=2)

        assert settle_refunds(office.ports, now=office.now) == 0

        assert office.stand().refunds == (("", "requested"),)
        assert "refund_failed" in office.tasks()
