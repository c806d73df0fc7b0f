"""What lists of bills promise: every filter with every order, in pages, while bills change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from feenote.domain import bills
from feenote.domain.bills import BillState, BillSummary, SendStamps
from feenote.service.ports import BadCursorError, BillQuery, BillSort
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import FIRM, minutes
from tests.integration.dynamodb.stores import DynamoStore, Store

_STATES = (
    BillState.DRAFT,
    BillState.AWAITING_APPROVAL,
    BillState.AWAITING_PAYMENT,
    BillState.PAID,
    BillState.VOID,
    BillState.DELETED,
)


def some_bills(count: int) -> list[bills.Bill]:
    """Return bills of every state, over two clients and three matters, with dates that tie and cross."""
    made = []
    for number in range(count):
        issued_on = date(2026, 11, 1) + timedelta(days=number * 5 % 7)
        content = samples.content(
            client_id=f"cli_{number % 2 + 1}",
            matter_ids=(f"mat_{number % 3 + 1}",),
            lines=(samples.line(matter_id=f"mat_{number % 3 + 1}"),),
            issued_on=issued_on,
            due_on=issued_on + timedelta(days=number * 3 % 11),
        )
        stamps = SendStamps(last_sent_at=minutes(number), times_sent=1) if number % 4 == 0 else SendStamps()
        made.append(
            samples.bill(
                f"bill_{number:02d}",
                content=content,
                state=_STATES[number % len(_STATES)],
                number=f"{number % 5}{number:03d}" if number % 3 else "",
                stamps=stamps,
            )
        )
    return made


def everything(store: Store, query: BillQuery) -> list[BillSummary]:
    found: list[BillSummary] = []
    for _ in range(200):
        page = store.bills.search(FIRM, query)
        assert len(page.items) <= query.limit
        found += page.items
        if page.next_cursor is None:
            return found
        query = replace(query, cursor=page.next_cursor)
    raise AssertionError("The list has no end.")


def in_order(found: Sequence[bills.Bill], sort: BillSort) -> list[str]:
    def key(bill: bills.Bill) -> tuple[date, str]:
        by_due = sort in {BillSort.DUE, BillSort.DUE_DOWN}
        return (bill.due_on if by_due else bill.content.issued_on, bill.id)

    return [bill.id for bill in sorted(found, key=key, reverse=sort.value.startswith("-"))]


class TestAListOfBills:
    def test_answers_every_filter_in_every_order(self, store: Store) -> None:
        made = some_bills(30)
        for bill in made:
            store.bills.add(bill, [])
        listed = [bill for bill in made if bill.state is not BillState.DELETED]
        day = date(2026, 11, 6)
        filters = {
            BillQuery(): lambda _: True,
            BillQuery(state=BillState.DRAFT): lambda bill: bill.state is BillState.DRAFT,
            BillQuery(state=BillState.DELETED): lambda _: False,
            BillQuery(client_id="cli_1"): lambda bill: bill.client_id == "cli_1",
            BillQuery(client_id="cli_2", state=BillState.VOID): lambda bill: (
                bill.client_id == "cli_2" and bill.state is BillState.VOID
            ),
            BillQuery(matter_id="mat_2"): lambda bill: "mat_2" in bill.content.matter_ids,
            BillQuery(number_starts_with="1"): lambda bill: bill.number.startswith("1"),
            BillQuery(number_starts_with="10", state=BillState.DRAFT): lambda bill: (
                bill.number.startswith("10") and bill.state is BillState.DRAFT
            ),
            BillQuery(overdue_on=day): lambda bill: bool(bill.balance_due) and bill.due_on < day,
            BillQuery(overdue_on=day, state=BillState.PAID): lambda _: False,
            BillQuery(not_overdue_on=day): lambda bill: not bill.balance_due or bill.due_on >= day,
            BillQuery(due_from=day): lambda bill: bill.due_on >= day,
            BillQuery(due_to=day): lambda bill: bill.due_on <= day,
            BillQuery(due_from=day, due_to=day, client_id="cli_1"): lambda bill: (
                bill.due_on == day and bill.client_id == "cli_1"
            ),
            BillQuery(last_sent_from=minutes(4), last_sent_to=minutes(16)): lambda bill: (
                bill.stamps.last_sent_at in {minutes(4), minutes(8), minutes(12)}
            ),
        }
        for (query, wanted), sort in product(filters.items(), BillSort):
            found = everything(store, replace(query, sort=sort, limit=4))
            expected = in_order([bill for bill in listed if wanted(bill)], sort)
            assert [bill.id for bill in found] == expected, (query, sort)

    def test_shows_all_but_the_lines(self, store: Store) -> None:
        bill = samples.issued(store, content=samples.content(memo="Thank you.", period_to=date(2026, 10, 31)))
        (summary,) = store.bills.search(FIRM, BillQuery()).items
        assert (summary.number, summary.state, summary.total) == ("00001", bill.state, bill.total)
        assert (summary.memo, summary.period_to, summary.revision) == ("Thank you.", date(2026, 10, 31), 1)
        assert (summary.matter_ids, summary.currency, summary.version) == (("mat_1",), "USD", 2)
        assert summary.balance_due == bill.total

    def test_follows_a_bill_through_its_states(self, store: Store) -> None:
        draft = samples.bill()
        store.bills.add(draft, [])
        samples.approve(store, draft)
        states = [state for state in BillState if store.bills.search(FIRM, BillQuery(state=state)).items]
        assert states == [BillState.AWAITING_PAYMENT]

    def test_loses_a_deleted_bill(self, store: Store) -> None:
        draft = samples.bill(number="1")
        store.bills.add(draft, [])
        store.bills.save(bills.deleted(draft), [])
        for query in (BillQuery(), BillQuery(client_id="cli_1"), BillQuery(number_starts_with="1")):
            assert store.bills.search(FIRM, query).items == ()

    def test_shows_each_bill_once_while_bills_change(self, store: Store) -> None:
        made = [bill for bill in some_bills(20) if bill.state is BillState.DRAFT]
        for bill in made:
            store.bills.add(bill, [])
        first = store.bills.search(FIRM, BillQuery(limit=2))
        for bill in made:
            store.bills.save(bills.submitted(bill), [])
        rest = everything(store, BillQuery(limit=2, cursor=first.next_cursor))
        assert [bill.id for bill in (*first.items, *rest)] == in_order(made, BillSort.ISSUED_DOWN)

    def test_refuses_cursors_of_another_firm_or_question(self, store: Store) -> None:
        for bill in some_bills(8):
            store.bills.add(bill, [])
        cursor = store.bills.search(FIRM, BillQuery(limit=1)).next_cursor
        assert cursor
        with pytest.raises(BadCursorError):
            store.bills.search("firm_2", BillQuery(limit=1, cursor=cursor))
        for other in (BillQuery(sort=BillSort.DUE), BillQuery(client_id="cli_1"), BillQuery(due_to=date.max)):
            with pytest.raises(BadCursorError):
                store.bills.search(FIRM, replace(other, cursor=cursor))

    def test_of_a_number_longer_than_any_is_empty(self, store: Store) -> None:
        store.bills.add(samples.bill(number="1"), [])
        assert store.bills.search(FIRM, BillQuery(number_starts_with="1" * 3_000)).items == ()
        assert store.bills.number_owner(FIRM, "1" * 3_000) is None

    def test_is_empty_for_another_firm(self, store: Store) -> None:
        store.bills.add(samples.bill(number="1"), [])
        for query in (BillQuery(), BillQuery(client_id="cli_1"), BillQuery(number_starts_with="1")):
            assert store.bills.search("firm_2", query).items == ()


class TestAListOverDynamoDB:
    def test_reads_a_bounded_number_of_items_however_few_it_finds(self, dynamo: DynamoStore) -> None:
        for number in range(150):
            dynamo.store.bills.add(samples.bill(f"bill_{number:03d}"), [])
        before = dynamo.table.meter.calls["query"]
        query = BillQuery(state=BillState.DRAFT, matter_id="mat_none", limit=10)
        page = dynamo.store.bills.search(FIRM, replace(query, matter_id=None, last_sent_from=minutes(0)))
        assert page.items == ()
        assert page.next_cursor is not None
        assert dynamo.table.meter.calls["query"] - before <= 5
        assert dynamo.store.bills.search(FIRM, query).items == ()

    def test_finds_many_bills_by_their_number_in_order_too(
        self, dynamo: DynamoStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("feenote.adapters.dynamodb.bill_lists.FEW", 3)
        made = some_bills(24)
        for bill in made:
            dynamo.store.bills.add(bill, [])
        listed = [bill for bill in made if bill.state is not BillState.DELETED]
        for sort, query in product(
            BillSort, (BillQuery(number_starts_with="1"), BillQuery(client_id="cli_1"))
        ):
            found = everything(dynamo.store, replace(query, sort=sort, limit=3))
            wanted = [
                bill
                for bill in listed
                if bill.number.startswith(query.number_starts_with)
                and query.client_id in {None, bill.client_id}
            ]
            assert [bill.id for bill in found] == in_order(wanted, sort)

    def test_reads_pages_of_many_bills_at_the_cost_of_the_page(self, dynamo: DynamoStore) -> None:
        for number in range(120):
            dynamo.store.bills.add(samples.bill(f"bill_{number:03d}"), [])
        before = dynamo.table.meter.read_units
        page = dynamo.store.bills.search(FIRM, BillQuery(state=BillState.DRAFT, limit=50))
        assert len(page.items) == 50
        assert dynamo.table.meter.read_units - before <= 8
