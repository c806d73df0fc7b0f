"""What Stripe tells of disputes: a bank asks, takes money, gives it back or keeps it; in any order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest

from feenote.domain.money import Money
from feenote.service.book_payment import book_payment
from feenote.service.ports import DisputeReport, ProcessorEvent
from feenote.service.take_dispute import take_dispute
from feenote.service.take_processor_event import Taken, take_object
from tests.simulation.faults import ProcessDiedError
from tests.unit.service.money_office import ACCOUNT, MoneyOffice, Stand, usd

Notice = Callable[[], object]


@pytest.fixture
def office() -> MoneyOffice:
    return MoneyOffice()


def take(office: MoneyOffice, report: DisputeReport, account: str = ACCOUNT) -> bool:
    return take_dispute(office.ports, report, stripe_account_id=account, now=office.now)


def event(office: MoneyOffice, kind: str) -> ProcessorEvent:
    """Return the latest notice of a kind."""
    return [one for one in office.stripe.events if one.type == kind][-1]


class TestAnInquiry:
    def test_moves_no_money_and_asks_a_person(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        before = office.stand()
        report = office.stripe.open_dispute(payment.processor_id, inquiry=True)

        assert take(office, report)
        assert not take(office, report)

        after = office.stand()
        assert (after.ledger, after.shown) == (before.ledger, before.shown)
        assert after.disputes == ((report.id, "open"),)
        assert "no money has moved" in office.tasks()["dispute"].what

    def test_that_escalates_takes_the_money_then(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        report = office.stripe.open_dispute(payment.processor_id, inquiry=True)
        take(office, report)

        take(office, office.stripe.escalate_inquiry(report.id))

        assert office.stand().open_bills == {"bill_1": (0, True)}
        assert office.kinds()[-1] == "dispute_withdrawn"


class TestADispute:
    def test_that_took_money_lets_the_bills_owe_again_and_flags_them(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill(10_000), office.bill(5_000))
        report = office.stripe.open_dispute(payment.processor_id)

        assert take(office, report)
        assert not take(office, report)

        stand = office.stand()
        assert stand.open_bills == {"bill_1": (0, True), "bill_2": (0, True)}
        assert stand.shown == {
            "bill_1": (0, "awaiting_payment", True),
            "bill_2": (0, "awaiting_payment", True),
        }
        assert stand.ledger == {"receivable": 15_000, "billed": -15_000}
        assert office.kinds().count("dispute_withdrawn") == 1
        assert office.timeline("bill_1").count("disputed") == 1

    def test_asks_a_person_what_until_when_and_where_to_answer(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        opened = office.stripe.open_dispute(payment.processor_id, reason="product_not_received")

        take(office, replace(opened, respond_by=datetime(2026, 12, 9, 23, 59, tzinfo=UTC)))

        task = office.tasks()["dispute"]
        assert "took back 100.00 USD of a payment (product not received)" in task.what
        assert "by 2026-12-09 23:59 UTC in Stripe's dashboard" in task.to_do
        assert (task.payment_id, task.client_id) == (payment.id, "cli_1")

    def test_that_is_won_restores_all_and_its_task_is_done(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill(10_000), office.bill(5_000))
        before = office.stand()
        opened = office.stripe.open_dispute(payment.processor_id)
        take(office, opened)

        won = office.stripe.win_dispute(opened.id)
        assert take(office, won)
        assert not take(office, won)

        after = office.stand()
        *_, withdrawn, reinstated = office.system.store.books.entries("firm_1", "cli_1")
        assert (after.ledger, after.shown, after.open_bills) == (
            before.ledger,
            before.shown,
            before.open_bills,
        )
        assert after.disputes == ((opened.id, "won"),)
        assert reinstated.corrects == withdrawn.id
        assert office.tasks() == {}
        assert "dispute_won" in office.timeline("bill_1")

    def test_that_is_won_after_its_bills_were_paid_otherwise_is_credit(self, office: MoneyOffice) -> None:
        bill = office.bill(10_000)
        payment = office.paid(bill)
        opened = office.stripe.open_dispute(payment.processor_id)
        take(office, opened)
        again = office.paid_at_stripe(bill)
        book_payment(office.ports, again, stripe_account_id=ACCOUNT, now=office.now)

        take(office, office.stripe.win_dispute(opened.id))

        assert office.stand().ledger.get("client_credit") == -10_000
        assert office.stand().shown == {"bill_1": (10_000, "paid", False)}
        assert "won" in office.tasks()["client_credit"].what

    def test_that_is_lost_stays_flagged_and_asks_a_person(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        opened = office.stripe.open_dispute(payment.processor_id)
        take(office, opened)
        task = office.tasks()["dispute"]
        office.system.store.tasks.done("firm_1", task.id, by="usr_1", at=office.now)

        lost = office.stripe.lose_dispute(opened.id)
        assert take(office, lost)
        assert not take(office, lost)

        assert office.stand().disputes == ((opened.id, "lost"),)
        assert office.stand().open_bills == {"bill_1": (0, True)}
        assert "was lost" in office.tasks()["dispute"].what
        assert office.timeline("bill_1").count("dispute_lost") == 1

    def test_after_a_partial_refund_takes_what_is_left(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill(10_000))
        office.refund(payment, 4_000)

        take(office, office.stripe.open_dispute(payment.processor_id))

        after = office.payment()
        assert (after.refunded_minor, after.withdrawn_minor, after.held) == (4_000, 6_000, usd(0))
        assert "suspense" not in office.tasks()

    def test_over_more_than_is_held_stands_in_suspense_and_comes_back_from_there(
        self, office: MoneyOffice
    ) -> None:
        payment = office.paid(office.bill(10_000))
        office.refund(payment, 4_000)
        before = office.stand()
        opened = office.stripe.open_dispute(payment.processor_id, usd(10_000))

        take(office, opened)
        lent = office.stand().ledger
        asked = office.tasks()["suspense"].what
        take(office, office.stripe.win_dispute(opened.id))

        assert (lent["suspense"], lent["stripe_clearing"]) == (4_000, -4_000)
        assert "40.00 USD more than the payment still held" in asked
        assert office.stand().ledger == before.ledger

    def test_that_is_won_leaves_a_bill_flagged_that_another_dispute_is_about(
        self, office: MoneyOffice
    ) -> None:
        bill = office.bill(10_000)
        opened = []
        for minor in (4_000, 6_000):
            paid = office.paid_at_stripe(bill, minor=minor)
            book_payment(office.ports, paid, stripe_account_id=ACCOUNT, now=office.now)
            opened.append(paid.payment_intent_id)
        first, second = (office.stripe.open_dispute(intent_id) for intent_id in opened)
        take(office, first)
        take(office, second)

        take(office, office.stripe.win_dispute(first.id))
        between = office.stand().shown
        take(office, office.stripe.win_dispute(second.id))

        assert between == {"bill_1": (4_000, "awaiting_payment", True)}
        assert office.stand().shown == {"bill_1": (10_000, "paid", False)}

    def test_in_a_currency_that_is_not_its_payments_is_a_task(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        opened = office.stripe.open_dispute(payment.processor_id)

        take(office, replace(opened, withdrawn=Money(9_000, "EUR")))

        assert office.payment().withdrawn_minor == 0
        assert opened.id in office.tasks()["unmatched_money"].to_do

    def test_over_more_bills_than_a_change_has_room_for_flags_and_frees_them_all(
        self, office: MoneyOffice
    ) -> None:
        payment = office.paid(*[office.bill(100) for _ in range(120)])
        opened = office.stripe.open_dispute(payment.processor_id)

        take(office, opened)
        flagged = office.stand()
        take(office, office.stripe.win_dispute(opened.id))

        assert set(flagged.shown.values()) == {(0, "awaiting_payment", True)}
        assert set(office.stand().shown.values()) == {(100, "paid", False)}
        assert {office.timeline(bill_id).count("dispute_won") for bill_id in office.bill_ids} == {1}


class TestTwoNoticesAtOnce:
    @pytest.mark.parametrize("call", range(12))
    def test_of_which_one_is_faster_at_any_moment_end_as_one(self, office: MoneyOffice, call: int) -> None:
        payment = office.paid(office.bill())
        opened = office.stripe.open_dispute(payment.processor_id)
        take(office, opened)
        won = office.stripe.win_dispute(opened.id)
        office.system.plan.arm(None, meanwhile=(call, lambda: take(office, won)))

        take(office, won)
        office.system.plan.arm(None)

        assert office.kinds()[-2:] == ["dispute_withdrawn", "dispute_reinstated"]
        assert office.stand().shown == {"bill_1": (10_000, "paid", False)}
        assert office.system.store.books.booked("firm_1", f"{opened.id}:reinstated") is not None


class TestADisputeOfWhatIsNotOurs:
    def test_through_another_stripe_account_is_not_booked(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        opened = office.stripe.open_dispute(payment.processor_id)
        before = office.stand()

        assert not take(office, opened, account="acct_other")

        assert office.stand() == before
        assert office.tasks() == {}
        assert office.system.signals.counts["MoneyUnmatched"] == 1

    def test_of_a_payment_that_cannot_be_booked_is_a_task(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        opened = office.stripe.open_dispute(payment.processor_id)

        assert not take(office, replace(opened, payment_intent_id="pi_unknown"))

        assert opened.id in office.tasks()["unmatched_money"].to_do

    def test_of_nobodys_payment_is_answered_so(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill())
        opened = office.stripe.open_dispute(payment.processor_id)
        office.stripe.after.disputes[opened.id] = (ACCOUNT, replace(opened, firm_id="", client_id=""))

        taken = take_object(office.ports, event(office, "charge.dispute.created"), office.now)

        assert taken is Taken.NOT_OURS


class TestTheOrderOfNotices:
    """Each notice was read at Stripe in its own time, and comes twice, in every order."""

    @staticmethod
    def _play(order: tuple[int, ...], *, wins: bool) -> Stand:
        office = MoneyOffice()
        paid = office.paid_at_stripe(office.bill(10_000), office.bill(5_000))
        created = office.stripe.open_dispute(paid.payment_intent_id, inquiry=True)
        withdrawn = office.stripe.escalate_inquiry(created.id)
        ended = (office.stripe.win_dispute if wins else office.stripe.lose_dispute)(created.id)
        notices: list[Notice] = [
            lambda: book_payment(office.ports, paid, stripe_account_id=ACCOUNT, now=office.now),
            lambda: take(office, created),
            lambda: take(office, withdrawn),
            lambda: take(office, ended),
        ]
        for number in (*order, *order):
            notices[number]()
        return office.stand()

    @pytest.mark.parametrize("wins", [False, True])
    def test_does_not_matter(self, *, wins: bool) -> None:
        stands = [self._play(order, wins=wins) for order in permutations(range(4))]

        assert [stand for stand in stands if stand != stands[0]] == []
        assert stands[0].disputes == (("du_000001", "won" if wins else "lost"),)
        assert stands[0].ledger.get("receivable", 0) == (0 if wins else 15_000)

    @pytest.mark.parametrize("wins", [False, True])
    def test_does_not_matter_when_the_object_is_read_as_it_is_at_the_end(self, *, wins: bool) -> None:
        stands = []
        for order in permutations(range(4)):
            office = MoneyOffice()
            paid = office.paid_at_stripe(office.bill(10_000))
            opened = office.stripe.open_dispute(paid.payment_intent_id)
            (office.stripe.win_dispute if wins else office.stripe.lose_dispute)(opened.id)
            kinds = [
                "checkout.session.completed",
                "charge.dispute.created",
                "charge.dispute.funds_withdrawn",
                "charge.dispute.closed",
            ]
            events = [event(office, kind) for kind in kinds]
            for number in (*order, *order):
                take_object(office.ports, events[number], office.now)
            stands.append(office.stand())

        assert [stand for stand in stands if stand != stands[0]] == []
        assert stands[0].disputes == (("du_000001", "won" if wins else "lost"),)
        assert stands[0].open_bills == ({} if wins else {"bill_1": (0, True)})


class TestAProcessThatDies:
    @pytest.mark.parametrize("after", [False, True])
    @pytest.mark.parametrize("call", range(40))
    def test_over_a_dispute_that_is_lost_leaves_nothing_half_done(self, call: int, *, after: bool) -> None:
        office = MoneyOffice()
        paid = office.paid_at_stripe(office.bill(10_000))
        opened = office.stripe.open_dispute(paid.payment_intent_id)
        lost = office.stripe.lose_dispute(opened.id)
        office.system.plan.arm(call, after=after)

        with suppress(ProcessDiedError):
            take(office, lost)
        office.system.plan.arm(None)
        take(office, lost)

        assert office.kinds() == ["bill_issued", "payment_received", "dispute_withdrawn"]
        assert office.stand().disputes == ((opened.id, "lost"),)
        assert office.stand().open_bills == {"bill_1": (0, True)}
        assert office.timeline("bill_1").count("dispute_lost") == 1
        assert "was lost" in office.tasks()["dispute"].what
