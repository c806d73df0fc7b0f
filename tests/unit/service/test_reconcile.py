"""Reconciling heals what no notice told, tells what differs, and changes nothing the second time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from feenote.domain.money import Money
from feenote.domain.payments import CheckoutState, PaymentState
from feenote.domain.reconciliation import MismatchKind, Reconciliation, Step
from feenote.domain.records import PaymentAccount
from feenote.domain.refunds import DisputeState, RefundState
from feenote.service.ports import (
    BalanceMove,
    ProcessorEvent,
    ProcessorRefusedError,
    ReconcileJob,
    SessionReport,
)
from feenote.service.reconcile import always, reconcile
from feenote.service.reconcile_all import reconcile_all, reconcile_one
from tests.fakes.processor import unavailable
from tests.integration.api.office import FIRM, OTHER_FIRM
from tests.unit.service.reconciled_firm import CLIENT, ReconciledFirm


@pytest.fixture
def office() -> ReconciledFirm:
    return ReconciledFirm(account="acct_1")


def kinds(run: Reconciliation) -> list[MismatchKind]:
    return sorted(item.kind for item in run.mismatches)


class TestWhatNoNoticeTold:
    def test_of_a_payment_is_booked(self, office: ReconciledFirm) -> None:
        intent = office.paid()

        run = office.reconcile()

        assert office.owed() == 0
        assert run.healed_count == 1
        assert run.mismatches == ()
        assert office.books.booked(FIRM, intent) is not None
        assert [(item.ours, item.theirs, item.payments) for item in run.clearing] == [
            (Money(30_000, "USD"), Money(30_000, "USD"), 1)
        ]

    def test_of_a_debit_days_ago_is_booked(self, office: ReconciledFirm) -> None:
        session = office.session(office.bill())
        office.stripe.start_debit(session)
        assert office.reconcile().healed_count == 1
        assert office.books.account(FIRM, CLIENT).pending_minor("bill_1") == 30_000
        office.clock.advance(days=6)
        office.stripe.debit_succeeds(session)

        run = office.reconcile()

        assert run.healed_count == 1
        assert office.owed() == 0
        assert run.mismatches == ()

    def test_of_a_debit_that_failed_lets_the_bill_go(self, office: ReconciledFirm) -> None:
        session = office.session(office.bill())
        office.stripe.start_debit(session)
        office.tell()
        office.stripe.debit_fails(session)

        office.reconcile()

        assert office.books.account(FIRM, CLIENT).checkouts == {}
        assert office.owed() == 30_000

    def test_of_a_session_that_ended_lets_the_bill_go(self, office: ReconciledFirm) -> None:
        session = office.session(office.bill())
        office.clock.advance(hours=2)
        office.stripe.sessions[session].report = replace(
            office.stripe.sessions[session].report, status=office.stripe.time_out(session).status
        )
        office.stripe.diary.told.clear()

        office.reconcile()

        assert office.books.account(FIRM, CLIENT).checkouts == {}

    def test_of_a_refund_in_the_dashboard_is_booked(self, office: ReconciledFirm) -> None:
        intent = office.paid()
        office.tell()
        office.stripe.refund_in_dashboard(intent, Money(10_000, "USD"))

        run = office.reconcile()

        assert office.owed() == 10_000
        assert run.mismatches == ()
        assert run.healed_count == 1

    def test_of_a_refund_that_fails_after_twenty_days_is_booked(self, office: ReconciledFirm) -> None:
        intent = office.paid()
        refund = office.stripe.refund_in_dashboard(intent, Money(10_000, "USD"))
        office.tell()
        office.reconcile()
        office.clock.advance(days=20)
        office.stripe.refund_fails(refund.id)

        run = office.reconcile()

        booked = office.books.booked(FIRM, refund.id)
        assert booked is not None
        assert office.books.refund(FIRM, booked.payment_id, booked.refund_id).state is RefundState.FAILED
        assert office.owed() == 0
        assert run.mismatches == ()

    def test_of_a_dispute_opened_and_won_is_booked(self, office: ReconciledFirm) -> None:
        intent = office.paid()
        office.tell()
        dispute = office.stripe.open_dispute(intent)
        assert office.reconcile().mismatches == ()
        booked = office.books.booked(FIRM, dispute.id)
        assert booked is not None
        assert office.owed() == 30_000
        assert office.books.payment(FIRM, booked.payment_id).state is PaymentState.DISPUTED
        office.stripe.win_dispute(dispute.id)

        run = office.reconcile()

        assert office.owed() == 0
        assert office.books.dispute(FIRM, booked.payment_id, dispute.id).state is DisputeState.WON
        assert run.mismatches == ()

    def test_is_healed_in_any_number_at_once(self, office: ReconciledFirm) -> None:
        first, second = office.paid(), office.paid()
        office.stripe.refund_in_dashboard(first)
        office.stripe.open_dispute(second)

        run = office.reconcile()

        assert office.owed() == 60_000
        assert run.mismatches == ()


class TestASecondRun:
    def test_changes_nothing_and_asks_stripe_about_no_object(self, office: ReconciledFirm) -> None:
        intent = office.paid()
        office.stripe.refund_in_dashboard(intent, Money(10_000, "USD"))
        office.reconcile()
        account = office.books.account(FIRM, CLIENT)
        office.stripe.calls.clear()

        run = office.reconcile()

        assert office.books.account(FIRM, CLIENT) == account
        assert run.healed_count == 0
        assert set(office.stripe.calls) == {"events_since", "objects_since", "balance_since"}

    def test_of_the_same_name_is_the_same_run(self, office: ReconciledFirm) -> None:
        now = office.clock.now()
        first = reconcile(office.ports, firm_id=FIRM, now=now, reconciliation_id="rec_1")

        assert reconcile(office.ports, firm_id=FIRM, now=now, reconciliation_id="rec_1") == first


class TestAnotherFirmInTheSameAccount:
    def test_is_not_touched(self, office: ReconciledFirm) -> None:
        theirs = office.bill(firm_id=OTHER_FIRM)
        intent = office.paid(theirs, firm_id=OTHER_FIRM)
        office.tell()
        office.stripe.refund_in_dashboard(intent, Money(10_000, "USD"))
        office.stripe.calls.clear()
        before = office.books.account(OTHER_FIRM, CLIENT)

        run = office.reconcile()

        assert office.books.account(OTHER_FIRM, CLIENT) == before
        assert run.mismatches == ()
        assert run.looked_at["payments"] == 0
        assert "read_refund" not in office.stripe.calls
        assert office.reconcile(OTHER_FIRM).healed_count == 1


class TestWhatDiffers:
    def test_a_payment_of_another_amount_is_told_once(self, office: ReconciledFirm) -> None:
        office.paid()
        office.tell()
        session = next(iter(office.stripe.sessions.values()))
        session.report = replace(session.report, received=Money(29_000, "USD"))

        first, second = office.reconcile(), office.reconcile()

        assert kinds(first) == kinds(second) == [MismatchKind.AMOUNT_DIFFERS]
        assert (first.mismatches[0].ours, first.mismatches[0].theirs) == (
            Money(30_000, "USD"),
            Money(29_000, "USD"),
        )
        assert office.tasks() == ["reconciliation"]

    def test_is_done_when_it_agrees_again(self, office: ReconciledFirm) -> None:
        office.paid()
        office.tell()
        session = next(iter(office.stripe.sessions.values()))
        right = session.report
        session.report = replace(right, received=Money(29_000, "USD"))
        office.reconcile()
        session.report = right

        assert office.reconcile().mismatches == ()
        assert office.tasks() == []

    def test_a_payment_that_stripe_has_not_is_told(self, office: ReconciledFirm) -> None:
        office.paid()
        office.tell()
        office.stripe.sessions.clear()
        office.stripe.diary.moves.clear()

        run = office.reconcile()

        assert kinds(run) == [MismatchKind.PAYMENT_NOT_AT_STRIPE]

    def test_money_of_a_client_that_is_not_known_is_told(self, office: ReconciledFirm) -> None:
        office.paid()
        session = next(iter(office.stripe.sessions.values()))
        session.report = replace(session.report, client_id="cli_nobody", checkout_id="chk_nobody")

        run = office.reconcile()

        assert kinds(run) == [MismatchKind.PAYMENT_NOT_BOOKED]
        assert run.mismatches[0].theirs == Money(30_000, "USD")

    def test_what_the_balance_lacks_is_told(self, office: ReconciledFirm) -> None:
        office.paid()
        office.tell()
        account_id, move = office.stripe.diary.moves[0]
        office.stripe.diary.moves[0] = (account_id, replace(move, gross=Money(28_000, "USD")))

        run = office.reconcile()

        assert kinds(run) == [MismatchKind.CLEARING_DIFFERS]
        assert run.clearing[0].theirs == Money(28_000, "USD")

    def test_stays_told_after_its_time_is_over(self, office: ReconciledFirm) -> None:
        office.paid()
        session = next(iter(office.stripe.sessions.values()))
        session.report = replace(session.report, client_id="cli_nobody", checkout_id="chk_nobody")
        office.reconcile()
        office.clock.advance(days=3)
        office.reconcile()
        office.clock.advance(days=3)

        run = office.reconcile()

        assert run.looked_at["payments"] == 0
        assert kinds(run) == [MismatchKind.PAYMENT_NOT_BOOKED]
        assert "reconciliation" in office.tasks()


class TestStripeThatIsAway:
    def test_is_said_and_the_next_run_looks_back_as_far(self, office: ReconciledFirm) -> None:
        office.reconcile()
        office.paid()
        office.clock.advance(days=3)
        office.stripe.failures.extend([unavailable()] * 20)
        away = office.reconcile()
        office.stripe.failures.clear()
        office.clock.advance(days=4)

        run = office.reconcile()

        assert not away.stripe_was_read
        assert away.why_not
        assert run.healed_count == 1
        assert office.owed() == 0

    def test_for_one_object_puts_it_off_and_no_other(self, office: ReconciledFirm) -> None:
        office.paid()
        office.paid()
        read = office.stripe.read_payment_intent
        first = iter([unavailable()])

        def sometimes(intent_id: str, *, stripe_account_id: str) -> object:
            for error in first:
                raise error
            return read(intent_id, stripe_account_id=stripe_account_id)

        office.stripe.read_payment_intent = sometimes  # type: ignore[method-assign,assignment]  # one failure in the middle

        run = office.reconcile()

        assert run.put_off == 1
        assert run.healed_count >= 1
        office.reconcile()
        assert office.owed() == 0


class TestTwoWorkersOnOneRun:
    def test_are_one(self, office: ReconciledFirm) -> None:
        office.paid()
        office.stripe.refund_in_dashboard("pi_000001", Money(10_000, "USD"))
        job = ReconcileJob(FIRM, "rec_1")
        now = office.clock.now()
        read = office.stripe.balance_since

        def meanwhile(since: datetime, *, stripe_account_id: str) -> Iterator[BalanceMove]:
            office.stripe.balance_since = read  # type: ignore[method-assign]  # once, in the middle
            assert reconcile_one(office.ports, job, now=now, has_time=always)
            return read(since, stripe_account_id=stripe_account_id)

        office.stripe.balance_since = meanwhile  # type: ignore[method-assign]  # the other worker comes here

        assert not reconcile_one(office.ports, job, now=now, has_time=always)

        assert office.owed() == 10_000
        assert office.office.signals.counts["ReconciliationDoubled"] == 1
        assert office.office.reconcile_queue.jobs == []
        assert office.ports.reconciliations.get(FIRM, "rec_1").healed_count == 2


class TestMoneyThatMovesMeanwhile:
    def test_is_no_mismatch(self, office: ReconciledFirm) -> None:
        intent = office.paid()
        office.tell()
        read = office.stripe.events_since

        def meanwhile(since: datetime, *, stripe_account_id: str) -> Iterator[ProcessorEvent]:
            # After the lists were read, and its notice comes at once.
            office.stripe.refund_in_dashboard(intent, Money(10_000, "USD"))
            office.paid()
            office.tell()
            return read(since, stripe_account_id=stripe_account_id)

        office.stripe.events_since = meanwhile  # type: ignore[method-assign]  # somebody is at Stripe
        during = office.reconcile()
        office.stripe.events_since = read  # type: ignore[method-assign]  # and gone

        after = office.reconcile()

        assert during.mismatches == after.mismatches == ()
        assert during.clearing == ()
        (sums,) = after.clearing
        assert sums.ours == sums.theirs == Money(50_000, "USD")


class TestAnAccountThatStripeShowsNoMore:
    def test_asks_for_a_person_until_it_does_again(self, office: ReconciledFirm) -> None:
        office.stripe.failures.append(ProcessorRefusedError("The account was disconnected."))
        refused = office.reconcile()
        tasks = office.tasks()

        shown = office.reconcile()

        assert kinds(refused) == [MismatchKind.STRIPE_REFUSES]
        assert tasks == ["reconciliation"]
        assert kinds(shown) == []
        assert office.tasks() == []


class TestATimeThatIsNeverEnough:
    def test_ends_all_the_same_and_says_so(self, office: ReconciledFirm) -> None:
        office.paid()
        runs = [self._go_on(office)]
        while runs[-1].ended_at is None:
            runs.append(self._go_on(office))

        assert len(runs) < 25
        assert not runs[-1].stripe_was_read
        assert runs[-1].why_not

    @staticmethod
    def _go_on(office: ReconciledFirm) -> Reconciliation:
        return reconcile(
            office.ports,
            firm_id=FIRM,
            now=office.clock.now(),
            reconciliation_id="rec_1",
            has_time=lambda: False,
        )


class TestAFirmThatIsNotPaidOnline:
    def test_asks_stripe_nothing(self) -> None:
        office = self._not_connected()
        office.bill()

        run = office.reconcile()

        assert office.stripe.calls == []
        assert run.stripe_was_read
        assert run.mismatches == ()

    def test_any_more_is_asked_about_what_was(self) -> None:
        office = self._not_connected()
        office.paid()

        assert office.reconcile().healed_count == 1

    @staticmethod
    def _not_connected() -> ReconciledFirm:
        office = ReconciledFirm()
        firm = replace(office.firm(), payment_account=PaymentAccount.NONE, version=3)
        office.ports.records.put_firm(firm)
        return office


class TestAnObjectThatIsLikeNoOther:
    def test_stops_nothing_else(self, office: ReconciledFirm) -> None:
        strange, _ = office.session(office.bill()), office.paid()
        office.stripe.start_debit(strange)
        read = office.stripe.read_session

        def broken(session_id: str, *, stripe_account_id: str) -> SessionReport:
            if session_id == strange:
                raise AttributeError("latest_charge")
            return read(session_id, stripe_account_id=stripe_account_id)

        office.stripe.read_session = broken  # type: ignore[method-assign]  # one object in an odd shape

        run = office.reconcile()

        assert run.put_off == 1
        assert run.stripe_was_read
        assert office.owed() == 30_000


class Once:
    """Time for one thing."""

    def __init__(self) -> None:
        self.is_over = False

    def __call__(self) -> bool:
        was_over, self.is_over = self.is_over, True
        return not was_over


class TestATimeThatIsOver:
    def test_goes_on_with_a_next_message(self, office: ReconciledFirm) -> None:
        for _ in range(5):
            office.paid()
        reconcile_all(office.ports, now=office.clock.now())
        messages = 0
        while jobs := [job for job in office.office.reconcile_queue.take_all() if job.firm_id == FIRM]:
            reconcile_one(office.ports, jobs[0], now=office.clock.now(), has_time=Once())
            messages += 1

        assert messages > 3
        assert office.owed() == 0
        (run,) = office.ports.reconciliations.latest(FIRM, limit=5, cursor=None).items
        assert run.step is Step.ENDED
        assert run.healed_count == 5
        assert run.mismatches == ()


class TestASessionThatWasNeverFinished:
    def test_lets_its_bill_go(self, office: ReconciledFirm) -> None:
        office.session(office.bill())
        (checkout,) = office.office.store.world.checkouts.values()
        office.office.store.world.checkouts[FIRM, checkout.id] = replace(
            checkout, processor_id="", state=CheckoutState.CREATING
        )
        office.clock.advance(hours=2)

        office.reconcile()

        assert office.books.account(FIRM, CLIENT).checkouts == {}
        assert office.stripe.calls.count("read_session") == 0
