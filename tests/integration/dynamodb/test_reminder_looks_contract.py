"""Who is to be looked at when: whoever owes something is found, whatever happens to its account."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from feenote.adapters.dynamodb.keys import shard_of
from feenote.domain import accounts, bills
from feenote.domain.money import Money
from feenote.domain.reminders.history import ClientReminders
from feenote.service.ports import LOOK_SHARDS, BadCursorError, BalanceQuery, ClientChange, Look
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.commits import at_once, project
from tests.integration.dynamodb.reminding import all_due, due_in
from tests.integration.dynamodb.samples import CLIENT, FIRM, minutes
from tests.integration.dynamodb.stores import NOW, DynamoStore, Store

OURS = Look(FIRM, CLIENT)
LATER = NOW + timedelta(days=3)


def issued(store: Store, bill_id: str = "bill_1", *, currency: str = "USD", client_id: str = CLIENT) -> None:
    line = samples.line(amount=Money(30_000, currency), units=None, rate=None)
    samples.issued(
        store, bill_id, content=samples.content(client_id=client_id, currency=currency, lines=(line,))
    )


def paid(store: Store, bill_id: str, minor: int = 30_000) -> None:
    account = store.books.account(FIRM, CLIENT)
    store.books.commit(samples.payment_of(account, minor, bill_id, name=bill_id))


def planned(
    store: Store, *, account_version: int | None = None, reminders_version: int | None = None
) -> None:
    """Move the client on to later; unless others are named, over the versions that are stored."""
    account = store.books.account(FIRM, CLIENT).version
    kept = store.reminders.of_client(FIRM, CLIENT).version
    store.reminders.planned(
        FIRM,
        CLIENT,
        look_at=LATER,
        account_version=account if account_version is None else account_version,
        reminders_version=kept if reminders_version is None else reminders_version,
    )


class TestWhoOwesSomething:
    def test_is_looked_at_from_the_instant_of_the_change(self, store: Store) -> None:
        assert all_due(store) == []

        issued(store)

        assert all_due(store, NOW - timedelta(microseconds=1)) == []
        assert all_due(store, NOW) == [OURS]

    def test_is_not_looked_at_once_it_owes_nothing(self, store: Store) -> None:
        issued(store)
        planned(store)

        paid(store, "bill_1")

        assert all_due(store) == []

    def test_is_moved_on_by_its_plan(self, store: Store) -> None:
        issued(store)

        planned(store)
        planned(store)

        assert all_due(store, LATER - timedelta(microseconds=1)) == []
        assert all_due(store, LATER) == [OURS]

    def test_is_looked_at_at_once_after_each_change_of_its_account(self, store: Store) -> None:
        issued(store)
        issued(store, "bill_2")
        planned(store)

        paid(store, "bill_1")

        assert all_due(store, NOW) == [OURS]

    def test_is_found_while_it_owes_in_any_currency(self, store: Store) -> None:
        for number, currency in enumerate(("USD", "GBP", "EUR"), 1):
            issued(store, f"bill_{number}", currency=currency)
            assert all_due(store, NOW) == [OURS]
            planned(store)
            assert (all_due(store, NOW), all_due(store)) == ([], [OURS])
        assert [row.currency for row in store.books.balance_rows(FIRM, CLIENT)] == ["EUR", "GBP", "USD"]

    def test_stays_found_when_the_lowest_currency_is_owed_no_more(self, store: Store) -> None:
        issued(store, "bill_1", currency="USD")
        issued(store, "bill_2", currency="AED")
        planned(store)

        voided(store, "bill_2")

        assert [row.currency for row in store.books.balance_rows(FIRM, CLIENT)] == ["USD"]
        assert (all_due(store, NOW), all_due(store, minutes(1))) == ([], [OURS])
        planned(store)
        assert (all_due(store, minutes(1)), all_due(store)) == ([], [OURS])

    def test_is_found_after_figures_that_waited_came_to_their_rows(self, store: Store) -> None:
        for number in (1, 2, 3):
            issued(store, f"bill_{number}")
        account = store.books.account(FIRM, CLIENT)
        store.books.commit(samples.payment_of(account, 60_000, "bill_1", "bill_2", room=1))
        planned(store)

        assert project(store) == 1

        assert all_due(store) == [OURS]
        planned(store)
        assert (all_due(store, NOW), all_due(store)) == ([], [OURS])
        assert store.books.balances(FIRM, BalanceQuery("USD")).items[0].bill_count == 1

    @pytest.mark.parametrize("seed", range(4))
    def test_is_found_after_any_history(self, store: Store, seed: int) -> None:
        chance, made = random.Random(seed), 0
        for _ in range(40):
            opened = store.books.account(FIRM, CLIENT).open_bills
            act = chance.choice(("issue", "void", "pay", "plan", "call"))
            if act == "issue":
                made += 1
                issued(store, f"bill_{made}", currency=chance.choice(("AED", "EUR", "USD")))
            elif act == "void" and opened:
                voided(store, chance.choice(sorted(opened)))
            elif act == "pay" and any(bill.total.currency == "USD" for bill in opened.values()):
                bill_id = chance.choice([each for each in opened if opened[each].total.currency == "USD"])
                paid(store, bill_id)
            elif act == "plan":
                planned(store)
            else:
                store.reminders.look_soon(FIRM, CLIENT, at=NOW)
            owed = store.books.account(FIRM, CLIENT).open_bills
            assert all_due(store) == ([OURS] if owed else [])
            if act != "plan" and owed:
                assert all_due(store, minutes(1)) == [OURS]
        assert made > 3


class TestAPlan:
    def test_that_did_not_see_the_last_change_moves_nothing(self, store: Store) -> None:
        issued(store)
        seen = store.books.account(FIRM, CLIENT).version
        issued(store, "bill_2")

        planned(store, account_version=seen)

        assert all_due(store, NOW) == [OURS]

    def test_that_saw_more_than_the_list_shows_counts(self, store: Store) -> None:
        issued(store)
        account = store.books.account(FIRM, CLIENT)
        # A session that begins changes the account and nothing of what is owed.
        begun = accounts.open_checkout(account, samples.checkout())
        store.books.commit(ClientChange(begun, checkouts=(samples.checkout(),)))

        planned(store)

        assert (all_due(store, NOW), all_due(store)) == ([], [OURS])

    def test_over_older_reminders_than_a_call_does_not_move_the_client_on(self, store: Store) -> None:
        issued(store)
        planned(store)
        store.reminders.put(ClientReminders(FIRM, CLIENT, version=1))
        store.reminders.look_soon(FIRM, CLIENT, at=minutes(5))

        planned(store, reminders_version=0)
        assert all_due(store, minutes(5)) == [OURS]

        planned(store, reminders_version=1)
        assert (all_due(store, minutes(5)), all_due(store)) == ([], [OURS])

    def test_of_one_who_owes_nothing_makes_no_look(self, store: Store) -> None:
        planned(store)
        store.reminders.look_soon(FIRM, CLIENT, at=NOW)

        assert all_due(store) == []
        assert store.books.balance_rows(FIRM, CLIENT) == ()

    def test_and_a_change_at_once_leave_the_client_to_be_looked_at_soon(self, store: Store) -> None:
        issued(store)
        issued(store, "bill_2")
        seen = store.books.account(FIRM, CLIENT).version

        outcomes = at_once([partial(planned, store, account_version=seen), partial(paid, store, "bill_1")])

        assert outcomes == ["done", "done"]
        assert all_due(store, NOW) == [OURS]


class TestACall:
    def test_has_a_client_looked_at(self, store: Store) -> None:
        issued(store)
        planned(store)

        store.reminders.look_soon(FIRM, CLIENT, at=minutes(1))

        assert (all_due(store, NOW), all_due(store, minutes(1))) == ([], [OURS])

    def test_changes_nothing_of_what_is_owed(self, store: Store) -> None:
        issued(store)
        before = store.books.balance_rows(FIRM, CLIENT), store.books.balances(FIRM, BalanceQuery("USD"))

        store.reminders.look_soon(FIRM, CLIENT, at=minutes(1))
        planned(store)

        after = store.books.balance_rows(FIRM, CLIENT), store.books.balances(FIRM, BalanceQuery("USD"))
        assert after == before


class TestTheShards:
    def test_have_each_client_of_each_firm_once(self, store: Store) -> None:
        wanted = []
        for firm_id in (FIRM, "firm_2"):
            for number in range(40):
                owes(store, firm_id, f"cli_{number}")
                wanted.append(Look(firm_id, f"cli_{number}"))

        for limit in (1, 3, 100):
            found = all_due(store, limit=limit)
            assert sorted(found, key=str) == sorted(wanted, key=str)
        for shard in range(LOOK_SHARDS):
            assert {shard_of(look.client_id, LOOK_SHARDS) for look in due_in(store, shard)} <= {shard}

    def test_name_those_first_who_wait_longest(self, store: Store) -> None:
        shard = shard_of("cli_0", LOOK_SHARDS)
        beside = [f"cli_{each}" for each in range(200) if shard_of(f"cli_{each}", LOOK_SHARDS) == shard][:6]
        for number, client_id in enumerate(beside):
            owes(store, FIRM, client_id)
            store.reminders.look_soon(FIRM, client_id, at=minutes(-number))

        found = list(due_in(store, shard, NOW, limit=4))

        assert [look.client_id for look in found] == beside[::-1]
        assert list(due_in(store, shard, minutes(-3))) == found[:3]

    def test_lose_nobody_when_those_of_a_page_move_on(self, store: Store) -> None:
        shard = shard_of("cli_0", LOOK_SHARDS)
        beside = [f"cli_{each}" for each in range(200) if shard_of(f"cli_{each}", LOOK_SHARDS) == shard][:9]
        for client_id in beside:
            owes(store, FIRM, client_id)
        found, cursor = [], None
        while True:
            page = store.reminders.due(shard, before=NOW, limit=2, cursor=cursor)
            for look in page.items:
                found.append(look.client_id)
                store.reminders.planned(
                    FIRM, look.client_id, look_at=LATER, account_version=1, reminders_version=0
                )
            cursor = page.next_cursor
            if cursor is None:
                break

        assert sorted(found) == sorted(beside)
        assert list(due_in(store, shard, NOW)) == []

    def test_have_cursors_of_their_own(self, store: Store) -> None:
        for number in range(60):
            owes(store, FIRM, f"cli_{number}")
        pages = (store.reminders.due(shard, before=NOW, limit=1, cursor=None) for shard in range(LOOK_SHARDS))
        shard, cursor = next(
            (shard, page.next_cursor) for shard, page in enumerate(pages) if page.next_cursor
        )

        with pytest.raises(BadCursorError):
            store.reminders.due((shard + 1) % LOOK_SHARDS, before=NOW, limit=1, cursor=cursor)
        assert store.reminders.due(shard, before=minutes(15), limit=1, cursor=cursor).items


def test_only_the_row_of_the_lowest_currency_carries_the_look(dynamo: DynamoStore) -> None:
    for number, currency in enumerate(("USD", "AED", "JPY"), 1):
        issued(dynamo.store, f"bill_{number}", currency=currency)

    rows = [item for item in dynamo.items() if item["sk"]["S"].startswith("BALANCE#")]

    carriers = {item["currency"]["S"]: "gsi3pk" in item and "gsi3sk" in item for item in rows}
    assert carriers == {"AED": True, "JPY": False, "USD": False}


def owes(store: Store, firm_id: str, client_id: str) -> None:
    """Let a client of any firm owe something."""
    content = samples.content(client_id=client_id)
    bill = replace(samples.bill(f"bill_{client_id}", content=content), firm_id=firm_id)
    store.bills.add(bill, [])
    after = bills.approved(bill, number=client_id)
    change = accounts.issue(store.books.account(firm_id, client_id), after, entry_id="ent_1", at=NOW)
    entries = (change.entry,) if change.entry else ()
    store.books.commit(ClientChange(change.account, entries=entries, bills=(after,)))


def voided(store: Store, bill_id: str) -> None:
    """Void a bill."""
    bill = store.bills.get(FIRM, bill_id)
    change = accounts.void(
        store.books.account(FIRM, CLIENT), bill_id, entry_id=f"ent_void_{bill_id}", at=minutes(1)
    )
    entries = (change.entry,) if change.entry else ()
    store.books.commit(ClientChange(change.account, entries=entries, bills=(bills.voided(bill),)))
