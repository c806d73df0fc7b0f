"""Which words a message goes out with, and who its other recipients are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.deliveries import DynamoDeliveries
from feenote.adapters.dynamodb.keys import Key
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.templates import DynamoTemplates
from feenote.domain.deliveries import Addressee, Delivery, MessageKind
from feenote.domain.templates import Template, TemplateSlot, Wording
from feenote.service.ports import MailContext, MailJob, StaleError
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import CLIENT, FIRM
from tests.integration.dynamodb.stores import DynamoStore, Store
from tests.integration.dynamodb.template_samples import default, made, stored

RECEIPT = MessageKind.RECEIPT
ENGLISH, FRENCH, GERMAN = (Wording(f"In {tag}", "Words", tag) for tag in ("en", "fr", "de"))
ANA, BEN, CID = (
    Addressee(f"con_{number}", f"{name}@meridian.example")
    for number, name in enumerate(("ana", "ben", "cid"), 1)
)


def job_for(store: Store, kind: MessageKind = RECEIPT, **changes: Any) -> MailJob:
    """Store the records and a message of a kind, and return its job."""
    samples.records(store)
    return job_of(store, samples.delivery(kind=kind, bill_id="", **changes))


def job_of(store: Store, message: Delivery) -> MailJob:
    """Store a message and return its job."""
    store.deliveries.add(message)
    return samples.job(message)


def words_of(template: Template) -> Wording:
    return template.wordings[0]


class TestAWording:
    def test_is_kept_once_by_its_words(self, store: Store) -> None:
        wording = Wording("Bill {bill_number}", "Sehr geehrte Frau Sørensen,\n\n" + "ÄÖ€ " * 5_000, "de")
        for _ in range(2):
            store.templates.keep_wording(FIRM, wording)
        store.templates.keep_wording(FIRM, replace(wording, language="fr"))
        assert store.templates.wording(FIRM, wording.id) == wording

    def test_of_another_firm_or_none_is_a_key_error(self, store: Store) -> None:
        wording = Wording("Subject", "Body")
        store.templates.keep_wording(FIRM, wording)
        for firm_id, wording_id in (("firm_2", wording.id), (FIRM, "wrd_gone")):
            with pytest.raises(KeyError):
                store.templates.wording(firm_id, wording_id)


class TestTheWordsOfAMessage:
    @pytest.mark.parametrize("kind", MessageKind)
    def test_are_those_that_it_was_asked_for_with(self, store: Store, kind: MessageKind) -> None:
        made(store, default(kind=kind))
        store.templates.keep_wording(FIRM, GERMAN)
        job = job_for(store, kind, wording_id=GERMAN.id)
        assert store.deliveries.context(job).wording == GERMAN

    @pytest.mark.parametrize("kind", [MessageKind.BILL, MessageKind.BALANCE])
    def test_are_the_shipped_ones_where_the_send_decided_so(self, store: Store, kind: MessageKind) -> None:
        made(store, default(kind=kind))
        assert store.deliveries.context(job_for(store, kind)).wording is None

    def test_are_the_shipped_ones_where_the_named_ones_are_gone(self, store: Store) -> None:
        made(store, default(kind=RECEIPT))
        job = job_for(store, wording_id="wrd_gone")
        assert store.deliveries.context(job).wording is None

    @pytest.mark.parametrize(
        "kind", [RECEIPT, MessageKind.PAYMENT_FAILED, MessageKind.REFUND, MessageKind.LINK_RENEWED]
    )
    def test_are_the_default_of_its_kind_where_nobody_asked_for_it(
        self, store: Store, kind: MessageKind
    ) -> None:
        others = (other for other in MessageKind if other is not kind)
        for number, other in enumerate(others):
            made(store, default(f"tpl_{number}", kind=other, wordings=(FRENCH,)))
        job = job_for(store, kind)
        assert store.deliveries.context(job).wording is None
        of_firm = made(store, default("tpl_f", kind=kind, wordings=(GERMAN,)))
        assert store.deliveries.context(job).wording == words_of(of_firm)
        of_client = made(store, default("tpl_c", kind=kind, client_id=CLIENT))
        assert store.deliveries.context(job).wording == words_of(of_client)
        made(store, default("tpl_d", kind=kind, client_id="cli_2", wordings=(FRENCH,)))
        assert store.deliveries.context(job).wording == words_of(of_client)
        store.templates.delete(of_client)
        assert store.deliveries.context(job).wording == words_of(of_firm)
        stored(store, of_firm, is_default=False)
        assert store.deliveries.context(job).wording is None

    def test_are_in_the_language_of_its_reader(self, store: Store) -> None:
        made(store, default(kind=RECEIPT, wordings=(GERMAN, ENGLISH, FRENCH)))
        job = job_for(store)
        assert store.deliveries.context(job).wording == ENGLISH
        store.records.put_client(samples.client(language="fr-CA", version=2))
        assert store.deliveries.context(job).wording == FRENCH
        store.records.put_contact(samples.contact(language="de", version=2))
        assert store.deliveries.context(job).wording == GERMAN
        assert store.deliveries.context(replace(job, contact_id="con_gone")).wording == FRENCH


class TestTheOtherRecipients:
    def test_are_read_in_the_order_of_the_message(self, store: Store) -> None:
        ben, cid = samples.contact("con_2", first_name="Ben"), samples.contact("con_3", first_name="Cid")
        for contact in (ben, cid):
            store.records.put_contact(contact)
        context = self.context(store, CID, BEN)
        assert context.contact == samples.contact()
        assert context.others == (cid, ben)

    def test_are_left_out_where_they_are_gone(self, store: Store) -> None:
        ben = samples.contact("con_2", first_name="Ben")
        store.records.put_contact(ben)
        assert self.context(store, CID, Addressee("", "desk@meridian.example"), BEN).others == (ben,)

    def test_are_none_where_it_goes_to_one(self, store: Store) -> None:
        assert self.context(store).others == ()

    def context(self, store: Store, *also_to: Addressee) -> MailContext:
        return store.deliveries.context(job_for(store, MessageKind.BILL, also_to=also_to))


class TestTheCalls:
    """For the words and the people of a message, counted."""

    @pytest.mark.parametrize(
        ("kind", "wording_id"),
        [(MessageKind.BILL, ""), (MessageKind.BILL, GERMAN.id), (RECEIPT, ""), (RECEIPT, GERMAN.id)],
    )
    def test_are_one_where_the_words_are_kept_or_shipped(
        self, dynamo: DynamoStore, kind: MessageKind, wording_id: str
    ) -> None:
        dynamo.store.templates.keep_wording(FIRM, GERMAN)
        samples.issued(dynamo.store)
        message = samples.delivery(kind=kind, wording_id=wording_id, matter_ids=("mat_1",))
        assert self.for_context(dynamo, message) == 1

    def test_are_two_for_a_default_the_others_and_the_other_bills_together(self, dynamo: DynamoStore) -> None:
        store = dynamo.store
        for bill_id in ("bill_1", "bill_2"):
            samples.issued(store, bill_id)
        store.books.commit(samples.payment_of(store.books.account(FIRM, CLIENT), 60_000, "bill_1", "bill_2"))
        made(store, default(kind=RECEIPT))
        store.records.put_contact(samples.contact("con_2"))
        message = samples.delivery(kind=RECEIPT, payment_id="pay_1", also_to=(BEN,), matter_ids=("mat_1",))
        assert self.for_context(dynamo, message) == 2

    def test_are_two_for_a_default_and_three_for_those_of_a_hundred_clients(
        self, dynamo: DynamoStore
    ) -> None:
        made(dynamo.store, default(client_id=CLIENT))
        before = dynamo.calls()
        dynamo.store.templates.default_for(FIRM, TemplateSlot(MessageKind.BILL, CLIENT, "gentle"))
        assert dynamo.calls() - before == 2
        before = dynamo.calls()
        many = [f"cli_{number}" for number in range(1, 101)]
        dynamo.store.templates.defaults_for(FIRM, MessageKind.BILL, many)
        assert dynamo.calls() - before == 3

    def for_context(self, dynamo: DynamoStore, message: Delivery) -> int:
        samples.records(dynamo.store)
        job = job_of(dynamo.store, message)
        before = dynamo.calls()
        dynamo.store.deliveries.context(job)
        return dynamo.calls() - before


class Interrupted(Table):
    """A table where something is written just after the first read of several items."""

    def __init__(self, dynamo: DynamoStore, *between: Callable[[], None]) -> None:
        super().__init__(dynamo.client, dynamo.table_name, sleep=lambda _: None)
        self._between = list(between)

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        found = super().get_many(keys)
        if self._between:
            self._between.pop(0)()
        return found


class TestADefaultThatChangesBetweenTwoReads:
    def test_is_read_again(self, dynamo: DynamoStore) -> None:
        of_client = made(dynamo.store, default("tpl_c", client_id=CLIENT))
        of_firm = made(dynamo.store, default("tpl_f"))
        table = Interrupted(dynamo, lambda: dynamo.store.templates.delete(of_client))
        found = DynamoTemplates(table).default_for(FIRM, TemplateSlot(MessageKind.BILL, CLIENT))
        assert found == of_firm

    def test_is_left_out_of_a_message_where_it_was_deleted(self, dynamo: DynamoStore) -> None:
        template, job = made(dynamo.store, default(kind=RECEIPT)), job_for(dynamo.store)
        table = Interrupted(dynamo, lambda: dynamo.store.templates.delete(template))
        assert DynamoDeliveries(table).context(job).wording is None

    def test_is_left_out_of_a_message_where_it_serves_another_kind_now(self, dynamo: DynamoStore) -> None:
        template, job = made(dynamo.store, default(kind=RECEIPT)), job_for(dynamo.store)

        def change() -> None:
            stored(dynamo.store, template, kind=MessageKind.BILL)

        assert DynamoDeliveries(Interrupted(dynamo, change)).context(job).wording is None

    def test_is_moved_over_what_others_moved_meanwhile(self, dynamo: DynamoStore) -> None:
        other = default("tpl_2", kind=RECEIPT)
        table = Interrupted(dynamo, lambda: dynamo.store.templates.put(other))
        DynamoTemplates(table).put(default("tpl_1"))
        for template in (default("tpl_1"), other):
            assert dynamo.store.templates.default_for(FIRM, template.slot) == template

    def test_is_stale_where_others_move_it_without_end(self, dynamo: DynamoStore) -> None:
        acts = [
            (lambda number=number: dynamo.store.templates.put(default(f"tpl_{number}", kind=RECEIPT)))
            for number in range(9)
        ]
        with pytest.raises(StaleError):
            DynamoTemplates(Interrupted(dynamo, *acts)).put(default("tpl_x"))
        with pytest.raises(KeyError):
            dynamo.store.templates.get(FIRM, "tpl_x")
