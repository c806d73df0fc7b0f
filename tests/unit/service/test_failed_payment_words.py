"""What is told of a payment over several bills that did not come: all of them, to client and firm."""

from __future__ import annotations

import pytest

from feenote.domain.deliveries import Delivery, MessageKind
from feenote.service.settle_checkout import mark_pending, release_checkout
from tests.unit.service.money_office import ACCOUNT, NOW, MoneyOffice


@pytest.fixture
def office() -> MoneyOffice:
    return MoneyOffice()


def fail(office: MoneyOffice, session_id: str) -> None:
    pending = office.stripe.start_debit(session_id)
    mark_pending(office.ports, pending, stripe_account_id=ACCOUNT, now=NOW)
    failed = office.stripe.debit_fails(session_id)
    release_checkout(office.ports, failed, stripe_account_id=ACCOUNT, now=NOW)


def note(office: MoneyOffice) -> Delivery:
    (found,) = (
        each for each in office.system.store.all_deliveries() if each.kind is MessageKind.PAYMENT_FAILED
    )
    return found


class TestAPaymentOverSeveralBillsThatFailed:
    def test_is_one_note_about_all_of_them(self, office: MoneyOffice) -> None:
        bills = [office.bill(10_000), office.bill(20_000), office.bill(40_000)]

        fail(office, office.session(*bills))

        assert note(office).bill_ids == tuple(bill.id for bill in bills)

    def test_tells_the_firm_how_much_it_was_and_which_bills_are_open(self, office: MoneyOffice) -> None:
        bills = [office.bill(10_000), office.bill(20_000)]

        fail(office, office.session(*bills))

        what = office.tasks()["payment_failed"].what
        assert "300.00 USD" in what
        assert f"bills {bills[0].number}, {bills[1].number} are open again" in what

    def test_names_no_more_bills_than_can_be_read(self, office: MoneyOffice) -> None:
        bills = [office.bill(1_000) for _ in range(11)]

        fail(office, office.session(*bills))

        what = office.tasks()["payment_failed"].what
        assert f"{bills[9].number}, ..." in what
        assert bills[10].number not in what


class TestAPaymentOfOneBillThatFailed:
    def test_names_that_bill(self, office: MoneyOffice) -> None:
        bill = office.bill(10_000)

        fail(office, office.session(bill))

        assert f"bill {bill.number} is open again" in office.tasks()["payment_failed"].what
