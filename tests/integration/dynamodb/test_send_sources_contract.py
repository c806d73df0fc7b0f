"""What sends of some bills are made from: read whole, of one moment, and in few calls."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from feenote.adapters.dynamodb import keys
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.contents import PIECE_BYTES
from feenote.adapters.dynamodb.keys import Key
from feenote.adapters.dynamodb.packing import pack, squeeze
from feenote.adapters.dynamodb.table import Table
from feenote.domain import accounts, bills
from feenote.domain.bills import Bill, BillState
from feenote.domain.records import BillRecipient
from feenote.service.ports import ClientChange
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import CLIENT, FIRM, minutes
from tests.integration.dynamodb.stores import DynamoStore, Store, store_over


def of_client(number: int) -> tuple[str, str]:
    """Return the ids of a client and of its matter."""
    return f"cli_{number}", f"mat_{number}"


def office(store: Store, clients: int, bills_each: int) -> list[str]:
    """Store clients with a matter, two contacts and issued bills each; return the bills' ids."""
    store.records.put_firm(samples.firm())
    made: list[str] = []
    for number in range(clients):
        client_id, matter_id = of_client(number)
        primary, other = f"con_{number}_p", f"con_{number}_m"
        store.records.put_client(samples.client(client_id, primary_contact_id=primary))
        for contact_id in (primary, other):
            store.records.put_contact(samples.contact(contact_id, client_ids=(client_id,)))
        recipients = (BillRecipient(other), BillRecipient("con_gone"))
        store.records.put_matter(samples.matter(matter_id, client_id=client_id, recipients=recipients))
        for each in range(bills_each):
            bill_id = f"bill_{number}_{each}"
            lines = (samples.line(matter_id=matter_id),)
            content = samples.content(client_id=client_id, matter_ids=(matter_id,), lines=lines)
            samples.issued(store, bill_id, content=content)
            made.append(bill_id)
    return made


class TestSources:
    def test_are_all_that_the_bills_need(self, store: Store) -> None:
        bill_ids = office(store, 3, 2)
        store.records.put_contact(samples.contact("con_asked"))
        account = store.books.account(FIRM, "cli_1")
        store.books.commit(samples.payment_of(account, 10_000, "bill_1_0"))
        found = store.sends.sources(FIRM, [*bill_ids, bill_ids[0]], contact_ids=["con_asked", "con_9"])
        assert found.firm == samples.firm()
        assert found.bills == {bill_id: store.bills.get(FIRM, bill_id) for bill_id in bill_ids}
        assert found.bills["bill_1_0"].balance_due.minor == 20_000
        client_ids = {client_id for client_id, _ in map(of_client, range(3))}
        assert found.clients == {each: store.records.get_client(FIRM, each) for each in client_ids}
        assert found.accounts == {each: store.books.account(FIRM, each) for each in client_ids}
        matters = store.records.get_matters(FIRM, [matter_id for _, matter_id in map(of_client, range(3))])
        assert found.matters == {each.id: each for each in matters}
        assert set(found.contacts) == {
            "con_asked",
            *(f"con_{number}_{kind}" for number in range(3) for kind in "pm"),
        }
        assert found.contacts["con_1_m"] == samples.contact("con_1_m", client_ids=("cli_1",))

    def test_leave_out_what_is_not_there(self, store: Store) -> None:
        store.records.put_firm(samples.firm())
        store.bills.add(samples.bill(), [])
        found = store.sends.sources(FIRM, ["bill_1", "bill_gone", "a#b", ""], contact_ids=["x#y", ""])
        assert found.bills == {"bill_1": samples.bill()}
        assert found.accounts == {CLIENT: store.books.account(FIRM, CLIENT)}
        assert (found.clients, found.matters, found.contacts) == ({}, {}, {})

    def test_of_no_bills_are_the_firm_and_who_was_asked_for(self, store: Store) -> None:
        samples.records(store)
        found = store.sends.sources(FIRM, [], contact_ids=["con_1"])
        assert (found.firm, found.bills) == (samples.firm(), {})
        assert found.contacts == {"con_1": samples.contact()}

    def test_of_another_firm_are_not_there(self, store: Store) -> None:
        office(store, 1, 1)
        with pytest.raises(KeyError):
            store.sends.sources("firm_2", ["bill_0_0"])
        store.records.put_firm(replace(samples.firm(), id="firm_2"))
        found = store.sends.sources("firm_2", ["bill_0_0"], contact_ids=["con_0_p"])
        assert (found.bills, found.clients, found.contacts) == ({}, {}, {})

    def test_have_a_deleted_bill_as_it_is_read_alone(self, store: Store) -> None:
        samples.records(store)
        store.bills.add(samples.bill(), [])
        store.bills.save(replace(samples.bill(), state=BillState.DELETED, version=2), [])
        found = store.sends.sources(FIRM, ["bill_1"])
        assert found.bills == {"bill_1": store.bills.get(FIRM, "bill_1")}
        assert found.bills["bill_1"].state is BillState.DELETED

    def test_have_bills_whose_content_is_in_pieces(self, store: Store) -> None:
        samples.records(store)
        long = long_bill()
        store.bills.add(long, [])
        store.bills.add(samples.bill("bill_2"), [])
        found = store.sends.sources(FIRM, ["bill_2", "bill_1"])
        assert found.bills == {"bill_1": long, "bill_2": samples.bill("bill_2")}


def long_bill() -> Bill:
    """Return a bill whose content is longer than an item, and hard to compress."""
    words = (hashlib.sha256(str(number).encode()).hexdigest() for number in range(10_000))
    lines = tuple(samples.line(30_000, description=text) for text in words)
    content = samples.content(lines=lines)
    assert len(squeeze(pack(content))) > PIECE_BYTES
    return samples.bill(content=content)


