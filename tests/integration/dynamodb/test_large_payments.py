"""Payments by hand over more bills than one transaction has room for, over the table and the fake."""

from __future__ import annotations

import pytest

from feenote.domain.bills import BillState
from feenote.domain.payments import PaymentState
from feenote.service.project_figures import project_figures
from tests.integration.dynamodb.stores import Store
from tests.unit.service.by_hand import allocate, books_agree, part, record, reverse, shown
from tests.unit.service.money_office import CLIENT, FIRM, NOW, MoneyOffice

MANY = 45
"""More than forty rows, which is what a change writes with the account."""
EACH = 1_000


@pytest.fixture
def office(store: Store) -> MoneyOffice:
    made = MoneyOffice(store)
    for _ in range(MANY):
        made.bill(EACH)
    return made


class TestAPaymentOverManyBills:
    def test_is_recorded_moved_and_reversed_whole(self, office: MoneyOffice) -> None:
        books = office.system.store.books
        made = record(office, EACH * MANY)
        assert len(made.allocations) == MANY
        assert books.account(FIRM, CLIENT).unprojected
        assert shown(office) == [(BillState.PAID, EACH, 1)] * MANY
        books_agree(office)

        allocate(office, *(part(bill_id, 400) for bill_id in office.bill_ids))
        assert shown(office) == [(BillState.AWAITING_PAYMENT, 400, 1)] * MANY
        books_agree(office)

        reverse(office)
        assert office.payment().state is PaymentState.REVERSED
        for _ in range(2):
            assert shown(office) == [(BillState.AWAITING_PAYMENT, 0, 0)] * MANY
            books_agree(office)
            project_figures(office.ports, firm_id=FIRM, client_id=CLIENT, now=NOW)
        assert books.account(FIRM, CLIENT).unprojected == {}

    def test_is_told_once_by_the_timeline_of_each(self, office: MoneyOffice) -> None:
        record(office, EACH * MANY)
        project_figures(office.ports, firm_id=FIRM, client_id=CLIENT, now=NOW)
        reverse(office)
        project_figures(office.ports, firm_id=FIRM, client_id=CLIENT, now=NOW)
        for bill_id in office.bill_ids:
            said = office.timeline(bill_id)
            assert (said.count("paid"), said.count("payment_reversed")) == (1, 1)
