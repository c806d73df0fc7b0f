"""A statement of account over what a store kept: the journal's days, bills, payments, their refunds."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import cast

from feenote.domain import money_moves
from feenote.domain.ledger import EntryKind
from feenote.domain.money_moves import Booking
from feenote.domain.refunds import Refund, RefundState
from feenote.domain.statements import CurrencyStatement, Visible
from feenote.service.make_receipt import receipt_of
from feenote.service.make_statement import make_statement
from feenote.service.ports import ClientChange, Ports
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import CLIENT, FIRM, minutes, usd
from tests.integration.dynamodb.stores import NOW, DynamoStore, Store


def ports_of(store: Store) -> Ports:
    store.records.put_firm(samples.firm())
    store.records.put_client(samples.client())
    found = SimpleNamespace(records=store.records, bills=store.bills, books=store.books)
    return cast("Ports", found)


def pay_and_refund(store: Store) -> None:
    """Issue two bills, pay both at once, give a part back."""
    for bill_id in ("bill_1", "bill_2"):
        samples.issued(store, bill_id)
    account = store.books.account(FIRM, CLIENT)
    change = samples.payment_of(account, 60_000, "bill_1", "bill_2", name="1")
    store.books.commit(change)
    context = store.books.money_context(FIRM, "pay_1")
    booking = Booking("ref_1", "ent_refund", minutes(5), on=date(2026, 11, 24))
    moved = money_moves.refund(
        context.account, context.payment, amount=usd(10_000), facts=context.facts, booking=booking
    )
    assert moved.taken is not None
    assert moved.change.entry is not None
    refund = Refund(
        "ref_1",
        FIRM,
        CLIENT,
        "pay_1",
        RefundState.SUCCEEDED,
        usd(10_000),
        moved.taken,
        minutes(5),
        "ent_refund",
    )
    store.books.commit(
        ClientChange(
            moved.change.account,
            (moved.change.entry,),
            figures=moved.change.figures,
            moved_payments=(moved.payment,),
            refunds=(refund,),
        )
    )


def statement_of(ports: Ports, last: date, visible: Visible | None = None) -> CurrencyStatement:
    made = make_statement(
        ports,
        firm_id=FIRM,
        client_id=CLIENT,
        from_on=date(2026, 11, 1),
        to_on=last,
        now=NOW,
        visible=visible,
    )
    (part,) = made.currencies
    return part


class TestAStatement:
    def test_is_the_same_over_every_store(self, store: Store) -> None:
        ports = ports_of(store)
        pay_and_refund(store)

        part = statement_of(ports, date(2026, 11, 24))
        before = statement_of(ports, date(2026, 11, 23))

        numbers = [store.bills.get(FIRM, name).number for name in ("bill_1", "bill_2")]
        receipt = store.books.payment(FIRM, "pay_1").receipt_number
        assert [(line.kind, line.on, line.number, line.balance.minor) for line in part.lines] == [
            (EntryKind.BILL_ISSUED, date(2026, 11, 1), numbers[0], 30_000),
            (EntryKind.BILL_ISSUED, date(2026, 11, 1), numbers[1], 60_000),
            (EntryKind.PAYMENT_RECEIVED, date(2026, 11, 23), receipt, 0),
            (EntryKind.REFUNDED, date(2026, 11, 24), receipt, 10_000),
        ]
        assert part.lines[2].bills == tuple(numbers)
        assert part.closing == store.books.account(FIRM, CLIENT).owed("USD")
        assert not before.closing

    def test_shows_a_link_its_own_bill_alone(self, store: Store) -> None:
        ports = ports_of(store)
        pay_and_refund(store)

        part = statement_of(ports, date(2026, 11, 24), Visible(None, "bill_1"))

        assert [(line.charge.minor, line.credit.minor) for line in part.lines[:2]] == [
            (30_000, 0),
            (0, 30_000),
        ]
        assert {name for line in part.lines for name in line.bills} == {
            store.bills.get(FIRM, "bill_1").number
        }

    def test_is_read_in_few_calls(self, dynamo: DynamoStore) -> None:
        ports = ports_of(dynamo.store)
        pay_and_refund(dynamo.store)
        before = dynamo.calls()

        statement_of(ports, date(2026, 11, 24))

        # Firm, client, account, journal, bills, payments, and the refunded payment's refunds and disputes.
        assert dynamo.calls() - before == 8


class TestAReceipt:
    def test_says_what_is_on_each_bill_and_what_is_left(self, store: Store) -> None:
        ports = ports_of(store)
        pay_and_refund(store)

        found = receipt_of(ports, firm_id=FIRM, payment_id="pay_1")

        assert [(part.applied.minor, part.left.minor) for part in found.parts] == [
            (30_000, 0),
            (20_000, 10_000),
        ]
        assert found.payment == store.books.payment(FIRM, "pay_1")
