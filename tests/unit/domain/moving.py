"""Histories of payments whose money moves: booked, given back, disputed, put on other bills."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from feenote.domain import accounts, money_moves
from feenote.domain.accounts import AccountChange, AccountError, ClientAccount
from feenote.domain.allocation import Allocation
from feenote.domain.bills import Bill, BillContent, BillLine, BillState, LineKind
from feenote.domain.ledger import JournalEntry, LedgerAccount, Side
from feenote.domain.money import Money
from feenote.domain.money_moves import Booking, Moved
from feenote.domain.open_bills import OpenBill, open_bill_of
from feenote.domain.parts import Facts
from feenote.domain.payments import Checkout, CheckoutState, Payment, PaymentMethod
from feenote.domain.refunds import TakenBack
from tests.unit.domain.strategies import AT

CURRENCIES = ("USD", "JPY")


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def a_bill(number: int, total: Money) -> Bill:
    """Return an issued bill; of two, the one with the lower number is the older."""
    issued = date(2026, 1, 1) + timedelta(days=number)
    content = BillContent(
        "cli_1",
        ("mat_1",),
        total.currency,
        issued,
        issued + timedelta(days=30),
        (BillLine(LineKind.FEE, total),),
    )
    state = BillState.AWAITING_PAYMENT
    return Bill(f"bill_{number}", "firm_1", content, state, AT, str(number), 1, total=total)


@dataclass(frozen=True)
class GoneBack:
    """What went back of a payment, and how it can come again."""

    payment_id: str
    taken: TakenBack
    by_bank: bool


class Books:
    """A client's account, journal and payments, with every bill there ever was."""

    def __init__(self) -> None:
        self.account = ClientAccount("firm_1", "cli_1")
        self.entries: list[JournalEntry] = []
        self.facts: dict[str, OpenBill] = {}
        self.payments: dict[str, Payment] = {}
        self.gone: list[GoneBack] = []
        self.refusals = 0

    def issue(self, total: Money) -> str:
        bill = a_bill(len(self.facts), total)
        self.facts[bill.id] = open_bill_of(bill)
        self._take(accounts.issue(self.account, bill, entry_id=self._entry_id(), at=AT))
        return bill.id

    def receive(
        self, amount: Money, split: Sequence[Allocation], method: PaymentMethod = PaymentMethod.CARD
    ) -> str:
        payment_id = f"pay_{len(self.payments)}"
        online = method is PaymentMethod.CARD
        change = accounts.receive(
            self.account,
            received=amount,
            split=split,
            all_unpaid=False,
            into=LedgerAccount.STRIPE_CLEARING if online else LedgerAccount.OPERATING_ACCOUNT,
            payment_id=payment_id,
            entry_id=self._entry_id(),
            at=AT,
        )
        assert change.spread is not None
        self._take(change)
        self.payments[payment_id] = Payment(
            payment_id,
            "firm_1",
            "cli_1",
            method,
            amount,
            change.spread.allocations,
            change.spread.client_credit,
            AT.date(),
            AT,
            f"R-{payment_id}",
        )
        return payment_id

    def refund(self, payment_id: str, amount: Money, chosen: Sequence[Allocation] = ()) -> TakenBack:
        return self._goes(payment_id, money_moves.refund, amount=amount, chosen=chosen)

    def refund_at_processor(self, payment_id: str, amount: Money) -> TakenBack:
        return self._goes(payment_id, money_moves.refund_at_processor, amount=amount)

    def withdraw(self, payment_id: str, amount: Money) -> TakenBack:
        return self._goes(payment_id, money_moves.withdraw, by_bank=True, amount=amount)

    def comes_back(self, back: GoneBack) -> None:
        act = money_moves.reinstate if back.by_bank else money_moves.refund_failed
        self._move(back.payment_id, act, taken=back.taken)
        self.gone.remove(back)

    def reverse(self, payment_id: str) -> None:
        self._move(payment_id, money_moves.reverse)

    def reallocate(self, payment_id: str, wanted: Sequence[Allocation]) -> None:
        def act(account: ClientAccount, payment: Payment, *, facts: Facts, booking: Booking) -> Moved:
            return money_moves.reallocate(account, payment, wanted, facts=facts, booking=booking)

        self._move(payment_id, act)

    def on_its_way(self, checkout_id: str, parts: Sequence[Allocation]) -> None:
        """Let money be on its way to bills, or come no more where it was."""
        is_live = checkout_id in self.account.checkouts
        checkout = Checkout(
            checkout_id,
            "firm_1",
            "cli_1",
            CheckoutState.FAILED if is_live else CheckoutState.PROCESSING,
            parts[0].amount,
            self.account.checkouts[checkout_id].split if is_live else tuple(parts),
            all_unpaid=False,
            fingerprint="",
            created_at=AT,
            expires_at=AT,
        )
        self._take(accounts.move_checkout(self.account, checkout))

    def paid(self, bill_id: str) -> int:
        """Return what the account says is paid of a bill."""
        bill = self.account.open_bills.get(bill_id)
        return bill.paid_minor if bill else self.facts[bill_id].total.minor

    def figures(self) -> tuple[object, ...]:
        """Return what the account owes and holds, without its counters."""
        return dict(self.account.open_bills), dict(self.account.credit_minor)

    def on_bills(self) -> dict[str, int]:
        """Return what all payments together have on each bill."""
        sums: dict[str, int] = defaultdict(int)
        for payment in self.payments.values():
            for part in payment.allocations:
                sums[part.bill_id] += part.amount.minor
        return sums

    def balance_of(self, account: LedgerAccount, currency: str) -> int:
        """Return debits minus credits of a ledger account."""
        return sum(
            posting.amount.minor if posting.side is Side.DEBIT else -posting.amount.minor
            for entry in self.entries
            for posting in entry.postings
            if posting.account is account and posting.amount.currency == currency
        )

    def _goes(
        self, payment_id: str, act: Callable[..., Moved], *, by_bank: bool = False, **how: object
    ) -> TakenBack:
        moved = self._move(payment_id, act, **how)
        assert moved.taken is not None
        self.gone.append(GoneBack(payment_id, moved.taken, by_bank))
        return moved.taken

    def _move(self, payment_id: str, act: Callable[..., Moved], **how: object) -> Moved:
        before = self.payments[payment_id]
        booking = Booking(payment_id, self._entry_id(), AT)
        moved = act(self.account, before, facts=self._rows(), booking=booking, **how)
        assert moved.payment.version == before.version + 1
        self._take(moved.change)
        self.payments[payment_id] = moved.payment
        return moved

    def _rows(self) -> dict[str, OpenBill]:
        """Return the bills as their rows say them: those of open ones may lag behind the account."""
        return dict(self.facts)

    def _take(self, change: AccountChange) -> None:
        assert change.account.version == self.account.version + 1
        self.account = change.account
        if change.entry is not None:
            assert change.entry.sequence == len(self.entries) + 1
            self.entries.append(change.entry)
        assert self.account.entries == len(self.entries)
        for item in change.figures:
            assert item.paid_minor == self.paid(item.bill_id)
            assert item.is_settled == (item.bill_id not in self.account.open_bills)

    def _entry_id(self) -> str:
        return f"ent_{len(self.entries)}"


