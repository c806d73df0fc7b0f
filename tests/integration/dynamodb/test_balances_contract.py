"""What the list of balances promises: rows in step with every change, every filter in every order."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from feenote.adapters.dynamodb.table import CONFLICT_TRIES, Table
from feenote.domain import accounts, balances, bills, money_moves
from feenote.domain.accounts import MAX_CURRENCIES, AccountError, ClientAccount
from feenote.domain.balances import Ages, BalanceRow
from feenote.domain.bills import Bill
from feenote.domain.deliveries import Delivery, MessageKind, Notice
from feenote.domain.issuing import issue_together
from feenote.domain.money import Money
from feenote.domain.money_moves import Booking
from feenote.domain.payments import CheckoutState, Payment
from feenote.service.ports import (
    NEW_BILLS_IN_ONE_CHANGE,
    ROWS_IN_ONE_CHANGE,
    BadCursorError,
    BalanceQuery,
    BalanceSort,
    ClientChange,
    NewBill,
    StaleError,
)
from local.dynamodb.faults import Fault
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.contended import ContendedClient
from tests.integration.dynamodb.samples import CLIENT, FIRM, minutes, usd
from tests.integration.dynamodb.stores import NOW, DynamoStore, Store, store_over

TODAY = date(2026, 11, 23)
DOLLARS = BalanceQuery("USD")


def a_bill(bill_id: str, minor: int, *, client_id: str = CLIENT, days_overdue: int = 10, **more: str) -> Bill:
    due_on = TODAY - timedelta(days=days_overdue)
    currency = more.get("currency", "USD")
    content = samples.content(
        client_id=client_id,
        currency=currency,
        issued_on=due_on - timedelta(days=30),
        due_on=due_on,
        lines=(samples.line(amount=Money(minor, currency), units=None, rate=None),),
    )
    return samples.bill(bill_id, content=content)


def issued(store: Store, bill_id: str, minor: int, **more: object) -> Bill:
    draft = a_bill(bill_id, minor, **more)  # type: ignore[arg-type]  # a bill's own keyword arguments
    store.bills.add(draft, [])
    return samples.approve(store, draft)


def rows(store: Store, query: BalanceQuery = DOLLARS) -> list[BalanceRow]:
    """Return all pages, of the size that the query names."""
    found: list[BalanceRow] = []
    for _ in range(400):
        page = store.books.balances(FIRM, query)
        assert len(page.items) <= query.limit
        found += page.items
        if page.next_cursor is None:
            return found
        query = replace(query, cursor=page.next_cursor)
    raise AssertionError("The list has no end.")


def only_row(store: Store, query: BalanceQuery = DOLLARS) -> BalanceRow:
    (row,) = rows(store, query)
    return row


def paid(store: Store, minor: int, *bill_ids: str) -> Payment:
    change = samples.payment_of(store.books.account(FIRM, CLIENT), minor, *bill_ids)
    store.books.commit(change)
    assert change.payment is not None
    return change.payment


class TestARow:
    def test_is_there_from_the_first_bill_to_the_last_payment(self, store: Store) -> None:
        assert rows(store) == []
        issued(store, "bill_1", 30_000, days_overdue=-5)
        issued(store, "bill_2", 20_000, days_overdue=40)
        row = only_row(store)
        assert (row.owed_minor, row.bill_count, row.oldest_due_on) == (50_000, 2, date(2026, 10, 14))
        assert balances.ages(row, TODAY) == Ages(not_due=30_000, days_31_60=20_000)
        assert row.last_payment_at is None
        account = store.books.account(FIRM, CLIENT)
        store.books.commit(samples.payment_of(account, 20_000, "bill_2", name="a"))
        row = only_row(store)
        assert (row.owed_minor, row.bill_count, row.oldest_due_on) == (30_000, 1, date(2026, 11, 28))
        assert row.last_payment_at == NOW
        account = store.books.account(FIRM, CLIENT)
        store.books.commit(samples.payment_of(account, 30_500, "bill_1", name="b"))
        assert rows(store) == []

    def test_is_what_the_account_says_after_every_change(self, store: Store) -> None:
        issued(store, "bill_1", 30_000, days_overdue=100)
        issued(store, "bill_2", 20_000, currency="EUR")
        issued(store, "bill_3", 500, days_overdue=0)
        agrees(store)
        payment = paid(store, 30_000, "bill_1")
        agrees(store)
        context = store.books.money_context(FIRM, payment.id)
        moved = money_moves.withdraw(
            context.account,
            context.payment,
            amount=usd(10_000),
            facts=context.facts,
            booking=Booking("dp_1", "ent_dispute", minutes(9)),
        )
        store.books.commit(change_of(moved))
        agrees(store)
        assert only_row(store).disputed_count == 1
        assert only_row(store, BalanceQuery("EUR")).other_currencies == ("USD",)

    def test_of_a_settled_client_comes_back_with_a_refund(self, store: Store) -> None:
        issued(store, "bill_1", 30_000)
        payment = paid(store, 30_000, "bill_1")
        assert rows(store) == []
        context = store.books.money_context(FIRM, payment.id)
        moved = money_moves.refund(
            context.account,
            context.payment,
            amount=usd(1),
            facts=context.facts,
            booking=Booking("ref_1", "ent_refund", minutes(9)),
        )
        store.books.commit(change_of(moved))
        assert (only_row(store).owed_minor, only_row(store).bill_count) == (1, 1)

    def test_goes_with_a_voided_bill(self, store: Store) -> None:
        bill = issued(store, "bill_1", 30_000)
        change = accounts.void(store.books.account(FIRM, CLIENT), bill.id, entry_id="ent_void", at=NOW)
        assert change.entry is not None
        after = bills.voided(store.bills.get(FIRM, bill.id))
        store.books.commit(ClientChange(change.account, entries=(change.entry,), bills=(after,)))
        assert rows(store) == []

    def test_follows_a_due_date_that_moves_no_money(self, store: Store) -> None:
        before = issued(store, "bill_1", 30_000, days_overdue=10)
        later = replace(before.content, due_on=TODAY + timedelta(days=30))
        after = bills.changed(store.bills.get(FIRM, before.id), later)
        change = accounts.revise(store.books.account(FIRM, CLIENT), after, entry_id="ent_change", at=NOW)
        assert change.entry is None
        store.books.commit(ClientChange(change.account, bills=(after,)))
        assert only_row(store).oldest_due_on == TODAY + timedelta(days=30)

    def test_tells_of_money_on_its_way(self, store: Store) -> None:
        issued(store, "bill_1", 30_000)
        checkout = samples.checkout("chk_1", ("bill_1", 30_000), state=CheckoutState.PROCESSING)
        moved = accounts.move_checkout(store.books.account(FIRM, CLIENT), checkout)
        store.books.commit(ClientChange(moved.account, figures=moved.figures, checkouts=(checkout,)))
        assert (only_row(store).owed_minor, only_row(store).pending_minor) == (30_000, 30_000)

    def test_names_the_clients_other_currencies_while_they_last(self, store: Store) -> None:
        issued(store, "bill_1", 30_000)
        issued(store, "bill_2", 20_000, currency="EUR")
        assert only_row(store).other_currencies == ("EUR",)
        paid(store, 30_000, "bill_1")
        assert rows(store) == []
        assert only_row(store, BalanceQuery("EUR")).other_currencies == ()

    def test_stays_as_it_was_when_a_change_is_refused(self, store: Store) -> None:
        issued(store, "bill_1", 30_000)
        before, stale = only_row(store), store.books.account(FIRM, CLIENT)
        issued(store, "bill_2", 20_000)
        between = only_row(store)
        with pytest.raises(StaleError):
            store.books.commit(samples.payment_of(stale, 30_000, "bill_1"))
        assert only_row(store) == between != before

    def test_is_written_with_the_largest_changes(self, store: Store) -> None:
        currencies = ("USD", "EUR", "GBP", "CHF", "JPY", "AUD", "CAD", "NOK")
        assert len(currencies) == MAX_CURRENCIES
        for number, currency in enumerate(currencies):
            issued(store, f"first_{number}", 100, currency=currency)
        drafts = [a_bill(f"bill_{number:02d}", 1_000) for number in range(NEW_BILLS_IN_ONE_CHANGE)]
        new = [bills.approved(draft, number=f"n_{draft.id}") for draft in drafts]
        account, entries = issue_together(
            store.books.account(FIRM, CLIENT), new, entry_ids=[f"ent_n_{bill.id}" for bill in new], at=NOW
        )
        events = tuple(samples.event(f"evt_{bill.id}_{kind}", bill.id) for bill in new for kind in (1, 2))
        store.books.commit(
            ClientChange(
                account, entries=entries, new_bills=tuple(NewBill(bill) for bill in new), events=events
            )
        )
        agrees(store)
        with pytest.raises(AccountError):
            accounts.issue(account, a_bill("bill_x", 1, currency="SEK"), entry_id="ent_x", at=NOW)

    def test_is_written_with_a_payment_of_more_bills_than_rows_are(self, store: Store) -> None:
        ids = [f"bill_{number:02d}" for number in range(ROWS_IN_ONE_CHANGE + 5)]
        for bill_id in ids:
            issued(store, bill_id, 1_000)
        account = store.books.account(FIRM, CLIENT)
        change = samples.payment_of(account, 1_000 * len(ids) - 1_000, *ids[:-1], room=ROWS_IN_ONE_CHANGE)
        events = tuple(samples.event(f"evt_{bill_id}", bill_id) for bill_id in ids[:ROWS_IN_ONE_CHANGE])
        store.books.commit(replace(change, events=events))
        agrees(store)
        assert (only_row(store).owed_minor, only_row(store).bill_count) == (1_000, 1)


def change_of(moved: money_moves.Moved) -> ClientChange:
    assert moved.change.entry is not None
    return ClientChange(
        moved.change.account,
        entries=(moved.change.entry,),
        figures=moved.change.figures,
        moved_payments=(moved.payment,),
    )


def agrees(store: Store) -> None:
    """Check that the stored rows are what the account says, in every currency that a client may have had."""
    account = store.books.account(FIRM, CLIENT)
    stored = {
        row.currency: row
        for currency in ("USD", "EUR", "GBP", "CHF", "JPY", "AUD", "CAD", "NOK")
        for row in rows(store, BalanceQuery(currency))
    }
    expected = {row.currency: row for row in balances.rows_of(account, TODAY - timedelta(days=1))}
    assert stored == expected


# --- the list -----------------------------------------------------------------------------------------


def some_clients(store: Store, count: int) -> list[ClientAccount]:
    """Let clients owe amounts and be late by days that tie and cross."""
    made = []
    for number in range(count):
        client_id = f"cli_{number:03d}"
        name = f"{('Meridian', 'Harbour', 'Baltic')[number % 3]} {('Lines', 'Bank')[number % 2]}"
        store.records.put_client(samples.client(client_id, name=name))
        issued(
            store,
            f"bill_{number}_a",
            (number * 7 % 5 + 1) * 1_000,
            client_id=client_id,
            days_overdue=number * 11 % 100 - 20,
        )
        if number % 4 == 0:
            issued(store, f"bill_{number}_b", 500, client_id=client_id, days_overdue=number % 7)
        if number % 3 == 0:
            issued(store, f"bill_{number}_c", 9_000, client_id=client_id, currency="EUR")
        made.append(store.books.account(FIRM, client_id))
    return made


def in_order(found: Sequence[BalanceRow], sort: BalanceSort) -> list[str]:
    def key(row: BalanceRow) -> tuple[object, str]:
        return (row.oldest_due_on if "due" in sort else row.owed_minor, row.client_id)

    return [row.client_id for row in sorted(found, key=key, reverse=sort.startswith("-"))]


class TestTheList:
    def test_answers_every_filter_in_every_order(self, store: Store) -> None:
        made = some_clients(store, 24)
        listed = [row for account in made for row in balances.rows_of(account, TODAY)]
        dollars = [row for row in listed if row.currency == "USD"]
        month = balances.overdue_longer_than(30, TODAY)
        filters = {
            BalanceQuery("USD"): lambda _: True,
            BalanceQuery("USD", due_before=TODAY): lambda row: row.oldest_due_on < TODAY,
            BalanceQuery("USD", due_before=month): lambda row: (
                balances.ages(row, TODAY).days_1_30 < balances.ages(row, TODAY).overdue
            ),
            BalanceQuery("USD", due_from=TODAY): lambda row: not balances.ages(row, TODAY).overdue,
            BalanceQuery("USD", due_from=month, due_before=TODAY): lambda row: (
                month <= row.oldest_due_on < TODAY
            ),
            BalanceQuery("USD", owed_from=3_000): lambda row: row.owed_minor >= 3_000,
            BalanceQuery("USD", owed_to=3_000): lambda row: row.owed_minor <= 3_000,
            BalanceQuery("USD", owed_from=3_000, owed_to=3_000): lambda row: row.owed_minor == 3_000,
            BalanceQuery("USD", owed_from=2_000, due_before=TODAY): lambda row: (
                row.owed_minor >= 2_000 and row.oldest_due_on < TODAY
            ),
            BalanceQuery("USD", q="merid"): lambda row: int(row.client_id[4:]) % 3 == 0,
            BalanceQuery("USD", q="BANK harb"): lambda row: int(row.client_id[4:]) % 6 == 1,
            BalanceQuery("USD", q="012"): lambda row: row.client_id == "cli_012",
            BalanceQuery("USD", q="merid", owed_from=2_000): lambda row: (
                int(row.client_id[4:]) % 3 == 0 and row.owed_minor >= 2_000
            ),
            BalanceQuery("USD", q="nobody"): lambda _: False,
        }
        for (query, wanted), sort in product(filters.items(), BalanceSort):
            found = rows(store, replace(query, sort=sort, limit=4))
            expected = in_order([row for row in dollars if wanted(row)], sort)
            assert [row.client_id for row in found] == expected, (query, sort)
        euros = rows(store, BalanceQuery("EUR"))
        assert [row.owed_minor for row in euros] == [9_000] * 8

    def test_finds_a_name_that_hundreds_have(self, store: Store) -> None:
        for number in range(203):
            client_id = f"cli_{number:03d}"
            store.records.put_client(samples.client(client_id, name=f"Meridian {number % 2}"))
            if number % 20 == 0:
                issued(store, f"bill_{number}", 1_000 + number, client_id=client_id)
        store.records.put_client(samples.client("cli_x", name="Other"))
        issued(store, "bill_x", 5_000, client_id="cli_x")
        found = rows(store, BalanceQuery("USD", q="meridian", limit=4, sort=BalanceSort.OWED))
        assert [row.owed_minor for row in found] == [1_000 + number for number in range(0, 203, 20)]

    def test_belongs_to_a_firm(self, store: Store) -> None:
        issued(store, "bill_1", 30_000)
        assert store.books.balances("firm_2", DOLLARS).items == ()
        assert store.books.balances("firm_2", BalanceQuery("USD", q="meridian")).items == ()

    def test_takes_no_cursor_of_another_question(self, store: Store) -> None:
        some_clients(store, 4)
        cursor = store.books.balances(FIRM, replace(DOLLARS, limit=1)).next_cursor
        assert cursor is not None
        assert store.books.balances(FIRM, replace(DOLLARS, limit=2, cursor=cursor)).items != ()
        for other in (BalanceQuery("EUR"), BalanceQuery("USD", owed_from=1), BalanceQuery("USD", q="m")):
            with pytest.raises(BadCursorError):
                store.books.balances(FIRM, replace(other, cursor=cursor))
        with pytest.raises(BadCursorError):
            store.books.balances("firm_2", replace(DOLLARS, cursor=cursor))

    def test_goes_on_where_it_ended_while_balances_change(self, store: Store) -> None:
        for number in range(6):
            issued(store, f"bill_{number}", 1_000 * (number + 1), client_id=f"cli_{number}")
        first = store.books.balances(FIRM, replace(DOLLARS, limit=3))
        issued(store, "bill_more", 90_000, client_id="cli_5")
        rest = store.books.balances(FIRM, replace(DOLLARS, limit=9, cursor=first.next_cursor))
        assert [row.client_id for row in first.items] == ["cli_5", "cli_4", "cli_3"]
        assert [row.client_id for row in rest.items] == ["cli_2", "cli_1", "cli_0"]


class TestWhenAClientWasWrittenTo:
    @pytest.mark.parametrize("kind", [MessageKind.BILL, MessageKind.BALANCE, MessageKind.REMINDER])
    def test_is_when_the_provider_took_over_what_asks_for_money(
        self, store: Store, kind: MessageKind
    ) -> None:
        samples.records(store)
        assert store.books.listed_clients(FIRM, [CLIENT])[CLIENT].last_sent_at is None
        accepted(store, "dlv_1", kind, at=5)
        client = store.books.listed_clients(FIRM, [CLIENT, "cli_none"])[CLIENT]
        assert (client.number, client.name, client.last_sent_at) == ("1", "Meridian Shipping", minutes(5))

    def test_says_nothing_of_other_mail(self, store: Store) -> None:
        samples.records(store)
        accepted(store, "dlv_1", MessageKind.RECEIPT, at=5)
        assert store.books.listed_clients(FIRM, [CLIENT])[CLIENT].last_sent_at is None

    def test_never_goes_back(self, store: Store) -> None:
        samples.records(store)
        for delivery_id, at in (("dlv_1", 5), ("dlv_2", 3), ("dlv_3", 8), ("dlv_4", 8)):
            accepted(store, delivery_id, MessageKind.BALANCE, at=at)
            assert store.deliveries.get(FIRM, delivery_id).accepted_at == minutes(at)
        assert store.books.listed_clients(FIRM, [CLIENT])[CLIENT].last_sent_at == minutes(8)

    def test_is_known_from_a_notice_that_comes_first(self, store: Store) -> None:
        samples.records(store)
        message = accepted(store, "dlv_1", MessageKind.BALANCE, at=None)
        store.deliveries.noticed(
            message, Notice.DELIVERY, message_id="ses_1", at=minutes(4), event=None, task=None
        )
        store.deliveries.accepted(message, message_id="ses_1", at=minutes(6), event=None)
        assert store.books.listed_clients(FIRM, [CLIENT])[CLIENT].last_sent_at == minutes(4)

    def test_is_read_for_no_client_of_another_firm(self, store: Store) -> None:
        samples.records(store)
        assert store.books.listed_clients("firm_2", [CLIENT, "a#b", ""]) == {}


def accepted(store: Store, delivery_id: str, kind: MessageKind, *, at: int | None) -> Delivery:
    """Claim a message, and let the provider take it over, unless nothing is said of when."""
    bill_id = "" if kind is MessageKind.BALANCE else "bill_1"
    message = samples.delivery(delivery_id, kind=kind, bill_id=bill_id)
    store.deliveries.add(message)
    store.deliveries.claim(samples.job(message), None, at=minutes(1))
    stored = store.deliveries.get(FIRM, delivery_id)
    if at is not None:
        store.deliveries.accepted(stored, message_id="ses_1", at=minutes(at), event=None)
    return stored


class TestTheCost:
    def test_of_a_page_is_two_calls_and_of_a_change_not_one_more(self, dynamo: DynamoStore) -> None:
        some_clients(dynamo.store, 60)
        meter = dynamo.table.meter
        calls, units = dynamo.calls(), meter.read_units
        page = dynamo.store.books.balances(FIRM, DOLLARS)
        assert (dynamo.calls() - calls, len(page.items)) == (1, 50)
        assert meter.read_units - units <= 5
        calls, units = dynamo.calls(), meter.read_units
        dynamo.store.books.listed_clients(FIRM, [row.client_id for row in page.items])
        assert (dynamo.calls() - calls, meter.read_units - units) == (1, 100)
        change = samples.payment_of(dynamo.store.books.account(FIRM, "cli_001"), 100, "bill_1_a")
        calls = dynamo.calls()
        dynamo.store.books.commit(change)
        assert dynamo.calls() - calls == 1

    @pytest.mark.parametrize("q", ["", "meridian", "lines"])
    def test_of_any_page_is_bounded_where_little_fits(self, dynamo: DynamoStore, q: str) -> None:
        for number in range(60):
            issued(dynamo.store, f"bill_{number}", 1_000 + number, client_id=f"cli_{number}", days_overdue=-9)
        calls = dynamo.calls()
        dynamo.store.books.balances(FIRM, BalanceQuery("USD", due_before=TODAY, limit=2, q=q))
        assert dynamo.calls() - calls <= 5


class TestManyMessagesOfAClientAtOnce:
    def test_are_marked_although_others_note_the_client_too(self, dynamo: DynamoStore) -> None:
        samples.records(dynamo.store)
        message = accepted(dynamo.store, "dlv_1", MessageKind.BALANCE, at=None)
        met = dynamo.engine.inject(Fault.CONFLICT, operation="TransactWriteItems", times=CONFLICT_TRIES)
        dynamo.store.deliveries.accepted(message, message_id="ses_1", at=minutes(4), event=None)
        assert met.met == CONFLICT_TRIES
        assert dynamo.store.deliveries.get(FIRM, "dlv_1").accepted_at == minutes(4)
        assert dynamo.store.books.listed_clients(FIRM, [CLIENT])[CLIENT].last_sent_at == minutes(4)

    def test_leave_the_latest_instant_and_none_unmarked(self, dynamo: DynamoStore) -> None:
        samples.records(dynamo.store)
        messages = [accepted(dynamo.store, f"dlv_{at}", MessageKind.BALANCE, at=None) for at in range(24)]
        client = ContendedClient(dynamo.client, seconds=0.01)

        def mark(at: int) -> None:
            store = store_over(Table(client, dynamo.table_name))
            store.deliveries.accepted(messages[at], message_id=f"ses_{at}", at=minutes(at), event=None)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(mark, range(24)))
        assert client.conflicts > 0
        marked = [dynamo.store.deliveries.get(FIRM, message.id).accepted_at for message in messages]
        assert marked == [minutes(at) for at in range(24)]
        assert dynamo.store.books.listed_clients(FIRM, [CLIENT])[CLIENT].last_sent_at == minutes(23)
