"""What a message is made from, read in one call; in a second what only the first one names."""

from __future__ import annotations

from collections.abc import Mapping

from feenote.adapters.dynamodb import items, keys, template_defaults
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.keys import Key
from feenote.adapters.dynamodb.table import Table
from feenote.adapters.dynamodb.template_defaults import Defaults
from feenote.adapters.dynamodb.templates import wording_of
from feenote.adapters.dynamodb.together import Together, Wanted, read_together
from feenote.domain import bill_figures
from feenote.domain.bills import BillSummary
from feenote.domain.deliveries import Delivery
from feenote.domain.payments import Payment
from feenote.domain.records import Contact, Matter
from feenote.domain.refunds import Refund
from feenote.domain.shown_bills import listed_bills, matters_of
from feenote.domain.templates import (
    Template,
    TemplateSlot,
    Wording,
    finds_default,
    languages_of,
    wording_in,
)
from feenote.service.ports import MailContext, MailJob


def read_context(table: Table, job: MailJob) -> MailContext:
    """Read what a message is made from, in one call where the job names the bill's matters.

    A second call is made for what only the first one names: a default template, the other recipients, the
    other bills of a receipt's payment.

    Raises:
        KeyError: when a record that the message cannot do without is gone.
    """
    delivery_key = keys.delivery(job.firm_id, job.delivery_id)
    payment_key = keys.payment(job.firm_id, job.payment_id) if job.payment_id else None
    found = read_together(
        table,
        Wanted(
            job.firm_id,
            job.client_id,
            job.contact_id,
            job.bill_id,
            job.matter_ids,
            (
                delivery_key,
                *((payment_key,) if payment_key else ()),
                *_word_keys(job),
                *_balance_matter_keys(job),
            ),
        ),
    )
    delivery = items.from_item(Delivery, found.others[delivery_key])
    payment = items.from_item(Payment, found.others[payment_key]) if payment_key else None
    template_key = _default_key(job, found.others)
    bill_keys = _bill_keys(payment, job.bill_id) if payment else ()
    contact_keys = _contact_keys(delivery)
    refund_key = (
        keys.refund(job.firm_id, payment.id, delivery.refund_id) if payment and delivery.refund_id else None
    )
    named = table.get_many(
        (
            *((template_key,) if template_key else ()),
            *contact_keys,
            *bill_keys,
            *((refund_key,) if refund_key else ()),
        )
    )
    return MailContext(
        delivery=delivery,
        firm=found.firm,
        client=found.client,
        contact=found.contact,
        bill=found.bill,
        matters=found.matters if job.bill_id else _balance_matters(job, delivery, found),
        account=found.account,
        payment=payment,
        paid_bills=_paid_bills(bill_keys, named, found),
        wording=_wording(job, found, named.get(template_key) if template_key else None),
        others=tuple(items.from_item(Contact, named[key]) for key in contact_keys if key in named),
        refund=items.from_item(Refund, named[refund_key]) if refund_key in named else None,
    )


def _balance_matter_keys(job: MailJob) -> tuple[Key, ...]:
    """Return the keys of the matters that a message without a bill of its own may show."""
    if job.bill_id or job.visibility is None:
        return ()
    return tuple(keys.matter(job.firm_id, matter_id) for matter_id in job.visibility.matter_ids)


def _balance_matters(job: MailJob, delivery: Delivery, found: Together) -> tuple[Matter, ...]:
    """Return the matters of the open bills that the message lists."""
    shown = set(matters_of(listed_bills(found.account, delivery)))
    return tuple(
        items.from_item(Matter, found.others[key])
        for key in _balance_matter_keys(job)
        if key in found.others and found.others[key]["id"] in shown
    )


def _word_keys(job: MailJob) -> tuple[Key, ...]:
    """Return the keys of what the first call tells of the message's words."""
    if job.wording_id:
        return (keys.wording(job.firm_id, job.wording_id),)
    if not finds_default(job.kind):
        return ()
    return tuple(keys.template_defaults(job.firm_id, client_id) for client_id in (job.client_id, ""))


def _default_key(job: MailJob, found: Mapping[Key, Item]) -> Key | None:
    """Return the key of the template whose words the message has, where it finds a default."""
    if job.wording_id or not finds_default(job.kind):
        return None
    rows = {
        (job.firm_id, client_id): items.from_item(
            Defaults, found.get(keys.template_defaults(job.firm_id, client_id), {})
        )
        for client_id in (job.client_id, "")
    }
    slot = TemplateSlot(job.kind, job.client_id)
    template_id = template_defaults.named(rows, job.firm_id, [slot]).get(slot)
    return keys.template(job.firm_id, template_id) if template_id else None


def _wording(job: MailJob, found: Together, template_item: Item | None) -> Wording | None:
    """Return the words; what was deleted meanwhile, or serves another kind now, leaves the shipped ones."""
    if job.wording_id:
        kept = found.others.get(keys.wording(job.firm_id, job.wording_id))
        return wording_of(kept) if kept else None
    if template_item is None or template_item["kind"] != job.kind.value:
        return None
    template = items.from_item(Template, template_item)
    return wording_in(template, languages_of(found.firm, found.client, found.contact))


def _contact_keys(delivery: Delivery) -> tuple[Key, ...]:
    return tuple(
        keys.contact(delivery.firm_id, other.contact_id) for other in delivery.also_to if other.contact_id
    )


def _bill_keys(payment: Payment, known_id: str) -> tuple[Key, ...]:
    return tuple(
        keys.bill(payment.firm_id, part.bill_id) for part in payment.allocations if part.bill_id != known_id
    )


def _paid_bills(
    bill_keys: tuple[Key, ...], rows: Mapping[Key, Item], found: Together
) -> tuple[BillSummary, ...]:
    summaries = (items.summary_of(rows[key]) for key in bill_keys if key in rows)
    return tuple(bill_figures.laid_over_summary(bill, found.account.figures(bill.id)) for bill in summaries)