class TestTheCost:
    def test_of_25_bills_of_10_clients_is_three_calls(self, dynamo: DynamoStore) -> None:
        bill_ids = office(dynamo.store, 10, 3)[:25]
        calls, units = dynamo.calls(), dynamo.table.meter.read_units
        found = dynamo.store.sends.sources(FIRM, bill_ids, contact_ids=["con_1_p", "con_2_p"])
        assert (len(found.bills), len(found.clients), len(found.contacts)) == (25, 9, 18)
        assert dynamo.calls() - calls == 3
        assert dynamo.table.meter.read_units - units <= 110

    def test_of_50_bills_of_as_many_clients_is_five_calls(self, dynamo: DynamoStore) -> None:
        bill_ids = office(dynamo.store, 50, 1)
        calls = dynamo.calls()
        assert len(dynamo.store.sends.sources(FIRM, bill_ids).contacts) == 100
        assert dynamo.calls() - calls <= 5

    def test_of_a_bill_in_pieces_is_one_call_more(self, dynamo: DynamoStore) -> None:
        samples.records(dynamo.store)
        dynamo.store.bills.add(long_bill(), [])
        calls = dynamo.calls()
        dynamo.store.sends.sources(FIRM, ["bill_1"], contact_ids=["con_1"])
        assert dynamo.calls() - calls == 4


class Interrupted(Table):
    """A table where something is written just after a batch was read, once."""

    def __init__(self, client: Any, name: str, between: Callable[[], None], *, after: int) -> None:
        super().__init__(client, name)
        self._between = between
        self._left = after

    def get_many(self, wanted: Iterable[Key]) -> dict[Key, Item]:
        """Read, then let the write happen where it is its turn."""
        found = super().get_many(wanted)
        self._left -= 1
        if not self._left:
            self._between()
        return found


class Torn(Table):
    """A table whose first batch still has an old row."""

    def __init__(self, client: Any, name: str, row: Item) -> None:
        super().__init__(client, name)
        self._old = {Key(row["pk"], row["sk"]): row}

    def get_many(self, wanted: Iterable[Key]) -> dict[Key, Item]:
        """Read, the first time with the old row in place of the new one."""
        found = super().get_many(wanted) | self._old
        self._old = {}
        return found


class TestAReadBetweenTwoStates:
    def pay(self, dynamo: DynamoStore) -> Callable[[], None]:
        change = samples.payment_of(dynamo.store.books.account(FIRM, "cli_0"), 30_000, "bill_0_0")
        return lambda: dynamo.store.books.commit(change)

    def change(self, dynamo: DynamoStore) -> Callable[[], None]:
        """Change a bill's content, and with it which matters are read."""
        dynamo.store.records.put_matter(samples.matter("mat_new", client_id="cli_0"))
        line = samples.line(60_000, matter_id="mat_new")
        content = samples.content(client_id="cli_0", matter_ids=("mat_new",), lines=(line,))
        after = bills.changed(dynamo.store.bills.get(FIRM, "bill_0_0"), content)
        account = dynamo.store.books.account(FIRM, "cli_0")
        change = accounts.revise(account, after, entry_id="ent_2", at=minutes(1))
        return lambda: dynamo.store.books.commit(ClientChange(change.account, bills=(after,)))

    def test_shows_what_was_paid_meanwhile(self, dynamo: DynamoStore) -> None:
        bill_ids = office(dynamo.store, 2, 2)
        table = Interrupted(dynamo.client, dynamo.table_name, self.pay(dynamo), after=1)
        found = store_over(table).sends.sources(FIRM, bill_ids)
        assert found == dynamo.store.sends.sources(FIRM, bill_ids)
        assert found.bills["bill_0_0"].state is BillState.PAID

    @pytest.mark.parametrize("after", [1, 2])
    def test_shows_a_changed_bill_wholly_as_it_was_or_is(self, dynamo: DynamoStore, after: int) -> None:
        bill_ids = office(dynamo.store, 2, 2)
        before = dynamo.store.bills.get(FIRM, "bill_0_0")
        table = Interrupted(dynamo.client, dynamo.table_name, self.change(dynamo), after=after)
        found = store_over(table).sends.sources(FIRM, bill_ids)
        assert found.bills["bill_0_0"] in {before, dynamo.store.bills.get(FIRM, "bill_0_0")}
        assert found.matters.keys() >= set(found.bills["bill_0_0"].content.matter_ids)

    def test_shows_a_bill_torn_in_two_as_it_is(self, dynamo: DynamoStore) -> None:
        """The change falls into the first call, between the bill's row and its content."""
        bill_ids = office(dynamo.store, 2, 2)
        old_row = dynamo.table.get(keys.bill(FIRM, "bill_0_0"))
        self.change(dynamo)()
        table = Torn(dynamo.client, dynamo.table_name, old_row or {})
        found = store_over(table).sends.sources(FIRM, bill_ids)
        assert found == dynamo.store.sends.sources(FIRM, bill_ids)
        assert "mat_new" in found.matters

    def test_that_comes_later_shows_every_bill_as_it_was(self, dynamo: DynamoStore) -> None:
        bill_ids = office(dynamo.store, 2, 2)
        before = dynamo.store.sends.sources(FIRM, bill_ids)
        table = Interrupted(dynamo.client, dynamo.table_name, self.pay(dynamo), after=2)
        assert store_over(table).sends.sources(FIRM, bill_ids) == before