@dataclass(frozen=True)
class Step:
    """One act of a history: what, on which payment, over which bills, for how much."""

    act: int
    which: int
    size: int
    bills: tuple[int, ...]
    currency: str


ACTS = (
    "receive",
    "receive by hand",
    "refund",
    "refund chosen",
    "refund at Stripe",
    "withdraw",
    "come back",
    "reverse",
    "reallocate",
    "on its way",
    "issue",
)


def act(books: Books, step: Step) -> None:
    """Do a step; what is refused must leave the books as they are."""
    before = books.account, list(books.entries), dict(books.payments), list(books.gone)
    try:
        _act(books, step)
    except AccountError:
        books.refusals += 1
        assert (books.account, books.entries, books.payments, books.gone) == before


def _act(books: Books, step: Step) -> None:
    what = ACTS[step.act]
    amount = Money(step.size, step.currency)
    bill_ids = [f"bill_{number % len(books.facts)}" for number in step.bills] if books.facts else []
    if what == "issue" or not bill_ids:
        books.issue(amount)
        return
    parts = [
        Allocation(bill_id, Money(1 + step.size // (at + 2), step.currency))
        for at, bill_id in enumerate(bill_ids)
    ]
    if what.startswith("receive") or not books.payments:
        method = PaymentMethod.CHEQUE if what == "receive by hand" else PaymentMethod.CARD
        books.receive(amount, list({part.bill_id: part for part in parts}.values()), method)
        return
    payment_id = f"pay_{step.which % len(books.payments)}"
    payment = books.payments[payment_id]
    some = replace(amount, minor=1 + step.size % (payment.amount.minor + 2))
    match what:
        case "refund":
            books.refund(payment_id, some)
        case "refund chosen":
            chosen = [
                Allocation(part.bill_id, replace(some, minor=min(part.amount.minor, some.minor)))
                for part in payment.allocations[:1]
            ]
            books.refund(payment_id, some, chosen)
        case "refund at Stripe":
            books.refund_at_processor(payment_id, some)
        case "withdraw":
            books.withdraw(payment_id, some)
        case "come back":
            if books.gone:
                books.comes_back(books.gone[step.which % len(books.gone)])
        case "reverse":
            # Mostly one that can be: Stripe's are refused.
            by_hand = [name for name, found in books.payments.items() if not found.is_online]
            books.reverse(by_hand[step.which % len(by_hand)] if by_hand else payment_id)
        case "on its way":
            books.on_its_way(f"chk_{step.which % 3}", parts)
        case _:
            books.reallocate(payment_id, parts)
