"""Payment pages that would bring a bill more than it owes end as soon as that is known."""

from __future__ import annotations

import pytest

from feenote.domain import accounts
from feenote.domain.allocation import Allocation
from feenote.domain.bills import Bill
from feenote.domain.ledger import LedgerAccount
from feenote.domain.payments import CheckoutState, Payment, PaymentMethod
from feenote.service.end_checkouts import end_where_settled
from feenote.service.ports import ClientChange
from feenote.service.settle_checkout import mark_pending
from tests.unit.service.money_office import ACCOUNT, CLIENT, FIRM, NOW, MoneyOffice, usd


@pytest.fixture
def office() -> MoneyOffice:
    return MoneyOffice()


def arrive(office: MoneyOffice, *parts: tuple[Bill, int]) -> ClientChange:
    """Book money for bills past their payment pages, as what comes by webhook is booked."""
    split = tuple(Allocation(bill.id, usd(minor)) for bill, minor in parts)
    amount = usd(sum(part.amount.minor for part in split))
    booked = accounts.receive(
        office.ports.books.account(FIRM, CLIENT),
        received=amount,
        split=split,
        all_unpaid=False,
        into=LedgerAccount.STRIPE_CLEARING,
        payment_id="pay_9",
        entry_id="ent_9",
        at=NOW,
    )
    payment = Payment(
        "pay_9", FIRM, CLIENT, PaymentMethod.CARD, amount, split, usd(0), NOW.date(), NOW, "R-2041-0009"
    )
    entries = (booked.entry,) if booked.entry else ()
    change = ClientChange(booked.account, entries=entries, figures=booked.figures, payment=payment)
    office.ports.books.commit(change)
    return change


def state_of(office: MoneyOffice, session_id: str) -> tuple[str, CheckoutState]:
    """Return where a session stands, at Stripe and with us."""
    report = office.stripe.sessions[session_id].report
    checkout = office.ports.books.context(FIRM, CLIENT, report.checkout_id).checkout
    assert checkout is not None
    return report.status.value, checkout.state


class TestAPaymentPage:
    def test_ends_when_its_bill_was_paid_in_part_elsewhere(self, office: MoneyOffice) -> None:
        first, second = office.bill(), office.bill()
        untouched, touched = office.session(first), office.session(second)

        end_where_settled(office.ports, arrive(office, (second, 4_000)), now=NOW)

        assert state_of(office, touched) == ("expired", CheckoutState.EXPIRED)
        assert state_of(office, untouched) == ("open", CheckoutState.OPEN)

    def test_goes_on_where_its_bill_still_owes_all_that_it_asks_for(self, office: MoneyOffice) -> None:
        first, second = office.bill(), office.bill()
        session_id = office.session(first)

        end_where_settled(office.ports, arrive(office, (second, 10_000)), now=NOW)

        assert state_of(office, session_id) == ("open", CheckoutState.OPEN)

    def test_ends_beside_money_that_is_on_its_way_and_cannot_be_stopped(self, office: MoneyOffice) -> None:
        first, second = office.bill(), office.bill()
        debit, card = office.session(first), office.session(second)
        report = office.stripe.start_debit(debit)
        mark_pending(office.ports, report, stripe_account_id=ACCOUNT, now=NOW)

        end_where_settled(office.ports, arrive(office, (first, 10_000), (second, 10_000)), now=NOW)

        assert state_of(office, card) == ("expired", CheckoutState.EXPIRED)
        assert state_of(office, debit) == ("processing", CheckoutState.PROCESSING)
