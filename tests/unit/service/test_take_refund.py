"""What Stripe tells of refunds: in any order, doubled, stale; from our screens and from its dashboard."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from feenote.domain.money import Money
from feenote.domain.payments import PaymentMethod
from feenote.service.book_payment import book_payment
from feenote.service.ports import Booked, ProcessorEvent, RefundReport
from feenote.service.refund_payment import settle_refunds
from feenote.service.take_processor_event import Taken, take_object
from feenote.service.take_refund import take_refund
from tests.fakes.processor import unavailable
from tests.simulation.faults import ProcessDiedError
from tests.unit.service.money_office import ACCOUNT, CLIENT, FIRM, MoneyOffice, Stand, usd


@pytest.fixture
def office() -> MoneyOffice:
    return MoneyOffice()


def take(office: MoneyOffice, report: RefundReport, account: str = ACCOUNT) -> bool:
    return take_refund(office.ports, report, stripe_account_id=account, now=office.now)


def event(office: MoneyOffice, kind: str) -> ProcessorEvent:
    """Return the latest notice of a kind."""
    return [one for one in office.stripe.events if one.type == kind][-1]


class TestARefundMadeInTheDashboard:
    def test_is_booked_newest_bill_first_and_the_client_is_told(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill(10_000), office.bill(5_000))
        report = office.stripe.refund_in_dashboard(payment.processor_id, usd(6_000))

        assert take(office, report)
        assert not take(office, report)

        assert office.stand().open_bills == {"bill_1": (9_000, False), "bill_2": (0, False)}
        assert office.stand().refunds == ((report.id, "succeeded"),)
        assert office.kinds().count("refunded") == 1
        assert office.mails().count(f"dlv_refund_{report.id}") == 1
        assert office.tasks() == {}

    def test_beyond_what_is_held_stands_in_suspense_with_a_task(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill(10_000))
        office.refund(payment, 4_000)
        made = office.stripe.refund_in_dashboard(payment.processor_id, usd(6_000))
        strange = replace(made, amount=usd(7_000))

        take(office, strange)

        stand = office.stand()
        assert stand.ledger == {
            "receivable": 10_000,
            "billed": -10_000,
            "suspense": 1_000,
            "stripe_clearing": -1_000,
        }
        assert "10.00 USD more than the payment still held" in office.tasks()["suspense"].what

    @pytest.mark.parametrize("amount", [None, Money(100, "EUR")])
    def test_in_a_currency_that_is_not_its_payments_is_a_task(
        self, office: MoneyOffice, amount: Money | None
    ) -> None:
        payment = office.paid(office.bill())
        made = office.stripe.refund_in_dashboard(payment.processor_id, usd(100))

        assert not take(office, replace(made, amount=amount))

        assert office.payment().refunded_minor == 0
        assert made.id in office.tasks()["unmatched_money"].to_do

    def test_with_the_id_of_one_of_ours_that_stripe_has_is_a_refund_of_its_own(
        self, office: MoneyOffice
    ) -> None:
        payment = office.paid(office.bill())
        office.refund(payment, 1_000)
        made = office.stripe.refund_in_dashboard(payment.processor_id, usd(2_000))

        take(office, replace(made, refund_id="ref_1"))

        assert office.payment().refunded_minor == 3_000


class TestARefundThatFailsLater:
    def test_is_reversed_with_a_task_and_the_client_is_told_nothing_new(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        office.refund(payment, 4_000)
        mails = office.mails()
        office.now = office.now.replace(day=28)
        report = office.stripe.refund_fails("ref_1")

        assert take(office, report)
        assert not take(office, report)

        assert office.payment().held == usd(10_000)
        assert office.stand().refunds == ((report.id, "failed"),)
        assert office.kinds()[-2:] == ["refunded", "refund_failed"]
        books = office.system.store.books
        assert books.booked(FIRM, report.id) == Booked(CLIENT, payment.id, "ref_1")
        assert books.booked(FIRM, f"{report.id}:failed") == Booked(CLIENT, payment.id, "ref_1")
        assert "expired_or_canceled_card" in office.tasks()["refund_failed"].what
        assert office.mails() == mails

    def test_puts_back_as_credit_what_its_bill_does_not_owe_any_more(self, office: MoneyOffice) -> None:
        bill = office.bill()
        payment = office.paid(bill)
        office.refund(payment, 4_000)
        other = office.paid_at_stripe(bill, minor=4_000)
        book_payment(office.ports, other, stripe_account_id=ACCOUNT, now=office.now)

        take(office, office.stripe.refund_fails("ref_1"))

        assert office.stand().ledger.get("client_credit") == -4_000
        assert "did not arrive" in office.tasks()["client_credit"].what

    def test_is_not_moved_back_by_a_reader_who_was_slow(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        office.refund(payment, 4_000)
        before = office.stripe.after.refund_of("re_000001", ACCOUNT)
        take(office, office.stripe.refund_fails("ref_1"))

        assert not take(office, before)

        assert office.stand().refunds == (("re_000001", "failed"),)


class TestARefundOfWhatIsNotOurs:
    def test_through_another_stripe_account_is_not_booked(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        office.refund(payment, 1_000)
        ours = office.stripe.after.refund_of("re_000001", ACCOUNT)
        before = office.stand()

        assert not take(office, ours, account="acct_other")
        assert not take(office, replace(ours, id="re_forged", refund_id=""), account="acct_other")

        assert office.stand() == before
        assert office.tasks() == {}
        assert office.system.signals.counts["MoneyUnmatched"] == 1

    def test_of_a_payment_that_cannot_be_booked_is_a_task(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        made = office.stripe.refund_in_dashboard(payment.processor_id, usd(1_000))

        assert not take(office, replace(made, payment_intent_id="pi_unknown"))

        assert made.id in office.tasks()["unmatched_money"].to_do
        assert office.system.signals.counts["MoneyUnmatched"] == 1

    def test_of_the_other_mode_is_nothing(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        made = office.stripe.refund_in_dashboard(payment.processor_id, usd(1_000))

        assert not take(office, replace(made, livemode=True))

        assert office.payment().refunded_minor == 0

    @pytest.mark.parametrize("kind", ["refund.created", "charge.refunded"])
    def test_of_nobodys_payment_is_answered_so(self, office: MoneyOffice, kind: str) -> None:
        payment = office.paid(office.bill())
        made = office.stripe.refund_in_dashboard(payment.processor_id, usd(1_000))
        office.stripe.after.refunds[made.id] = (ACCOUNT, replace(made, firm_id="", client_id=""))

        taken = take_object(office.ports, event(office, kind), office.now)

        assert taken is Taken.NOT_OURS


Notice = Callable[[], object]


class TestTheOrderOfNotices:
    """Each notice was read at Stripe in its own time, and comes twice, in every order."""

    @staticmethod
    def _doubled(notices: list[Notice], order: tuple[int, ...]) -> None:
        for number in (*order, *order):
            notices[number]()

    def _made_in_dashboard(self, order: tuple[int, ...], *, fails: bool) -> Stand:
        office = MoneyOffice()
        paid = office.paid_at_stripe(office.bill(10_000), method=PaymentMethod.BANK_DEBIT)
        created = office.stripe.refund_in_dashboard(paid.payment_intent_id, usd(4_000))
        ended = (office.stripe.refund_fails if fails else office.stripe.refund_succeeds)(created.id)
        notices: list[Notice] = [
            lambda: book_payment(office.ports, paid, stripe_account_id=ACCOUNT, now=office.now),
            lambda: take(office, created),
            lambda: take(office, ended),
        ]
        self._doubled(notices, order)
        return office.stand()

    def _made_here(self, order: tuple[int, ...], *, fails: bool) -> Stand:
        office = MoneyOffice()
        paid = office.paid_at_stripe(office.bill(10_000), method=PaymentMethod.BANK_DEBIT)
        book_payment(office.ports, paid, stripe_account_id=ACCOUNT, now=office.now)
        office.stripe.lost_answers = [unavailable()]
        office.refund(office.payment(), 4_000)
        created = office.stripe.after.refund_of("re_000001", ACCOUNT)
        ended = (office.stripe.refund_fails if fails else office.stripe.refund_succeeds)(created.id)
        office.now += timedelta(minutes=2)
        notices: list[Notice] = [
            lambda: settle_refunds(office.ports, now=office.now),
            lambda: take(office, created),
            lambda: take(office, ended),
        ]
        self._doubled(notices, order)
        return office.stand()

    @pytest.mark.parametrize("fails", [False, True])
    @pytest.mark.parametrize("here", [False, True])
    def test_does_not_matter(self, *, here: bool, fails: bool) -> None:
        play = self._made_here if here else self._made_in_dashboard

        stands = [play(order, fails=fails) for order in permutations(range(3))]

        assert [stand for stand in stands if stand != stands[0]] == []
        assert stands[0].refunds == (("re_000001", "failed" if fails else "succeeded"),)
        assert stands[0].ledger.get("receivable", 0) == (0 if fails else 4_000)

    @pytest.mark.parametrize("fails", [False, True])
    def test_does_not_matter_when_the_object_is_read_as_it_is_at_the_end(self, *, fails: bool) -> None:
        stands = []
        for order in permutations(range(3)):
            office = MoneyOffice()
            paid = office.paid_at_stripe(office.bill(10_000), method=PaymentMethod.BANK_DEBIT)
            made = office.stripe.refund_in_dashboard(paid.payment_intent_id, usd(4_000))
            (office.stripe.refund_fails if fails else office.stripe.refund_succeeds)(made.id)
            kinds = ["checkout.session.completed", "charge.refunded", "refund.updated"]
            events = [event(office, kind) for kind in kinds]
            for number in (*order, *order):
                take_object(office.ports, events[number], office.now)
            stands.append(office.stand())

        assert [stand for stand in stands if stand != stands[0]] == []
        assert stands[0].refunds == (("re_000001", "failed" if fails else "succeeded"),)


class TestAProcessThatDies:
    @pytest.mark.parametrize("after", [False, True])
    @pytest.mark.parametrize("call", range(30))
    def test_over_a_refund_that_failed_leaves_nothing_half_done(self, call: int, *, after: bool) -> None:
        office = MoneyOffice()
        paid = office.paid_at_stripe(office.bill(10_000), method=PaymentMethod.BANK_DEBIT)
        created = office.stripe.refund_in_dashboard(paid.payment_intent_id, usd(4_000))
        failed = office.stripe.refund_fails(created.id)
        office.system.plan.arm(call, after=after)

        with suppress(ProcessDiedError):
            take(office, failed)
        office.system.plan.arm(None)
        take(office, failed)

        assert office.kinds() == ["bill_issued", "payment_received", "refunded", "refund_failed"]
        assert office.stand().refunds == ((created.id, "failed"),)
        assert office.payment().held == usd(10_000)
        assert office.timeline("bill_1").count("refund_failed") == 1
        assert list(office.tasks()) == ["refund_failed"]
