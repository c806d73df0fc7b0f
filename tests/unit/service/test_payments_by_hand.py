"""The process dies, or another is faster, at every outside call of what a cashier does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from feenote.domain.bills import BillState
from feenote.domain.payments import PaymentMethod
from feenote.service.book_payment import book_payment
from feenote.service.errors import ConflictError, RefusedError
from feenote.service.ports import SessionStatus
from feenote.service.settle_checkout import mark_pending
from feenote.service.take_dispute import take_dispute
from tests.simulation.faults import ProcessDiedError
from tests.unit.service.by_hand import RECORDED, allocate, books_agree, part, record, reverse, shown
from tests.unit.service.money_office import ACCOUNT, CLIENT, FIRM, NOW, MoneyOffice, usd

Act = Callable[[MoneyOffice], object]
MOST_CALLS = 40
FIRST = "pay_first"

ACTS: dict[str, Act] = {
    "record": lambda office: record(office, 12_000),
    "record by hand": lambda office: record(
        office, 12_000, parts=(part("bill_2", 6_000), part("bill_1", 500))
    ),
    "allocate": lambda office: allocate(office, part("bill_1", 7_000), payment_id=FIRST),
    "reverse": lambda office: reverse(office, FIRST),
}


def paid_by_card(office: MoneyOffice, session_id: str) -> None:
    """Let the client pay in the open session, if it still is; Stripe tells of it at once."""
    if office.stripe.sessions[session_id].report.status is SessionStatus.OPEN:
        report = office.stripe.pay(session_id)
        assert book_payment(office.ports, report, stripe_account_id=ACCOUNT, now=NOW)


def paid_by_debit(office: MoneyOffice, session_id: str) -> None:
    """Let the client pay by bank debit in the open session, if it still is: its money is on its way."""
    if office.stripe.sessions[session_id].report.status is SessionStatus.OPEN:
        report = office.stripe.start_debit(session_id)
        assert mark_pending(office.ports, report, stripe_account_id=ACCOUNT, now=NOW)


def arrives(office: MoneyOffice, session_id: str) -> None:
    """Let a debit that is on its way come."""
    if office.stripe.sessions[session_id].report.status is SessionStatus.PROCESSING:
        report = office.stripe.debit_succeeds(session_id)
        assert book_payment(office.ports, report, stripe_account_id=ACCOUNT, now=NOW)


OTHERS: dict[str, Callable[[MoneyOffice, str], object]] = {
    "cheque": lambda office, _: record(office, 4_000, payment_id="pay_other"),
    "card": paid_by_card,
    "debit": paid_by_debit,
    "move": lambda office, _: tried(office, lambda it: allocate(it, part("bill_1", 3_000), payment_id=FIRST)),
    "reversal": lambda office, _: tried(office, lambda it: reverse(it, FIRST)),
}


def prepared() -> tuple[MoneyOffice, str]:
    """Return a firm whose client has two bills, the first in an open session of Stripe's, which is told too.

    A payment is on the second bill, and has credit.
    """
    office = MoneyOffice()
    session_id = office.session(office.bill(10_000))
    office.bill(10_000)
    record(office, 9_000, payment_id=FIRST, parts=(part("bill_2", 4_000),))
    return office, session_id


class TestTheProcessDies:
    @pytest.mark.parametrize("name", [name for name in ACTS if name != "reverse"])
    @pytest.mark.parametrize("after", [False, True], ids=["before a call", "after a call"])
    def test_anywhere_and_the_act_is_done_again(self, name: str, *, after: bool) -> None:
        act, (whole, _) = ACTS[name], prepared()
        act(whole)
        wanted = shown(whole), whole.stand().ledger
        died = 0
        for number in range(MOST_CALLS):
            office, _ = prepared()
            died += dies(office, act, number, after=after)
            act(office)
            assert (shown(office), office.stand().ledger) == wanted
            books_agree(office)
        assert 4 < died < MOST_CALLS

    @pytest.mark.parametrize("after", [False, True], ids=["before a call", "after a call"])
    def test_anywhere_and_a_payment_is_reversed_once(self, *, after: bool) -> None:
        for number in range(MOST_CALLS):
            office, _ = prepared()
            if dies(office, ACTS["reverse"], number, after=after):
                if not office.payment().is_reversed:
                    reverse(office, FIRST)
                with pytest.raises(ConflictError):
                    reverse(office, FIRST)
            assert office.stand().ledger == {"receivable": 20_000, "billed": -20_000}
            books_agree(office)


class TestAnotherIsFaster:
    @pytest.mark.parametrize("name", ACTS)
    @pytest.mark.parametrize("other", OTHERS)
    def test_anywhere_and_no_money_is_lost_or_doubled(self, name: str, other: str) -> None:
        outcomes = set()
        for number in range(MOST_CALLS):
            office, session_id = prepared()
            act_of_another = partial(OTHERS[other], office, session_id)
            office.system.plan.arm(None, meanwhile=(number, act_of_another))
            outcomes.add(tried(office, ACTS[name]))
            came = office.system.plan.meanwhile is None
            office.system.plan.arm(None)
            if not came:
                act_of_another()
            books_agree(office)
            arrives(office, session_id)
            books_agree(office)
            received = {payment.id: payment.amount.minor for payment in office.payments()}
            assert received.pop(FIRST) == 9_000
            assert received.pop(RECORDED, 12_000) == 12_000
            assert received.pop("pay_other", 4_000) == 4_000
            assert list(received.values()) in ([[], [10_000]] if other in {"card", "debit"} else [[]])
            if not came:
                break
        else:
            pytest.fail("The act made more calls than were tried.")
        assert "done" in outcomes


class TestTheSameIdentity:
    def test_for_two_clients_at_the_same_moment_is_one_payment(self) -> None:
        office, _ = prepared()
        theirs = replace(office.system.store.records.get_client(FIRM, CLIENT), id="cli_2", number="2042")
        office.system.store.records.put_client(replace(theirs, version=1))
        record(office, 100, payment_id="pay_one")  # which also ends the open session
        before_commit = commits_at(office, lambda: record(office, 100, payment_id="pay_two"))

        def other() -> None:
            record(office, 4_000, client_id="cli_2")

        office.system.plan.arm(None, meanwhile=(before_commit, other))
        with pytest.raises(ConflictError, match="make a new one"):
            record(office, 4_000)

        assert {one.id: one.client_id for one in office.payments()} == {
            FIRST: CLIENT,
            "pay_one": CLIENT,
            "pay_two": CLIENT,
            RECORDED: "cli_2",
        }

    def test_is_refused_for_what_is_paid_online(self) -> None:
        office, _ = prepared()
        with pytest.raises(RefusedError, match="when Stripe reports it"):
            record(office, 4_000, method=PaymentMethod.CARD)


class TestTheSameReversal:
    def test_is_done_once_and_told_again_to_who_asked_for_it(self) -> None:
        office, _ = prepared()
        record(office, 100)

        first = reverse(office, reversal_id="rev_1")
        again = reverse(office, reversal_id="rev_1")

        assert (first.is_reversed, again) == (True, first)
        with pytest.raises(ConflictError, match="reversed already"):
            reverse(office, reversal_id="rev_2")
        books_agree(office)


class TestADisputedBill:
    def test_gets_nothing_unless_it_is_chosen(self) -> None:
        office = MoneyOffice()
        payment = office.paid(office.bill(10_000))
        report = office.stripe.open_dispute(payment.processor_id)
        assert take_dispute(office.ports, report, stripe_account_id=ACCOUNT, now=NOW)
        office.bill(10_000)

        by_rule = record(office, 12_000)
        by_hand = record(office, 4_000, payment_id="pay_chosen", parts=(part("bill_1", 4_000),))

        assert (by_rule.allocations, by_rule.client_credit) == ((part("bill_2", 10_000),), usd(2_000))
        assert by_hand.allocations == (part("bill_1", 4_000),)
        assert office.stand().open_bills == {"bill_1": (4_000, True)}
        books_agree(office)

    def test_that_was_paid_by_cheque_leaves_credit_when_the_dispute_is_won(self) -> None:
        office = MoneyOffice()
        payment = office.paid(office.bill(10_000))
        report = office.stripe.open_dispute(payment.processor_id)
        take_dispute(office.ports, report, stripe_account_id=ACCOUNT, now=NOW)
        record(office, 10_000, parts=(part("bill_1", 10_000),))

        won = office.stripe.win_dispute(report.id)
        assert take_dispute(office.ports, won, stripe_account_id=ACCOUNT, now=NOW)

        assert [one.client_credit for one in office.payments() if one.is_online] == [usd(10_000)]
        assert shown(office) == [(BillState.PAID, 10_000, 1)]
        assert "client_credit" in office.tasks()


def dies(office: MoneyOffice, act: Act, number: int, *, after: bool) -> bool:
    """Do an act that dies at its call of this number; say whether it came that far."""
    office.system.plan.arm(number, after=after)
    try:
        act(office)
    except ProcessDiedError:
        return True
    finally:
        office.system.plan.arm(None)
    return False


def commits_at(office: MoneyOffice, act: Callable[[], object]) -> int:
    """Do an act; return which of its outside calls stored it."""
    office.system.plan.arm(None)
    act()
    return office.system.plan.trace.index("books.commit")


def tried(office: MoneyOffice, act: Act) -> str:
    try:
        act(office)
    except (ConflictError, RefusedError) as error:
        return type(error).__name__
    return "done"
