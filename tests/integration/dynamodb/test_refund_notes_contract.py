"""What the store tells of refunds: to the note that a client gets, and to who asks about one of Stripe's."""

from __future__ import annotations

from dataclasses import replace

from feenote.domain.deliveries import MessageKind
from feenote.service.ports import Booked
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import CLIENT, FIRM
from tests.integration.dynamodb.stores import Store
from tests.integration.dynamodb.test_moved_money_contract import beside, dispute, paid, refund


class TestTheNoteOfARefund:
    def test_has_the_refund_that_it_tells_of(self, store: Store) -> None:
        samples.records(store)
        paid(store, "bill_1")
        beside(store, refunds=(refund("ref_1"), refund("ref_2")))
        message = samples.delivery(kind=MessageKind.REFUND, payment_id="pay_1", refund_id="ref_2")
        store.deliveries.add(message)

        context = store.deliveries.context(samples.job(message))

        assert context.refund == refund("ref_2")
        assert context.delivery == message

    def test_of_a_payment_alone_has_none(self, store: Store) -> None:
        samples.records(store)
        paid(store, "bill_1")
        beside(store, refunds=(refund("ref_1"),))
        message = samples.delivery(kind=MessageKind.RECEIPT, payment_id="pay_1")
        store.deliveries.add(message)

        assert store.deliveries.context(samples.job(message)).refund is None

    def test_without_a_bill_is_about_the_clients_credit(self, store: Store) -> None:
        samples.records(store)
        paid(store, "bill_1", more=500)
        beside(store, refunds=(refund("ref_1"),))
        message = samples.delivery(kind=MessageKind.REFUND, bill_id="", payment_id="pay_1", refund_id="ref_1")
        store.deliveries.add(message)

        context = store.deliveries.context(samples.job(message))

        assert (context.bill, context.refund) == (None, refund("ref_1"))


class TestAMarker:
    def test_of_a_refund_that_moved_no_payment_says_which_it_was(self, store: Store) -> None:
        paid(store, "bill_1")

        beside(store, marker="re_1", refunds=(replace(refund("ref_1"), processor_id="re_1"),))

        assert store.books.booked(FIRM, "re_1") == Booked(CLIENT, "pay_1", "ref_1")

    def test_of_a_dispute_says_whose_payment_it_is_about(self, store: Store) -> None:
        paid(store, "bill_1")

        beside(store, marker="dp_1", disputes=(dispute("dp_1"),))

        assert store.books.booked(FIRM, "dp_1") == Booked(CLIENT, "pay_1")
