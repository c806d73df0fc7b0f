"""What keeps secure links promises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feenote.domain.events import EventKind
from feenote.domain.links import LinkScope, SecureLink
from feenote.domain.visibility import Visibility
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import CLIENT, FIRM, MATTER, minutes, usd
from tests.integration.dynamodb.stores import DynamoStore, Store

ALL_MATTERS = (MATTER, "mat_2", "mat_3")
BALANCE = samples.link(scope=LinkScope.BALANCE, bill_id="", matter_ids=(), visibility=Visibility(ALL_MATTERS))


def owing_for_three_matters(store: Store) -> None:
    """Store a client with an open bill for each of three matters."""
    samples.records(store)
    for number, matter_id in enumerate(ALL_MATTERS, start=1):
        if matter_id != MATTER:
            store.records.put_matter(samples.matter(matter_id))
        content = samples.content(matter_ids=(matter_id,), lines=(samples.line(matter_id=matter_id),))
        samples.issued(store, f"bill_{number}", content=content)


class TestALink:
    def test_is_found_by_its_hash_and_by_its_id(self, store: Store) -> None:
        link = samples.link(accept_all_unpaid=True, is_of_reminder=True)
        store.links.add(link)
        assert store.links.find(link.token_hash) == link
        assert store.links.find("f" * 64) is None
        assert store.links.get(FIRM, "lnk_1") == link
        for firm_id, link_id in (("firm_2", "lnk_1"), (FIRM, "lnk_2")):
            with pytest.raises(KeyError):
                store.links.get(firm_id, link_id)

    def test_is_listed_with_its_bill_latest_first(self, store: Store) -> None:
        for number in range(3):
            store.links.add(samples.link(f"lnk_{number}", created_at=minutes(number)))
        store.links.add(samples.link("lnk_9", bill_id="bill_2"))
        assert [link.id for link in store.links.of_bill(FIRM, "bill_1")] == ["lnk_2", "lnk_1", "lnk_0"]
        assert store.links.of_bill("firm_2", "bill_1") == ()

    def test_is_taken_back_once(self, store: Store) -> None:
        link = samples.link()
        store.links.add(link)
        for number in (1, 2):
            event = samples.event(f"evt_{number}", kind=EventKind.LINK_WITHDRAWN)
            store.links.withdraw(link, at=minutes(number), event=event)
        assert store.links.find(link.token_hash) == replace(link, withdrawn_at=minutes(1))
        events = store.bills.timeline(FIRM, "bill_1", limit=5, cursor=None).items
        assert [event.id for event in events] == ["evt_1"]

    def test_that_is_not_there_is_not_made_by_taking_it_back(self, store: Store) -> None:
        store.links.withdraw(samples.link(), at=minutes(1), event=None)
        assert store.links.find(samples.link().token_hash) is None

    def test_counts_its_uses_by_act_and_window(self, store: Store) -> None:
        link, other = samples.link(), samples.link("lnk_2")

        def uses(of: SecureLink, act: str, minute: float) -> int:
            return store.links.count_use(of.firm_id, of.id, act, at=minutes(minute), window_seconds=3600)

        assert [uses(link, "pay", minute) for minute in (0, 1, 59)] == [1, 2, 3]
        assert uses(link, "renew", 1) == 1
        assert uses(other, "pay", 1) == 1
        assert uses(link, "pay", 60) == 1


class TestWhatStandsBehindALink:
    def test_has_the_accounts_figures_on_the_bill(self, store: Store) -> None:
        samples.records(store)
        bill = samples.issued(store)
        booking = samples.payment_of(store.books.account(FIRM, CLIENT), 10_000, "bill_1", room=0)
        store.books.commit(booking)
        behind = store.links.behind(samples.link())
        receipts = (samples.receipt(booking.payment, "bill_1"),)
        assert behind.bill == replace(bill, paid_minor=10_000, receipts=receipts)
        assert behind.account.payable("bill_1") == usd(20_000)
        assert (behind.firm, behind.client, behind.contact) == (
            samples.firm(),
            samples.client(),
            samples.contact(),
        )
        assert behind.matters == (samples.matter(),)

    def test_has_the_matters_that_the_link_does_not_name(self, store: Store) -> None:
        samples.records(store)
        samples.issued(store)
        assert store.links.behind(samples.link(matter_ids=())).matters == (samples.matter(),)

    def test_may_lack_a_contact_but_no_bill(self, store: Store) -> None:
        samples.records(store)
        samples.issued(store)
        assert store.links.behind(samples.link(contact_id="con_gone")).contact is None
        for gone in ({"bill_id": "bill_gone"}, {"client_id": "cli_gone"}, {"firm_id": "firm_2"}):
            with pytest.raises(KeyError):
                store.links.behind(samples.link(**gone))

    def test_of_a_balance_has_no_bill(self, store: Store) -> None:
        samples.records(store)
        samples.issued(store)
        behind = store.links.behind(samples.link(bill_id=""))
        assert behind.bill is None
        assert list(behind.account.open_bills) == ["bill_1"]

    def test_has_the_matters_of_the_open_bills_that_the_link_shows_where_these_are_wanted(
        self, store: Store
    ) -> None:
        owing_for_three_matters(store)
        link = replace(BALANCE, visibility=Visibility((MATTER, "mat_2")))
        beside_a_bill = replace(link, scope=LinkScope.BILL, bill_id="bill_1", accept_all_unpaid=True)

        assert store.links.behind(link).matters == ()
        wanted = (samples.matter(), samples.matter("mat_2"))
        assert store.links.behind(link, all_matters=True).matters == wanted
        assert store.links.behind(beside_a_bill).matters == wanted[:1]
        assert store.links.behind(beside_a_bill, all_matters=True).matters == wanted


class TestOpeningALinkOverDynamoDB:
    def test_takes_two_reads_and_no_write(self, dynamo: DynamoStore) -> None:
        samples.records(dynamo.store)
        samples.issued(dynamo.store)
        link = samples.link()
        dynamo.store.links.add(link)
        calls, units, written = (
            dynamo.calls(),
            dynamo.table.meter.read_units,
            dynamo.table.meter.write_units,
        )
        found = dynamo.store.links.find(link.token_hash)
        assert found
        behind = dynamo.store.links.behind(found)
        assert behind.bill
        assert len(behind.bill.content.lines) == 1
        assert dynamo.calls() - calls == 2
        assert dynamo.table.meter.read_units - units == 8
        assert dynamo.table.meter.write_units == written

    def test_of_a_balance_takes_one_read_more_for_matters_that_it_does_not_name(
        self, dynamo: DynamoStore
    ) -> None:
        owing_for_three_matters(dynamo.store)
        calls = dynamo.calls()

        named = dynamo.store.links.behind(replace(BALANCE, matter_ids=ALL_MATTERS), all_matters=True)
        in_one = dynamo.calls() - calls
        found = dynamo.store.links.behind(BALANCE, all_matters=True)

        assert len(named.matters) == len(found.matters) == 3
        assert (in_one, dynamo.calls() - calls - in_one) == (1, 2)

    def test_tells_nothing_of_the_token(self, dynamo: DynamoStore) -> None:
        dynamo.store.links.add(samples.link())
        (item,) = dynamo.items()
        assert "token" not in item
        assert item["pk"]["S"] == f"L#{samples.link().token_hash}"
