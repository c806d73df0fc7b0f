"""Whatever happened at Stripe, and whatever of it was told: after a run the books agree with it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from feenote.domain.money import Money
from feenote.domain.payments import PaymentMethod
from feenote.domain.refunds import DisputeState, RefundState
from feenote.service.ports import DisputeStatus, ProcessorRefusedError, RefundStatus, SessionStatus
from feenote.service.prove_ledger import prove_ledger
from tests.integration.api.office import FIRM
from tests.unit.service.reconciled_firm import ReconciledFirm

CLIENTS = ("cli_1", "cli_2", "cli_3")
SEEDS = 60


class History:
    """Random acts of payers, banks and staff; of what they did some notices come, late and doubled."""

    def __init__(self, seed: int, store: Any = None) -> None:
        self.random = random.Random(seed)
        self.office = ReconciledFirm(account="acct_1", store=store)
        for client_id in CLIENTS[1:]:
            self.office.client(client_id)
        self.sessions: list[str] = []

    def step(self) -> None:
        acts: list[Callable[[], object]] = [
            self._pay,
            self._pay,
            self._debit,
            self._end_debit,
            self._refund,
            self._move_refund,
            self._dispute,
            self._end_dispute,
            self._hear,
        ]
        self.office.clock.advance(minutes=self.random.choice([1, 30, 600, 3_000]))
        try:
            self.random.choice(acts)()
        except (ProcessorRefusedError, ValueError):
            # The fake says no to what cannot happen, such as a second dispute of a payment.
            return

    def _session(self) -> str:
        client_id = self.random.choice(CLIENTS)
        currency = self.random.choice(["USD", "USD", "EUR", "JPY"])
        bill = self.office.bill(self.random.randint(60, 90_000), currency=currency, client_id=client_id)
        self.sessions.append(self.office.session(bill, client_id=client_id))
        return self.sessions[-1]

    def _pay(self) -> None:
        self.office.stripe.pay(self._session())

    def _debit(self) -> None:
        self.office.stripe.start_debit(self._session())

    def _in(self, status: SessionStatus) -> str:
        found = [each for each in self.sessions if self.office.stripe.sessions[each].report.status is status]
        if not found:
            raise ValueError(f"There is no session that is {status}.")
        return self.random.choice(found)

    def _end_debit(self) -> None:
        ends = self.random.choice([self.office.stripe.debit_succeeds, self.office.stripe.debit_fails])
        ends(self._in(SessionStatus.PROCESSING))

    def _paid(self) -> tuple[str, Money]:
        report = self.office.stripe.sessions[self._in(SessionStatus.PAID)].report
        assert report.received is not None
        return report.payment_intent_id, report.received

    def _refund(self) -> None:
        intent, received = self._paid()
        part = Money(self.random.randint(1, received.minor), received.currency)
        self.office.stripe.refund_in_dashboard(intent, self.random.choice([None, part]))

    def _move_refund(self) -> None:
        refunds = list(self.office.stripe.after.refunds)
        if refunds:
            moves = self.random.choice([self.office.stripe.refund_succeeds, self.office.stripe.refund_fails])
            moves(self.random.choice(refunds))

    def _dispute(self) -> None:
        intent, _ = self._paid()
        self.office.stripe.open_dispute(intent, inquiry=self.random.random() < 0.3)

    def _end_dispute(self) -> None:
        disputes = list(self.office.stripe.after.disputes)
        if disputes:
            stripe = self.office.stripe
            ends = self.random.choice([stripe.win_dispute, stripe.lose_dispute, stripe.escalate_inquiry])
            ends(self.random.choice(disputes))

    def _hear(self) -> None:
        told = list(self.office.stripe.events)
        for event in self.random.sample(told, min(len(told), 3)):
            self.office.take(event)


def assert_the_books_are_stripes(office: ReconciledFirm) -> None:
    """Compare object by object, by what the fake itself keeps: not by the code that is tried."""
    for session in office.stripe.sessions.values():
        report = session.report
        booked = office.books.booked(FIRM, report.payment_intent_id) if report.payment_intent_id else None
        assert (booked is not None) == (report.status is SessionStatus.PAID)
        if booked is not None:
            assert office.books.payment(FIRM, booked.payment_id).amount == report.received
            is_debit = report.method is PaymentMethod.BANK_DEBIT
            assert office.books.payment(FIRM, booked.payment_id).method is (
                PaymentMethod.BANK_DEBIT if is_debit else PaymentMethod.CARD
            )
    for _, refund in office.stripe.after.refunds.values():
        mark = office.books.booked(FIRM, refund.id)
        assert mark is not None
        ours = office.books.refund(FIRM, mark.payment_id, mark.refund_id)
        assert (ours.state is RefundState.FAILED) == (refund.status is RefundStatus.FAILED)
        assert ours.amount == refund.amount
    for _, dispute in office.stripe.after.disputes.values():
        mark = office.books.booked(FIRM, dispute.id)
        assert mark is not None
        known = office.books.dispute(FIRM, mark.payment_id, dispute.id)
        assert (known.state is DisputeState.WON) == (dispute.status is DisputeStatus.WON)
        assert (known.state is DisputeState.LOST) == (dispute.status is DisputeStatus.LOST)
        assert (known.taken is not None) == (dispute.withdrawn is not None)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_run_after_any_history_leaves_nothing_to_tell(seed: int) -> None:
    assert_a_run_leaves_nothing_to_tell(History(seed))


def assert_a_run_leaves_nothing_to_tell(history: History) -> None:
    """Let forty things happen, with a run in the middle and one after them."""
    office = history.office
    for number in range(40):
        history.step()
        if number == 20:
            office.reconcile()

    run = office.reconcile()
    again = office.reconcile()

    assert run.mismatches == again.mismatches == ()
    assert run.put_off == again.healed_count == 0
    assert_the_books_are_stripes(office)
    for client_id in CLIENTS:
        assert prove_ledger(office.ports, firm_id=FIRM, client_id=client_id) == ()
    assert all(sums.ours == sums.theirs for sums in run.clearing)
