"""Payments that move after they were booked: given back, disputed, put on other bills."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import pytest

from feenote.domain import accounts, money_moves, waiting_figures
from feenote.domain.allocation import Allocation
from feenote.domain.bill_figures import DISPUTED
from feenote.domain.bills import BillReceipt, BillState
from feenote.domain.money_moves import Booking, Moved
from feenote.domain.open_bills import open_bill_of
from feenote.domain.payments import Payment, PaymentMethod
from feenote.domain.refunds import Dispute, DisputeState, Refund, RefundState, TakenBack
from feenote.service.ports import (
    AlreadyBookedError,
    BillQuery,
    Booked,
    ClientChange,
    StaleError,
)
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.commits import at_once, project
from tests.integration.dynamodb.samples import CLIENT, FIRM, minutes, usd
from tests.integration.dynamodb.stores import NOW, DynamoStore, Store

NOTHING = TakenBack((), usd(0), usd(0))


def refund(refund_id: str = "re_1", **changes: object) -> Refund:
    made = Refund(
        refund_id,
        FIRM,
        CLIENT,
        "pay_1",
        RefundState.REQUESTED,
        usd(4_000),
        TakenBack((Allocation("bill_1", usd(3_000)),), usd(1_000), usd(0)),
        NOW,
        "ent_re",
        requested_by="ines@firm.example",
        reason="Billed twice",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # each test names fields of a refund


def dispute(dispute_id: str = "dp_1", **changes: object) -> Dispute:
    made = Dispute(dispute_id, FIRM, CLIENT, "pay_1", DisputeState.OPEN, usd(4_000), NOW, reason="fraudulent")
    return replace(made, **changes)  # type: ignore[arg-type]  # each test names fields of a dispute


def paid(store: Store, *bill_ids: str, more: int = 0) -> Payment:
    """Issue bills over 300.00 and book a payment that settles them, and so much credit."""
    for bill_id in bill_ids:
        samples.issued(store, bill_id)
    account = store.books.account(FIRM, CLIENT)
    change = samples.payment_of(account, 30_000 * len(bill_ids) + more, *bill_ids)
    store.books.commit(change)
    assert change.payment is not None
    return change.payment


def beside(store: Store, **more: object) -> None:
    """Store what stands beside a payment, with the next version of the account."""
    account = store.books.account(FIRM, CLIENT)
    change = ClientChange(replace(account, version=account.version + 1))
    store.books.commit(replace(change, **more))  # type: ignore[arg-type]  # each test names fields of a change


def moved(store: Store, wanted: Iterable[Allocation]) -> Moved:
    """Return a payment put on other bills."""
    parts = tuple(wanted)
    context = store.books.money_context(FIRM, "pay_1", bill_ids=[part.bill_id for part in parts])
    booking = Booking("pay_1", "ent_moved", NOW)
    return money_moves.reallocate(
        context.account, context.payment, parts, facts=context.facts, booking=booking
    )


def change_of(made: Moved, *, room: int = 40) -> ClientChange:
    account, figures = waiting_figures.place_figures(made.change.account, made.change.figures, room=room)
    entries = (made.change.entry,) if made.change.entry else ()
    return ClientChange(account, entries=entries, figures=figures, moved_payments=(made.payment,))


class TestWhatMovingMoneyNeeds:
    def test_is_the_payment_its_account_and_the_bills_it_is_on(self, store: Store) -> None:
        payment = paid(store, "bill_1")
        samples.issued(store, "bill_2")
        found = store.books.money_context(FIRM, "pay_1")
        assert (found.payment, found.account) == (payment, store.books.account(FIRM, CLIENT))
        assert found.facts == {"bill_1": open_bill_of(store.bills.get(FIRM, "bill_1"))}

    def test_knows_the_bills_that_are_asked_for_too(self, store: Store) -> None:
        paid(store, "bill_1")
        samples.issued(store, "bill_2")
        store.bills.add(samples.bill("bill_3"), [])
        asked = ["bill_2", "bill_1", "bill_3", "bill_9"]
        found = store.books.money_context(FIRM, "pay_1", bill_ids=asked)
        # A draft is not owed; what is not there is not told of.
        assert sorted(found.facts) == ["bill_1", "bill_2"]

    def test_never_tells_of_another_clients_bill(self, store: Store) -> None:
        paid(store, "bill_1")
        samples.issued(store, "bill_2", content=samples.content(client_id="cli_2"))
        assert sorted(store.books.money_context(FIRM, "pay_1", bill_ids=["bill_2"]).facts) == ["bill_1"]

    def test_is_not_there_for_a_payment_that_is_not(self, store: Store) -> None:
        paid(store, "bill_1")
        for firm_id, payment_id in ((FIRM, "pay_9"), ("firm_2", "pay_1")):
            with pytest.raises(KeyError):
                store.books.money_context(firm_id, payment_id)

    def test_is_read_in_three_calls(self, dynamo: DynamoStore) -> None:
        paid(dynamo.store, *(f"bill_{number}" for number in range(9)))
        before = dynamo.calls()
        dynamo.store.books.money_context(FIRM, "pay_1")
        assert dynamo.calls() - before == 3


class TestAMovedPayment:
    def test_is_stored_with_the_bills_it_moved(self, store: Store) -> None:
        paid(store, "bill_1", more=5_000)
        samples.issued(store, "bill_2")
        made = moved(store, [Allocation("bill_1", usd(20_000)), Allocation("bill_2", usd(10_000))])
        store.books.commit(change_of(made))
        assert store.books.payment(FIRM, "pay_1") == made.payment
        assert made.payment.version == 1
        one, two = (store.bills.get(FIRM, bill_id) for bill_id in ("bill_1", "bill_2"))
        assert (one.state, one.paid_minor) == (BillState.AWAITING_PAYMENT, 20_000)
        assert (two.state, two.paid_minor) == (BillState.AWAITING_PAYMENT, 10_000)
        assert [bill.receipts[0].amount for bill in (one, two)] == [usd(20_000), usd(10_000)]
        assert list(store.books.entries(FIRM, CLIENT))[-1] == made.change.entry

    def test_moves_again_and_again(self, store: Store) -> None:
        paid(store, "bill_1", "bill_2")
        for minor in (10_000, 20_000, 30_000):
            store.books.commit(change_of(moved(store, [Allocation("bill_2", usd(minor))])))
        assert store.books.payment(FIRM, "pay_1").version == 3
        assert store.books.payments(FIRM, client_id=CLIENT, limit=5, cursor=None).items == (
            store.books.payment(FIRM, "pay_1"),
        )

    def test_is_refused_when_it_is_not_what_was_read(self, store: Store) -> None:
        paid(store, "bill_1", more=5_000)
        for _ in range(2):
            made = moved(store, [])
            account = store.books.account(FIRM, CLIENT)
            stale = replace(made.payment, version=made.payment.version + 1)
            with pytest.raises(StaleError):
                store.books.commit(replace(change_of(made), moved_payments=(stale,)))
            assert store.books.account(FIRM, CLIENT) == account
            store.books.commit(change_of(made))
            with pytest.raises(StaleError):
                beside(store, moved_payments=(made.payment,))

    def test_that_is_not_there_cannot_move(self, store: Store) -> None:
        payment = paid(store, "bill_1")
        with pytest.raises(StaleError):
            beside(store, moved_payments=(replace(payment, id="pay_9", version=1),))

    def test_moves_one_way_when_two_move_it_at_the_same_instant(self, store: Store) -> None:
        paid(store, "bill_1", "bill_2")
        changes = [change_of(moved(store, [Allocation("bill_1", usd(minor))])) for minor in (1, 2, 3)]
        outcomes = at_once([partial(store.books.commit, change) for change in changes])
        assert sorted(outcomes) == ["StaleError", "StaleError", "done"]
        assert store.books.payment(FIRM, "pay_1").version == 1

    def test_takes_its_receipt_away_from_a_bill_it_left(self, store: Store) -> None:
        payment = paid(store, "bill_1")
        store.books.commit(change_of(moved(store, [])))
        bill = store.bills.get(FIRM, "bill_1")
        assert (bill.receipts, bill.balance_due) == ((), usd(30_000))
        store.books.commit(change_of(moved(store, payment.allocations)))
        assert store.bills.get(FIRM, "bill_1").receipts == (samples.receipt(payment, "bill_1"),)

    def test_takes_it_away_also_while_the_row_waits_for_its_figures(self, store: Store) -> None:
        paid(store, "bill_1")
        store.books.commit(change_of(moved(store, []), room=0))
        for rows_written in (1, 0):
            bill = store.bills.get(FIRM, "bill_1")
            assert (bill.receipts, bill.state) == ((), BillState.AWAITING_PAYMENT)
            assert project(store) == rows_written
        assert store.books.account(FIRM, CLIENT).unprojected == {}

    def test_leaves_the_receipts_of_others(self, store: Store) -> None:
        samples.issued(store)
        for name in ("1", "2"):
            account = store.books.account(FIRM, CLIENT)
            store.books.commit(samples.payment_of(account, 10_000, "bill_1", name=name))
        store.books.commit(change_of(moved(store, [])))
        assert [receipt.payment_id for receipt in store.bills.get(FIRM, "bill_1").receipts] == ["pay_2"]


class TestADisputedBill:
    def test_is_flagged_where_it_is_read_and_listed(self, store: Store) -> None:
        paid(store, "bill_1")
        context = store.books.money_context(FIRM, "pay_1")
        taken = money_moves.withdraw(
            context.account,
            context.payment,
            amount=usd(30_000),
            facts=context.facts,
            booking=Booking("dp_1", "ent_dp", NOW),
        )
        store.books.commit(change_of(taken))
        assert store.bills.get(FIRM, "bill_1").flags == {DISPUTED}
        assert [bill.flags for bill in store.bills.search(FIRM, BillQuery()).items] == [{DISPUTED}]
        assert store.books.account(FIRM, CLIENT).open_bills["bill_1"].is_disputed
        context = store.books.money_context(FIRM, "pay_1", bill_ids=["bill_1"])
        assert context.facts["bill_1"].is_disputed

        assert taken.taken is not None
        back = money_moves.reinstate(
            context.account,
            context.payment,
            taken=taken.taken,
            facts=context.facts,
            booking=Booking("dp_1", "ent_won", NOW),
        )
        store.books.commit(change_of(back))
        assert store.bills.get(FIRM, "bill_1").flags == frozenset()
        assert [bill.flags for bill in store.bills.search(FIRM, BillQuery()).items] == [frozenset()]


class TestARefund:
    def test_is_read_as_it_was_stored_with_all_of_its_payment(self, store: Store) -> None:
        first = refund("re_b")
        second = refund("re_a", created_at=minutes(1), state=RefundState.SUCCEEDED)
        beside(store, refunds=(second, first))
        assert store.books.refund(FIRM, "pay_1", "re_b") == first
        assert store.books.refunds_of(FIRM, "pay_1") == (first, second)
        for place in ((FIRM, "pay_2"), ("firm_2", "pay_1")):
            assert store.books.refunds_of(*place) == ()
            with pytest.raises(KeyError):
                store.books.refund(*place, "re_b")

    def test_takes_the_place_of_what_it_was(self, store: Store) -> None:
        beside(store, refunds=(refund(),))
        after = refund(state=RefundState.FAILED, failed_because="expired_or_canceled_card")
        beside(store, refunds=(after,))
        assert store.books.refunds_of(FIRM, "pay_1") == (after,)

    def test_waits_to_be_asked_about_while_nothing_was_heard(self, store: Store) -> None:
        one = refund("re_1", created_at=minutes(1))
        zero = refund("re_0", payment_id="pay_2")
        beside(store, refunds=(one, zero, refund("re_2", created_at=minutes(2))))
        beside(store, refunds=(refund("re_3", state=RefundState.PENDING),))
        assert store.books.requested_refunds(before=minutes(2), limit=9) == (zero, one)
        assert store.books.requested_refunds(before=minutes(2), limit=1) == (zero,)
        beside(store, refunds=(replace(zero, state=RefundState.SUCCEEDED),))
        assert store.books.requested_refunds(before=minutes(2), limit=9) == (one,)

    def test_is_no_dispute(self, store: Store) -> None:
        beside(store, refunds=(refund(),), disputes=(dispute(),))
        assert store.books.refunds_of(FIRM, "pay_1") == (refund(),)
        assert store.books.disputes_of(FIRM, "pay_1") == (dispute(),)


class TestADispute:
    def test_is_read_as_it_was_stored_with_all_of_its_payment(self, store: Store) -> None:
        later = dispute("dp_a", opened_at=minutes(5), state=DisputeState.WITHDRAWN, taken=NOTHING)
        beside(store, disputes=(later, dispute("dp_b")))
        assert store.books.dispute(FIRM, "pay_1", "dp_a") == later
        assert store.books.disputes_of(FIRM, "pay_1") == (dispute("dp_b"), later)
        for place in ((FIRM, "pay_2"), ("firm_2", "pay_1")):
            assert store.books.disputes_of(*place) == ()
            with pytest.raises(KeyError):
                store.books.dispute(*place, "dp_a")


class TestAMarker:
    def test_says_what_was_booked(self, store: Store) -> None:
        paid(store, "bill_1")
        assert store.books.booked(FIRM, "pi_1") == Booked(CLIENT, "pay_1")
        for firm_id, marker in ((FIRM, "pi_2"), ("firm_2", "pi_1")):
            assert store.books.booked(firm_id, marker) is None

    def test_says_which_refund_it_was(self, store: Store) -> None:
        paid(store, "bill_1")
        made = moved(store, [])
        store.books.commit(replace(change_of(made), marker="re_1", refunds=(refund(),)))
        assert store.books.booked(FIRM, "re_1") == Booked(CLIENT, "pay_1", "re_1")

    def test_is_stored_once_though_nothing_else_is(self, store: Store) -> None:
        beside(store, marker="dp_1:lost")
        assert store.books.booked(FIRM, "dp_1:lost") == Booked(CLIENT)
        with pytest.raises(AlreadyBookedError):
            beside(store, marker="dp_1:lost")


def test_a_receipt_of_nothing_is_never_shown(store: Store) -> None:
    samples.issued(store)
    shown = store.bills.get(FIRM, "bill_1")
    nothing = BillReceipt("pay_9", "R-9", usd(0), NOW.date(), PaymentMethod.CASH)
    figures = accounts.figures_of(
        store.books.account(FIRM, CLIENT), store.books.account(FIRM, CLIENT).open_bills.values()
    )
    beside(store, figures=tuple(replace(item, receipts=(nothing,)) for item in figures))
    assert store.bills.get(FIRM, "bill_1") == shown
