"""What keeps messages promises: each goes out once, and what became of it is never lost."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from feenote.domain.bills import BillState
from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind, Notice
from feenote.domain.events import EventKind
from feenote.service.ports import BadCursorError, BillQuery, NotClaimedError
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import FIRM, minutes
from tests.integration.dynamodb.stores import NOW, Store


def claimed(store: Store, delivery: Delivery | None = None) -> Delivery:
    """Store a bill and its message, and claim the message with a link."""
    if not store.bills.search(FIRM, awaiting_payment()).items:
        samples.issued(store)
    message = delivery or samples.delivery()
    store.deliveries.add(message)
    link = samples.link(f"lnk_{message.id}", delivery_id=message.id)
    store.deliveries.claim(samples.job(message), link, at=minutes(1))
    return store.deliveries.get(FIRM, message.id)


def awaiting_payment() -> BillQuery:
    return BillQuery(state=BillState.AWAITING_PAYMENT)


class TestAMessage:
    def test_is_read_as_it_was_stored(self, store: Store) -> None:
        message = samples.delivery(send_id="snd_1", payment_id="pay_1", accept_all_unpaid=True, revision=2)
        store.deliveries.add(message)
        assert store.deliveries.get(FIRM, "dlv_1") == message
        for firm_id, delivery_id in (("firm_2", "dlv_1"), (FIRM, "dlv_2")):
            with pytest.raises(KeyError):
                store.deliveries.get(firm_id, delivery_id)

    def test_is_added_once(self, store: Store) -> None:
        claimed(store)
        store.deliveries.add(samples.delivery())
        assert store.deliveries.get(FIRM, "dlv_1").state is DeliveryState.SENDING

    def test_is_listed_with_its_bill_latest_first(self, store: Store) -> None:
        for number in range(3):
            store.deliveries.add(samples.delivery(f"dlv_{number}", created_at=minutes(number)))
        store.deliveries.add(samples.delivery("dlv_9", bill_id=""))
        found = store.deliveries.of_bill(FIRM, "bill_1")
        assert [each.id for each in found] == ["dlv_2", "dlv_1", "dlv_0"]
        assert store.deliveries.of_bill("firm_2", "bill_1") == ()

    def test_is_listed_by_its_state_latest_first(self, store: Store) -> None:
        for number in range(3):
            store.deliveries.add(samples.delivery(f"dlv_{number}", state_since_at=minutes(number)))
        store.deliveries.claim(samples.job(samples.delivery("dlv_1")), None, at=minutes(5))
        queued = DeliveryState.QUEUED
        first = store.deliveries.list_by_state(FIRM, queued, limit=1, cursor=None)
        rest = store.deliveries.list_by_state(FIRM, queued, limit=5, cursor=first.next_cursor)
        assert [each.id for each in (*first.items, *rest.items)] == ["dlv_2", "dlv_0"]
        sending = store.deliveries.list_by_state(FIRM, DeliveryState.SENDING, limit=5, cursor=None)
        assert [each.id for each in sending.items] == ["dlv_1"]
        with pytest.raises(BadCursorError):
            store.deliveries.list_by_state("firm_2", queued, limit=1, cursor=first.next_cursor)


class TestAClaim:
    def test_takes_the_message_and_stores_its_link(self, store: Store) -> None:
        message = claimed(store)
        assert (message.state, message.attempts, message.link_id) == (
            DeliveryState.SENDING,
            1,
            "lnk_dlv_1",
        )
        assert message.state_since_at == minutes(1)
        assert store.links.get(FIRM, "lnk_dlv_1").delivery_id == "dlv_1"

    def test_is_one_workers(self, store: Store) -> None:
        claimed(store)
        second = samples.link("lnk_2")
        with pytest.raises(NotClaimedError):
            store.deliveries.claim(samples.job(samples.delivery()), second, at=minutes(2))
        assert store.links.find(second.token_hash) is None

    def test_is_one_workers_when_two_take_it_at_once(self, store: Store) -> None:
        store.deliveries.add(samples.delivery())
        gate, won = threading.Barrier(4), []

        def take(number: int) -> None:
            link = samples.link(f"lnk_{number}")
            gate.wait()
            try:
                store.deliveries.claim(samples.job(samples.delivery()), link, at=minutes(1))
            except NotClaimedError:
                return
            won.append(link.id)

        threads = [threading.Thread(target=take, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1
        assert store.deliveries.get(FIRM, "dlv_1").link_id == won[0]

    def test_of_no_message_is_none(self, store: Store) -> None:
        with pytest.raises(NotClaimedError):
            store.deliveries.claim(samples.job(samples.delivery()), None, at=NOW)

    def test_is_given_back_and_its_link_dropped(self, store: Store) -> None:
        message = claimed(store)
        store.deliveries.give_back(message, reason="throttled", at=minutes(2))
        again = store.deliveries.get(FIRM, "dlv_1")
        assert (again.state, again.reason, again.attempts, again.link_id) == (
            DeliveryState.QUEUED,
            "throttled",
            1,
            "",
        )
        assert store.links.of_bill(FIRM, "bill_1") == ()
        store.deliveries.claim(samples.job(message), samples.link("lnk_2"), at=minutes(3))
        assert store.deliveries.get(FIRM, "dlv_1").attempts == 2

    def test_that_was_answered_is_not_given_back(self, store: Store) -> None:
        message = claimed(store)
        store.deliveries.accepted(message, message_id="ses_1", at=minutes(2), event=None)
        store.deliveries.give_back(message, reason="throttled", at=minutes(3))
        assert store.deliveries.get(FIRM, "dlv_1").state is DeliveryState.ACCEPTED
        assert store.links.get(FIRM, "lnk_dlv_1").delivery_id == "dlv_1"


class TestAContext:
    def test_has_all_that_a_message_is_made_from(self, store: Store) -> None:
        samples.records(store)
        bill = samples.issued(store)
        booking = samples.payment_of(store.books.account(FIRM, samples.CLIENT), 10_000, "bill_1")
        store.books.commit(booking)
        message = samples.delivery(payment_id="pay_1")
        store.deliveries.add(message)
        context = store.deliveries.context(samples.job(message))
        receipts = (samples.receipt(booking.payment, "bill_1"),)
        assert context.bill == replace(bill, paid_minor=10_000, receipts=receipts)
        assert (context.firm, context.client, context.contact) == (
            samples.firm(),
            samples.client(),
            samples.contact(),
        )
        assert context.matters == (samples.matter(),)
        assert context.account == store.books.account(FIRM, samples.CLIENT)
        assert (context.delivery, context.payment) == (message, store.books.payment(FIRM, "pay_1"))

    @pytest.mark.parametrize("room", [40, 1])
    def test_of_a_receipt_has_the_other_bills_that_were_paid(self, store: Store, room: int) -> None:
        samples.records(store)
        ids = ("bill_1", "bill_2", "bill_3")
        for bill_id in ids:
            samples.issued(store, bill_id)
        account = store.books.account(FIRM, samples.CLIENT)
        store.books.commit(samples.payment_of(account, 70_000, *ids, room=room))
        message = samples.delivery(payment_id="pay_1", kind=MessageKind.RECEIPT)
        store.deliveries.add(message)
        context = store.deliveries.context(samples.job(message))
        assert [(bill.id, bill.number, bill.balance_due.minor) for bill in context.paid_bills] == [
            ("bill_2", "00002", 0),
            ("bill_3", "00003", 20_000),
        ]

    def test_of_a_message_without_bill_and_contact_has_none(self, store: Store) -> None:
        samples.records(store)
        message = samples.delivery(bill_id="", contact_id="con_gone", kind=MessageKind.RECEIPT)
        store.deliveries.add(message)
        context = store.deliveries.context(samples.job(message))
        assert (context.bill, context.contact, context.payment, context.matters) == (None, None, None, ())

    @pytest.mark.parametrize("missing", ["delivery", "client", "bill", "payment"])
    def test_without_what_it_is_about_is_a_key_error(self, store: Store, missing: str) -> None:
        samples.records(store)
        samples.issued(store)
        message = samples.delivery()
        store.deliveries.add(message)
        job = samples.job(message)
        changed = {f"{missing}_id": "gone_1"}
        with pytest.raises(KeyError):
            store.deliveries.context(replace(job, **changed))  # type: ignore[arg-type]  # names are fields


class TestAnAcceptance:
    def test_sets_last_sent_once(self, store: Store) -> None:
        message = claimed(store)
        event = samples.event("evt_sent", kind=EventKind.SENT)
        for at in (2, 3):
            store.deliveries.accepted(message, message_id="ses_1", at=minutes(at), event=event)
        after = store.deliveries.get(FIRM, "dlv_1")
        assert (after.state, after.accepted_at, after.provider_message_id) == (
            DeliveryState.ACCEPTED,
            minutes(2),
            "ses_1",
        )
        stamps = store.bills.get(FIRM, "bill_1").stamps
        assert (stamps.last_sent_at, stamps.times_sent, stamps.delivery_state) == (minutes(2), 1, "accepted")
        assert [each.id for each in store.bills.timeline(FIRM, "bill_1", limit=5, cursor=None).items] == [
            "evt_sent"
        ]

    def test_comes_by_notice_where_the_answer_was_lost(self, store: Store) -> None:
        message = claimed(store)
        store.deliveries.noticed(
            message, Notice.DELIVERY, message_id="ses_1", at=minutes(2), event=None, task=None
        )
        store.deliveries.accepted(message, message_id="ses_1", at=minutes(3), event=None)
        after = store.deliveries.get(FIRM, "dlv_1")
        assert (after.state, after.accepted_at, after.provider_message_id) == (
            DeliveryState.DELIVERED,
            minutes(2),
            "ses_1",
        )
        stamps = store.bills.get(FIRM, "bill_1").stamps
        assert (stamps.times_sent, stamps.last_delivered_at) == (1, minutes(2))

    def test_keeps_the_revision_that_went_out(self, store: Store) -> None:
        message = claimed(store, samples.delivery(revision=1))
        went_out = replace(message, revision=2)
        store.deliveries.accepted(went_out, message_id="ses_1", at=minutes(2), event=None)
        assert store.deliveries.get(FIRM, "dlv_1").revision == 2
        store.deliveries.noticed(
            message, Notice.DELIVERY, message_id="ses_1", at=minutes(3), event=None, task=None
        )
        after = store.deliveries.get(FIRM, "dlv_1")
        assert (after.state, after.revision) == (DeliveryState.DELIVERED, 2)

    def test_keeps_the_revision_that_went_out_where_a_notice_came_first(self, store: Store) -> None:
        message = claimed(store, samples.delivery(revision=1))
        store.deliveries.noticed(
            message, Notice.DELIVERY, message_id="ses_1", at=minutes(2), event=None, task=None
        )
        went_out = replace(message, revision=2)
        store.deliveries.accepted(went_out, message_id="ses_1", at=minutes(3), event=None)
        after = store.deliveries.get(FIRM, "dlv_1")
        assert (after.state, after.revision, after.accepted_at) == (DeliveryState.DELIVERED, 2, minutes(2))

    def test_counts_each_message_of_the_bill(self, store: Store) -> None:
        for number in range(2):
            message = claimed(store, samples.delivery(f"dlv_{number}"))
            store.deliveries.accepted(message, message_id="", at=minutes(number), event=None)
        assert store.bills.get(FIRM, "bill_1").stamps.times_sent == 2

    def test_of_a_receipt_is_no_send_of_the_bill(self, store: Store) -> None:
        message = claimed(store, samples.delivery(kind=MessageKind.RECEIPT))
        store.deliveries.accepted(message, message_id="", at=minutes(2), event=None)
        assert store.bills.get(FIRM, "bill_1").stamps.times_sent == 0

    def test_after_a_rejection_keeps_both(self, store: Store) -> None:
        message = claimed(store)
        store.deliveries.noticed(
            message, Notice.REJECT, message_id="ses_1", at=minutes(2), event=None, task=None
        )
        store.deliveries.accepted(message, message_id="ses_1", at=minutes(3), event=None)
        after = store.deliveries.get(FIRM, "dlv_1")
        assert (after.state, after.state_since_at, after.accepted_at) == (
            DeliveryState.REFUSED,
            minutes(2),
            minutes(3),
        )

    def test_of_a_bill_that_is_not_there_is_kept(self, store: Store) -> None:
        message = samples.delivery(bill_id="bill_gone")
        store.deliveries.add(message)
        store.deliveries.claim(samples.job(message), None, at=minutes(1))
        store.deliveries.accepted(message, message_id="ses_1", at=minutes(2), event=None)
        assert store.deliveries.get(FIRM, "dlv_1").state is DeliveryState.ACCEPTED


class TestANotice:
    def test_never_takes_a_message_back_to_what_is_less_sure(self, store: Store) -> None:
        message = claimed(store)
        for notice in (Notice.HARD_BOUNCE, Notice.DELIVERY, Notice.DELAY, Notice.SEND):
            store.deliveries.noticed(
                message, notice, message_id="ses_1", at=minutes(2), event=None, task=None
            )
        assert store.deliveries.get(FIRM, "dlv_1").state is DeliveryState.BOUNCED
        assert store.bills.get(FIRM, "bill_1").stamps.delivery_state == "bounced"

    def test_told_again_adds_nothing(self, store: Store) -> None:
        message = claimed(store)
        for number in range(2):
            store.deliveries.noticed(
                message,
                Notice.HARD_BOUNCE,
                message_id="ses_1",
                at=minutes(2 + number),
                event=samples.event(f"evt_{number}"),
                task=samples.task(f"tsk_{number}"),
            )
        tasks = store.tasks.list_open(FIRM, limit=5, cursor=None).items
        assert [task.id for task in tasks] == ["tsk_0"]
        events = store.bills.timeline(FIRM, "bill_1", limit=5, cursor=None).items
        assert [event.id for event in events] == ["evt_0"]
        assert store.deliveries.get(FIRM, "dlv_1").state_since_at == minutes(2)

    def test_of_what_was_never_stored_is_a_key_error(self, store: Store) -> None:
        with pytest.raises(KeyError):
            store.deliveries.noticed(
                samples.delivery(), Notice.DELIVERY, message_id="", at=NOW, event=None, task=None
            )


class TestARefusal:
    def test_ends_the_message_with_its_reason(self, store: Store) -> None:
        message = claimed(store)
        told = replace(message, reason="No such address.")
        store.deliveries.refused(told, reason="No such address.", at=minutes(2), task=samples.task())
        after = store.deliveries.get(FIRM, "dlv_1")
        assert (after.state, after.reason, after.attempts) == (DeliveryState.REFUSED, "No such address.", 1)
        assert store.bills.get(FIRM, "bill_1").stamps.delivery_state == "refused"
        assert store.bills.get(FIRM, "bill_1").stamps.last_sent_at is None
        assert len(store.tasks.list_open(FIRM, limit=5, cursor=None).items) == 1

    def test_does_not_undo_a_delivery(self, store: Store) -> None:
        message = claimed(store)
        store.deliveries.noticed(
            message, Notice.DELIVERY, message_id="", at=minutes(2), event=None, task=None
        )
        store.deliveries.refused(message, reason="late", at=minutes(3), task=samples.task())
        assert store.deliveries.get(FIRM, "dlv_1").state is DeliveryState.DELIVERED
        assert store.tasks.list_open(FIRM, limit=5, cursor=None).items == ()


class TestTheSweep:
    def test_finds_what_waits_too_long_of_all_firms_oldest_first(self, store: Store) -> None:
        for number in range(12):
            firm_id = f"firm_{number % 3}"
            store.deliveries.add(
                samples.delivery(f"dlv_{number:02d}", firm_id=firm_id, state_since_at=minutes(number))
            )
        found = store.deliveries.overdue(DeliveryState.QUEUED, before=minutes(9), limit=5)
        assert [each.id for each in found] == [f"dlv_{number:02d}" for number in range(5)]
        all_found = store.deliveries.overdue(DeliveryState.QUEUED, before=minutes(9), limit=50)
        assert len(all_found) == 9
        assert store.deliveries.overdue(DeliveryState.SENDING, before=minutes(99), limit=5) == ()

    def test_loses_what_is_answered(self, store: Store) -> None:
        message = claimed(store)
        sending = DeliveryState.SENDING
        assert store.deliveries.overdue(sending, before=minutes(2), limit=5) == (message,)
        store.deliveries.accepted(message, message_id="", at=minutes(2), event=None)
        assert store.deliveries.overdue(sending, before=minutes(99), limit=5) == ()

    def test_ends_a_claim_without_an_answer_as_unknown(self, store: Store) -> None:
        message = claimed(store)
        for _ in range(2):
            store.deliveries.became_unknown(message, at=minutes(20), task=samples.task())
        assert store.deliveries.get(FIRM, "dlv_1").state is DeliveryState.UNKNOWN
        assert len(store.tasks.list_open(FIRM, limit=5, cursor=None).items) == 1
        assert store.bills.get(FIRM, "bill_1").stamps.delivery_state == "unknown"

    def test_leaves_what_was_answered_meanwhile(self, store: Store) -> None:
        message = claimed(store)
        store.deliveries.accepted(message, message_id="", at=minutes(2), event=None)
        store.deliveries.became_unknown(message, at=minutes(20), task=samples.task())
        assert store.deliveries.get(FIRM, "dlv_1").state is DeliveryState.ACCEPTED
        assert store.tasks.list_open(FIRM, limit=5, cursor=None).items == ()
