"""What each kind of notice leads to: one object read, and what follows from how it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feenote.domain.payments import PaymentMethod
from feenote.service.ports import ProcessorEvent, ProcessorRefusedError
from feenote.service.take_processor_event import Taken, take_object
from tests.fakes.processor import unavailable
from tests.unit.service.money_office import ACCOUNT, FIRM, MoneyOffice, usd


@pytest.fixture
def office() -> MoneyOffice:
    return MoneyOffice()


def take(office: MoneyOffice, kind: str, **changes: object) -> Taken:
    """Take the latest notice of a kind, with some of its fields changed."""
    event = [one for one in office.stripe.events if one.type == kind][-1]
    office.stripe.calls.clear()
    return take_object(office.ports, replace(event, **changes), office.now)  # type: ignore[arg-type]  # each test names fields of an event


class TestANoticeOfAPayment:
    def test_on_its_way_holds_its_bills_and_one_that_failed_lets_them_go(self, office: MoneyOffice) -> None:
        session_id = office.session(office.bill())
        office.stripe.start_debit(session_id)
        held = take(office, "payment_intent.processing")
        again = take(office, "checkout.session.completed")
        office.stripe.debit_fails(session_id)

        let_go = take(office, "payment_intent.payment_failed")
        after = take(office, "checkout.session.async_payment_failed")

        assert [held, again, let_go, after] == [
            Taken.PENDING,
            Taken.NOTHING_TO_DO,
            Taken.RELEASED,
            Taken.NOTHING_TO_DO,
        ]
        assert office.system.store.books.account(FIRM, "cli_1").checkouts == {}

    def test_that_failed_while_its_page_is_still_open_changes_nothing(self, office: MoneyOffice) -> None:
        session_id = office.session(office.bill())
        report = office.stripe.sessions[session_id].report
        declined = ProcessorEvent(
            "evt_declined",
            "payment_intent.payment_failed",
            "pinned",
            livemode=False,
            stripe_account_id=ACCOUNT,
            object_id="pi_000001",
            object_type="payment_intent",
            metadata={"firm_id": FIRM},
        )
        office.stripe.sessions[session_id].report = replace(report, payment_intent_id="pi_000001")

        assert take_object(office.ports, declined, office.now) is Taken.NOTHING_TO_DO

        assert len(office.system.store.books.account(FIRM, "cli_1").checkouts) == 1

    @pytest.mark.parametrize("kind", ["payment_intent.succeeded", "checkout.session.completed"])
    def test_that_came_is_booked_and_reads_stripe_once(self, office: MoneyOffice, kind: str) -> None:
        office.paid_at_stripe(office.bill())

        assert take(office, kind) is Taken.BOOKED
        assert len(office.stripe.calls) == 1
        assert take(office, kind) is Taken.ALREADY_BOOKED

    def test_keeps_what_a_refund_needs(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())

        booked = office.system.store.books.entries(FIRM, "cli_1")
        received = next(entry for entry in booked if entry.kind.value == "payment_received")
        assert (payment.entry_id, received.on) == (received.id, payment.received_on)
        assert (payment.stripe_account_id, payment.payer_email) == (ACCOUNT, "amara@meridian.example")

    def test_that_names_no_firm_of_ours_is_not_read(self, office: MoneyOffice) -> None:
        office.paid_at_stripe(office.bill())

        assert take(office, "payment_intent.succeeded", metadata={}) is Taken.NOT_OURS
        assert office.stripe.calls == []


class TestANoticeOfARefundOrADispute:
    @pytest.mark.parametrize(
        ("kind", "read"),
        [("refund.created", "read_refund"), ("charge.refunded", "refunds_of")],
    )
    def test_books_what_was_given_back_and_reads_stripe_once(
        self, office: MoneyOffice, kind: str, read: str
    ) -> None:
        payment = office.paid(office.bill())
        office.stripe.refund_in_dashboard(payment.processor_id, usd(100))

        assert take(office, kind) is Taken.BOOKED
        assert office.stripe.calls == [read]
        assert take(office, kind) is Taken.NOTHING_TO_DO
        assert office.payment().refunded_minor == 100

    def test_of_a_charge_books_every_refund_that_it_has(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        for minor in (100, 200, 300):
            office.stripe.refund_in_dashboard(payment.processor_id, usd(minor))

        assert take(office, "charge.refunded") is Taken.BOOKED

        assert office.payment().refunded_minor == 600

    @pytest.mark.parametrize("kind", ["refund.created", "charge.refunded", "charge.dispute.created"])
    def test_that_belongs_to_no_payment_intent_is_not_read(self, office: MoneyOffice, kind: str) -> None:
        payment = office.paid(office.bill())
        office.stripe.refund_in_dashboard(payment.processor_id, usd(100))
        office.stripe.open_dispute(payment.processor_id)

        assert take(office, kind, payment_intent_id="") is Taken.NOT_OURS
        assert office.stripe.calls == []

    def test_that_cannot_be_read_is_told_again(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        office.stripe.open_dispute(payment.processor_id)
        office.stripe.failures = [unavailable()]

        with pytest.raises(type(unavailable())):
            take(office, "charge.dispute.created")
        assert take(office, "charge.dispute.created") is Taken.BOOKED

    def test_whose_object_is_gone_is_kept_aside(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        office.stripe.open_dispute(payment.processor_id)
        office.stripe.failures = [ProcessorRefusedError("Stripe refused the request: resource_missing.")]

        assert take(office, "charge.dispute.created") is Taken.KEPT_ASIDE


class TestANoticeThatIsNotKnown:
    @pytest.mark.parametrize(("account", "kinds"), [(ACCOUNT, ["event_kept_aside"]), ("acct_other", [])])
    def test_asks_a_person_of_the_firm_whose_account_it_came_from_alone(
        self, office: MoneyOffice, account: str, kinds: list[str]
    ) -> None:
        office.paid_at_stripe(office.bill())

        taken = take(office, "payment_intent.succeeded", type="invoice.overpaid", stripe_account_id=account)

        assert taken is Taken.KEPT_ASIDE
        assert list(office.tasks()) == kinds
        assert office.system.signals.counts["WebhookKeptAsideAlarm"] == 1


class TestMoneyInAnotherAccount:
    def test_is_counted_and_asks_nobody_of_the_firm_that_it_names(self, office: MoneyOffice) -> None:
        session_id = office.session(office.bill())
        office.stripe.sessions[session_id].stripe_account_id = "acct_other"
        office.stripe.pay(session_id, method=PaymentMethod.CARD)

        take(office, "checkout.session.completed", stripe_account_id="acct_other")

        assert office.payments() == ()
        assert office.tasks() == {}
        assert office.system.signals.counts["MoneyUnmatched"] == 1
