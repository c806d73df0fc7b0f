"""What keeps bills promises."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from feenote.domain import accounts, bills
from feenote.domain.bills import MAX_LINES, BillLine, BillState, Discount, SendStamps, Tax
from feenote.domain.events import EventKind
from feenote.service.ports import ClientChange, ExistsError, NumberOwner, StaleError
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import CLIENT, FIRM, minutes, usd
from tests.integration.dynamodb.stores import NOW, Store


class TestABill:
    def test_is_read_as_it_was_stored(self, store: Store) -> None:
        content = samples.content(
            lines=(samples.line(), samples.line(6_000, units=None, rate=None, description="")),
            period_from=date(2026, 10, 1),
            discounts=(Discount("Courtesy", percent=Decimal("2.5")),),
            taxes=(Tax("VAT", percent=Decimal(20)), Tax("Stamp", amount=usd(100))),
            memo="Thank you.",
        )
        bill = samples.bill(content=content, flags=frozenset({"on_hold"}))
        store.bills.add(bill, [])
        assert store.bills.get(FIRM, "bill_1") == bill

    def test_with_a_number_stamps_and_file_is_read_as_it_was_stored(self, store: Store) -> None:
        stamps = SendStamps(NOW, minutes(1), minutes(2), minutes(3), 4, "delivered")
        bill = samples.bill(number="96542", stamps=stamps, pdf_key="pdf/1", revision=1, revision_hash="a1")
        store.bills.add(bill, [])
        assert store.bills.get(FIRM, "bill_1") == bill

    def test_is_not_there_for_another_firm(self, store: Store) -> None:
        store.bills.add(samples.bill(), [])
        with pytest.raises(KeyError):
            store.bills.get("firm_2", "bill_1")
        with pytest.raises(KeyError):
            store.bills.get(FIRM, "bill_2")

    def test_is_added_once(self, store: Store) -> None:
        store.bills.add(samples.bill(), [])
        with pytest.raises(ExistsError) as refused:
            store.bills.add(samples.bill(content=samples.content(memo="another")), [])
        assert refused.value.existing_id == "bill_1"
        assert store.bills.get(FIRM, "bill_1").content.memo == ""

    def test_is_saved_over_the_version_that_was_read(self, store: Store) -> None:
        draft = samples.bill()
        store.bills.add(draft, [])
        after = bills.changed(draft, samples.content(lines=(samples.line(90_000),), memo="More work."))
        store.bills.save(after, [])
        with pytest.raises(StaleError):
            store.bills.save(bills.submitted(draft), [])
        assert store.bills.get(FIRM, "bill_1") == after

    def test_that_was_never_added_cannot_be_saved(self, store: Store) -> None:
        with pytest.raises(StaleError):
            store.bills.save(replace(samples.bill(), version=2), [])

    def test_drops_its_flags(self, store: Store) -> None:
        held = samples.bill(flags=frozenset({"on_hold"}))
        store.bills.add(held, [])
        store.bills.save(replace(held, flags=frozenset(), version=2), [])
        assert store.bills.get(FIRM, "bill_1").flags == frozenset()

    def test_keeps_its_stamps_when_somebody_saves_an_older_value(self, store: Store) -> None:
        draft = samples.bill()
        store.bills.add(draft, [])
        store.bills.record_view(FIRM, samples.event(at=minutes(5), kind=EventKind.HUMAN_VIEWED))
        store.bills.save(bills.submitted(draft), [])
        assert store.bills.get(FIRM, "bill_1").stamps.last_viewed_at == minutes(5)

    def test_keeps_what_stood_on_it_when_it_is_deleted(self, store: Store) -> None:
        draft = samples.bill()
        store.bills.add(draft, [])
        gone = bills.deleted(draft)
        store.bills.save(gone, [])
        assert store.bills.get(FIRM, "bill_1") == gone


class TestANumber:
    def test_is_one_bills(self, store: Store) -> None:
        store.bills.add(samples.bill(number="96542"), [], import_hash="h1")
        with pytest.raises(ExistsError) as refused:
            store.bills.add(samples.bill("bill_2", number="96542"), [])
        assert refused.value.existing_id == "bill_1"
        assert store.bills.number_owner(FIRM, "96542") == NumberOwner("bill_1", "h1")
        assert store.bills.number_owner("firm_2", "96542") is None
        assert store.bills.number_owner(FIRM, "9654") is None
        with pytest.raises(KeyError):
            store.bills.get(FIRM, "bill_2")

    def test_is_looked_up_with_many_others(self, store: Store) -> None:
        for number in range(120):
            store.bills.add(samples.bill(f"bill_{number}", number=str(number)), [], import_hash=f"h{number}")
        asked = [*map(str, range(0, 240, 2)), "", "1" * 3_000]
        owners = store.bills.number_owners(FIRM, asked)
        assert owners == {
            str(number): NumberOwner(f"bill_{number}", f"h{number}") for number in range(0, 120, 2)
        }
        assert store.bills.number_owners("firm_2", asked) == {}
        assert store.bills.number_owners(FIRM, []) == {}

    def test_keeps_the_hash_of_its_import_through_an_approval(self, store: Store) -> None:
        draft = samples.bill(number="96542")
        store.bills.add(draft, [], import_hash="h1")
        samples.approve(store, draft, number="96542")
        assert store.bills.number_owner(FIRM, "96542") == NumberOwner("bill_1", "h1")

    def test_of_a_deleted_bill_is_free(self, store: Store) -> None:
        draft = samples.bill(number="96542")
        store.bills.add(draft, [])
        store.bills.save(bills.deleted(draft), [])
        assert store.bills.number_owner(FIRM, "96542") is None
        store.bills.add(samples.bill("bill_2", number="96542"), [])

    def test_of_the_sequence_is_taken_by_the_commit_that_uses_it(self, store: Store) -> None:
        draft = samples.bill()
        store.bills.add(draft, [])
        first = store.bills.next_number(FIRM)
        after = bills.approved(draft, number="00001")
        change = accounts.issue(store.books.account(FIRM, CLIENT), after, entry_id="ent_1", at=NOW)
        store.books.commit(
            ClientChange(change.account, bills=(after,), numbers_taken_from=first, numbers_taken=1)
        )
        assert (first, store.bills.next_number(FIRM), store.bills.next_number("firm_2")) == (1, 2, 1)

    def test_of_the_sequence_is_not_taken_twice(self, store: Store) -> None:
        for bill_id in ("bill_1", "bill_2"):
            store.bills.add(samples.bill(bill_id), [])

        def approve(bill_id: str, client_version: int) -> None:
            after = bills.approved(store.bills.get(FIRM, bill_id), number="00001")
            account = replace(store.books.account(FIRM, CLIENT), version=client_version)
            change = accounts.issue(account, after, entry_id=f"ent_{bill_id}", at=NOW)
            store.books.commit(
                ClientChange(
                    change.account,
                    entries=(change.entry,) if change.entry else (),
                    bills=(after,),
                    numbers_taken_from=1,
                    numbers_taken=1,
                )
            )

        approve("bill_1", 0)
        # The number is taken because the sequence moved on: read again, not "exists".
        with pytest.raises(StaleError):
            approve("bill_2", 1)
        assert store.bills.get(FIRM, "bill_2").state is BillState.DRAFT


class TestWaiting:
    def test_are_bills_that_nobody_approved_or_deleted(self, store: Store) -> None:
        for bill_id in ("bill_1", "bill_2", "bill_3"):
            store.bills.add(samples.bill(bill_id), [])
        store.bills.save(bills.submitted(samples.bill("bill_2")), [])
        store.bills.save(bills.deleted(samples.bill("bill_3")), [])
        samples.issued(store, "bill_4")
        asked = [f"bill_{number}" for number in range(1, 6)]
        assert store.bills.waiting(FIRM, asked) == {"bill_1", "bill_2"}
        assert store.bills.waiting(FIRM, ["bill_2"]) == {"bill_2"}
        assert store.bills.waiting("firm_2", asked) == frozenset()


class TestBillsById:
    def test_are_read_as_their_rows_say_without_those_that_there_are_not(self, store: Store) -> None:
        for number in range(120):
            store.bills.add(samples.bill(f"bill_{number}"), [])
        samples.issued(store, "bill_200")
        asked = [*(f"bill_{number}" for number in range(120)), "bill_200", "bill_none"]

        found = store.bills.summaries(FIRM, asked)

        assert set(found) == {*asked} - {"bill_none"}
        whole = store.bills.get(FIRM, "bill_200")
        assert (found["bill_200"].number, found["bill_200"].total) == (whole.number, whole.total)
        assert found["bill_200"].matter_ids == whole.content.matter_ids
        assert found["bill_0"].due_on == samples.content().due_on
        assert store.bills.summaries("firm_2", asked) == {}
        assert store.bills.summaries(FIRM, []) == {}


class TestAFile:
    def test_belongs_to_its_revision(self, store: Store) -> None:
        bill = samples.issued(store)
        store.bills.note_pdf(FIRM, "bill_1", revision=2, key="pdf/2")
        assert store.bills.get(FIRM, "bill_1").pdf_key == ""
        store.bills.note_pdf(FIRM, "bill_1", revision=1, key="pdf/1")
        store.bills.note_pdf(FIRM, "bill_gone", revision=1, key="pdf/1")
        assert store.bills.get(FIRM, "bill_1") == replace(bill, pdf_key="pdf/1")

    def test_is_forgotten_with_the_next_revision(self, store: Store) -> None:
        bill = samples.issued(store)
        store.bills.note_pdf(FIRM, "bill_1", revision=1, key="pdf/1")
        after = bills.changed(bill, samples.content(lines=(samples.line(60_000),)))
        change = accounts.revise(store.books.account(FIRM, CLIENT), after, entry_id="ent_2", at=NOW)
        store.books.commit(ClientChange(change.account, bills=(after,), figures=change.figures))
        assert store.bills.get(FIRM, "bill_1") == after


class TestATimeline:
    def test_is_in_the_order_of_time(self, store: Store) -> None:
        created = samples.event("evt_b", kind=EventKind.CREATED, details={"revision": "0"})
        store.bills.add(samples.bill(), [created])
        store.bills.record(FIRM, samples.event("evt_a", at=minutes(2)))
        store.bills.record(FIRM, samples.event("evt_c", at=minutes(1)))
        page = store.bills.timeline(FIRM, "bill_1", limit=9, cursor=None)
        assert [event.id for event in page.items] == ["evt_b", "evt_c", "evt_a"]
        assert page.items[0] == created

    def test_has_an_event_once_and_as_it_was_first(self, store: Store) -> None:
        store.bills.add(samples.bill(), [samples.event(actor="first")])
        store.bills.record(FIRM, samples.event(actor="second", at=minutes(3), details={"more": "1"}))
        (event,) = store.bills.timeline(FIRM, "bill_1", limit=9, cursor=None).items
        assert event == samples.event(actor="first")

    def test_comes_in_pages(self, store: Store) -> None:
        events = [samples.event(f"evt_{number}", at=minutes(number)) for number in range(5)]
        store.bills.add(samples.bill(), events)
        first = store.bills.timeline(FIRM, "bill_1", limit=3, cursor=None)
        second = store.bills.timeline(FIRM, "bill_1", limit=3, cursor=first.next_cursor)
        assert [*first.items, *second.items] == events
        assert second.next_cursor is None

    def test_of_no_bill_takes_no_view(self, store: Store) -> None:
        with pytest.raises(KeyError):
            store.bills.record_view(FIRM, samples.event(bill_id="bill_gone"))


def many_lines(count: int) -> tuple[BillLine, ...]:
    """Return lines that differ in every field that differs on real bills, words that compress badly."""
    return tuple(
        samples.line(
            30_000 + 3 * number,
            rate=usd(20_000 + 2 * number),
            on=date(2026, 1, 1 + number % 28),
            description=f"Conference with {hashlib.sha256(b'%d' % number).hexdigest()[:24]}, annex {number}",
        )
        for number in range(count)
    )


class TestALongBill:
    def test_of_twenty_thousand_lines_is_stored_whole(self, store: Store) -> None:
        draft = samples.bill(content=samples.content(lines=many_lines(20_000)))
        store.bills.add(draft, [])
        assert store.bills.get(FIRM, "bill_1") == draft

    def test_is_approved_and_changed(self, store: Store) -> None:
        lines = many_lines(MAX_LINES)
        draft = samples.bill(content=samples.content(lines=lines))
        store.bills.add(draft, [])
        bill = samples.approve(store, draft)
        after = bills.changed(bill, samples.content(lines=lines[1:]))
        change = accounts.revise(store.books.account(FIRM, CLIENT), after, entry_id="ent_2", at=NOW)
        store.books.commit(ClientChange(change.account, bills=(after,), figures=change.figures))
        assert store.bills.get(FIRM, "bill_1") == after
