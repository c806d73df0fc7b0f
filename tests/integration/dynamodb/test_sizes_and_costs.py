"""What things take: bytes, calls, read and write units. The figures stand in docs/access-patterns.md."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import pytest

from feenote.adapters.dynamodb.items import account_item
from feenote.domain.accounts import ClientAccount
from feenote.domain.bill_figures import BillFigures
from feenote.domain.bills import BillReceipt
from feenote.domain.deliveries import DeliveryState
from feenote.domain.open_bills import OpenBill
from feenote.domain.payments import PaymentMethod
from feenote.service.ports import BillQuery, ClientChange
from tests.integration.dynamodb import samples, sending
from tests.integration.dynamodb.costs import bytes_of, measured
from tests.integration.dynamodb.samples import CLIENT, FIRM, minutes, usd
from tests.integration.dynamodb.stores import NOW, DynamoStore


@pytest.fixture
def billed(dynamo: DynamoStore) -> DynamoStore:
    samples.records(dynamo.store)
    samples.issued(dynamo.store)
    return dynamo


def large_account(open_bills: int) -> ClientAccount:
    """Return an account whose ids and amounts are as hard to compress as real ones."""
    account = ClientAccount(FIRM, CLIENT, version=1)
    opened = {}
    for number in range(open_bills):
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        bill_id = f"bill_01J{digest[:23].upper()}"
        day = date(2026, 1 + number % 11, 1 + number % 28)
        opened[bill_id] = OpenBill(
            bill_id, f"{90_000 + number}", day, day, minutes(number * 7), usd(int(digest[-6:], 16) + 20), 10
        )
    return replace(account, open_bills=opened)


def receipt(bill: OpenBill) -> BillReceipt:
    """Return a receipt whose ids are as long as real ones."""
    payment_id = f"pay_01JD3W{bill.number:0>20}"
    return BillReceipt(payment_id, "R-204101-0007", bill.total, NOW.date(), PaymentMethod.CARD)


class TestAnAccount:
    def test_of_two_thousand_open_bills_takes_under_150_kb(self, dynamo: DynamoStore) -> None:
        account = large_account(2_000)
        assert bytes_of(account_item(account)) < 150_000
        dynamo.store.books.commit(ClientChange(account))
        assert dynamo.store.books.account(FIRM, CLIENT) == account

    def test_of_two_thousand_waiting_figures_besides_still_fits(self) -> None:
        account = large_account(2_000)
        waiting = {
            bill_id: BillFigures(bill_id, bill.total.minor, 0, is_settled=True, receipts=(receipt(bill),))
            for bill_id, bill in account.open_bills.items()
        }
        both = replace(account, unprojected=waiting)
        assert bytes_of(account_item(both)) < 300_000


class TestTheCost:
    def test_of_sending_one_message_is_a_claim_a_read_and_a_mark(self, billed: DynamoStore) -> None:
        message = sending.message()
        with measured(billed) as queued:
            billed.store.deliveries.queue(
                sending.send(), sending.result("bill_1", message), [message], [samples.event("evt_queued")]
            )
        job = replace(samples.job(message), matter_ids=("mat_1",))
        with measured(billed) as claim:
            billed.store.deliveries.claim(job, samples.link(), at=NOW)
        with measured(billed) as context:
            found = billed.store.deliveries.context(job)
        with measured(billed) as mark:
            billed.store.deliveries.accepted(
                found.delivery, message_id="ses_1", at=NOW, event=samples.event("evt_sent")
            )
        assert (queued.calls, queued.read) == (1, 0)
        assert (claim.calls, claim.read) == (1, 0)
        assert (context.calls, context.read, context.written) == (1, 8, 0)
        assert (mark.calls, mark.read) == (1, 0)
        assert queued.written <= 28
        assert claim.written <= 20
        assert mark.written <= 36

    def test_of_booking_a_payment_is_a_read_and_a_write(self, billed: DynamoStore) -> None:
        with measured(billed) as read:
            context = billed.store.books.context(FIRM, CLIENT, "chk_1")
        change = samples.payment_of(context.account, 30_000, "bill_1")
        change = replace(change, deliveries=(samples.delivery(),), events=(samples.event("evt_paid"),))
        with measured(billed) as write:
            billed.store.books.commit(change)
        assert (read.calls, read.read) == (1, 2)
        assert write.calls == 1
        assert write.written <= 60

    def test_of_reading_a_bill_is_two_reads(self, billed: DynamoStore) -> None:
        with measured(billed) as cost:
            billed.store.bills.get(FIRM, "bill_1")
        assert (cost.calls, cost.read) == (2, 2)

    def test_of_a_list_of_all_bills_is_a_page_of_each_state(self, billed: DynamoStore) -> None:
        for number in range(2, 60):
            billed.store.bills.add(samples.bill(f"bill_{number:03d}"), [])
        with measured(billed) as cost:
            page = billed.store.bills.search(FIRM, BillQuery(limit=25))
        assert len(page.items) == 25
        assert cost.calls == 5
        assert cost.read <= 5

    def test_of_finding_a_contact_is_two_reads(self, billed: DynamoStore) -> None:
        with measured(billed) as cost:
            page = billed.store.records.list_contacts(
                FIRM, query="sor", client_id=None, limit=20, cursor=None
            )
        assert len(page.items) == 1
        assert (cost.calls, cost.read) == (2, 2)

    def test_of_an_idle_sweep_is_half_a_unit_a_shard(self, billed: DynamoStore) -> None:
        with measured(billed) as cost:
            billed.store.deliveries.overdue(DeliveryState.QUEUED, before=minutes(9), limit=200)
        assert (cost.calls, cost.read) == (8, 4)
