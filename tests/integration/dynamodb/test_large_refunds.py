"""Refunds and disputes of a payment over more bills than one change has room for."""

from __future__ import annotations

import pytest

from feenote.domain.payments import PaymentState
from feenote.service.project_figures import project_figures
from feenote.service.take_dispute import take_dispute
from feenote.service.take_refund import take_refund
from tests.integration.dynamodb.stores import Store
from tests.unit.service.money_office import ACCOUNT, CLIENT, FIRM, NOW, MoneyOffice, usd

MANY = 60
"""More rows and events than a change has room for."""
EACH = 100

PAID, OWED, DISPUTED = (EACH, "paid", False), (0, "awaiting_payment", False), (0, "awaiting_payment", True)


@pytest.fixture
def office(store: Store) -> MoneyOffice:
    made = MoneyOffice(store)
    made.paid(*[made.bill(EACH) for _ in range(MANY)])
    return made


def told(office: MoneyOffice, kind: str) -> list[int]:
    """Return how often the timelines of the bills tell of something."""
    return [office.timeline(bill_id).count(kind) for bill_id in office.bill_ids]


class TestAPaymentOverManyBills:
    def test_is_refunded_whole_and_comes_back_whole(self, office: MoneyOffice) -> None:
        office.refund(office.payment())
        refunded = office.stand()
        assert set(refunded.shown.values()) == {OWED}
        assert (refunded.ledger["receivable"], office.payment().state) == (MANY * EACH, PaymentState.REFUNDED)

        failed = office.stripe.refund_fails("ref_1")
        take_refund(office.ports, failed, stripe_account_id=ACCOUNT, now=NOW)

        assert set(office.stand().shown.values()) == {PAID}
        assert office.payment().held == usd(MANY * EACH)
        project_figures(office.ports, firm_id=FIRM, client_id=CLIENT, now=NOW)
        assert set(office.stand().shown.values()) == {PAID}
        for kind in ("paid", "refunded", "refund_failed"):
            assert told(office, kind) == [1] * MANY

    def test_is_withdrawn_whole_and_comes_back_whole(self, office: MoneyOffice) -> None:
        opened = office.stripe.open_dispute(office.payment().processor_id)
        take_dispute(office.ports, opened, stripe_account_id=ACCOUNT, now=NOW)
        assert set(office.stand().shown.values()) == {DISPUTED}

        won = office.stripe.win_dispute(opened.id)
        take_dispute(office.ports, won, stripe_account_id=ACCOUNT, now=NOW)

        assert set(office.stand().shown.values()) == {PAID}
        project_figures(office.ports, firm_id=FIRM, client_id=CLIENT, now=NOW)
        assert set(office.stand().shown.values()) == {PAID}
        for kind in ("paid", "disputed", "dispute_won"):
            assert told(office, kind) == [1] * MANY

    def test_that_is_lost_says_so_on_each_timeline(self, office: MoneyOffice) -> None:
        opened = office.stripe.open_dispute(office.payment().processor_id)
        lost = office.stripe.lose_dispute(opened.id)

        take_dispute(office.ports, lost, stripe_account_id=ACCOUNT, now=NOW)

        assert set(office.stand().shown.values()) == {DISPUTED}
        assert told(office, "dispute_lost") == [1] * MANY
