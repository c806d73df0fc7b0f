"""Deliver one message: claim it for good, call the provider once, mark the answer.

No answer leaves it `sending`: then only the provider's notice, or a person, may decide. Nothing here ever
sends a claimed message a second time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from feenote.domain import links
from feenote.domain.bills import BillError, BillState
from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind
from feenote.domain.events import BILL_VOIDED, BillEvent, EventKind, Task, TaskKind
from feenote.domain.links import LinkScope, SecureLink
from feenote.domain.shown_bills import asks_for_money, shown_bills
from feenote.service.compose_message import compose_message
from feenote.service.hand_over import hand_over
from feenote.service.mail_jobs import job_of
from feenote.service.ports import (
    MailContext,
    MailJob,
    MailOutcomeUnknownError,
    MailRefusedError,
    MailThrottledError,
    NotClaimedError,
    OutgoingMail,
    Ports,
    RenderError,
    StaleError,
    StoreUnavailableError,
)
from feenote.service.record_sent import record_sent, sent_event
from feenote.service.reminders.look_again import look_again

NO_ANSWER = "The store or the files did not answer."
NOTHING_LEFT = "Nothing was left to pay when the message was to go out."
NOT_REMINDED = "The reminder was not sent."


class DeliveryPutOffError(Exception):
    """The message is queued again: nothing was sent, and what was missing may be there next time."""


def deliver_message(ports: Ports, *, job: MailJob, now: datetime) -> DeliveryState | None:
    """Send the job's message if it is still queued; return its state, or None when it was not ours to send.

    What fails before the provider was called leaves the message queued again, or refused where it would
    fail for ever; only a call without an answer leaves it `sending`.

    Raises:
        MailThrottledError: the message is queued again; the queue brings it back later.
        DeliveryPutOffError: likewise, because the store or the files did not answer.
        StoreUnavailableError: not even that could be written down: what happens to the claim is the sweep's.
    """
    token = ports.tokens.new()
    link = _link(ports, job, token, now)
    try:
        ports.deliveries.claim(job, link, at=now)
    except NotClaimedError:
        ports.signals.info("delivery.not_claimed", delivery_id=job.delivery_id)
        return None
    prepared = _prepare(ports, job, token, now)
    return _send(ports, *prepared, now) if isinstance(prepared, tuple) else prepared


def _prepare(
    ports: Ports, job: MailJob, token: str, now: datetime
) -> tuple[MailContext, OutgoingMail] | DeliveryState:
    """Return what to send, or the state of a message that can never be sent."""
    try:
        context = ports.deliveries.context(job)
    except KeyError:
        gone = ports.deliveries.get(job.firm_id, job.delivery_id)
        return _refuse(ports, gone, "What the message is about is not there any more.", now)
    except StoreUnavailableError as error:
        _give_back(ports, ports.deliveries.get(job.firm_id, job.delivery_id), now)
        raise DeliveryPutOffError from error
    if job_of(context.delivery) != job:
        # Its chunk was prepared twice at once: the message as it is stored counts, not what the job says.
        _give_back(ports, context.delivery, now, reason="It was prepared twice at once.")
        hand_over(ports, [context.delivery])
        raise DeliveryPutOffError
    bill = context.bill
    is_over = bill is not None and bill.state in {BillState.VOID, BillState.DELETED}
    if is_over and context.delivery.kind is MessageKind.BILL:
        if event := _voided_event(context.delivery, now):
            # Before the refusal, after which nobody would come again to write it.
            ports.bills.record(job.firm_id, event)
        return _refuse(ports, context.delivery, "The bill was voided before the message went out.", now)
    if bill is not None:
        # The revision that goes out is the one that stands now, not the one of when it was asked for.
        context = replace(context, delivery=replace(context.delivery, revision=bill.revision))
    if context.delivery.kind is MessageKind.REMINDER:
        looked = _looked_again(ports, context, now)
        if isinstance(looked, DeliveryState):
            return looked
        context = looked
    if context.delivery.kind is MessageKind.BALANCE:
        # What was paid meanwhile is not asked for, nor told as sent.
        shown = shown_bills(context.account, context.delivery.visibility)
        if not asks_for_money(context.account, shown):
            return _refuse(ports, context.delivery, NOTHING_LEFT, now, is_news=False)
        bill_ids = tuple(open_bill.bill_id for open_bill in shown)
        context = replace(context, delivery=replace(context.delivery, bill_ids=bill_ids))
    try:
        composed = compose_message(ports, context, link_url=f"{ports.public_base_url}/l/{token}", now=now)
    except StoreUnavailableError as error:
        _give_back(ports, context.delivery, now)
        raise DeliveryPutOffError from error
    except (RenderError, BillError, KeyError):
        ports.signals.count("DeliveryNotRendered")
        return _refuse(ports, context.delivery, "The message or its PDF could not be made.", now)
    delivery = replace(context.delivery, attachment_left_out=composed.attachment_left_out)
    return replace(context, delivery=delivery), composed.mail


def _looked_again(ports: Ports, context: MailContext, now: datetime) -> MailContext | DeliveryState:
    """Return a reminder with what still stands of it, or the state of one of which nothing does."""
    delivery = context.delivery
    try:
        looked = look_again(ports, context, now)
        if isinstance(looked, MailContext):
            return looked
        # Before the refusal, after which nobody would come again to give back what the run took.
        ports.reminders.came_to_nothing(delivery, looked.reason, at=now)
    except (StoreUnavailableError, StaleError) as error:
        _give_back(ports, delivery, now)
        raise DeliveryPutOffError from error
    ports.signals.info("reminder.dropped", delivery_id=delivery.id, reason=looked.reason.value)
    return _refuse(ports, delivery, f"{NOT_REMINDED} {looked.text}", now, is_news=False)


def _give_back(ports: Ports, delivery: Delivery, now: datetime, *, reason: str = NO_ANSWER) -> None:
    ports.deliveries.give_back(delivery, reason=reason, at=now)
    ports.signals.count("DeliveryPutOff")


def _send(ports: Ports, context: MailContext, mail: OutgoingMail, now: datetime) -> DeliveryState:
    delivery = context.delivery
    try:
        message_id = ports.mailer.send(mail)
    except MailThrottledError:
        ports.deliveries.give_back(delivery, reason="The mail provider asked to wait.", at=now)
        ports.signals.count("DeliveryThrottled")
        raise
    except MailRefusedError as error:
        return _refuse(ports, delivery, f"The mail provider refused the message: {error}", now)
    except MailOutcomeUnknownError:
        ports.signals.count("DeliveryWithoutAnswer")
        ports.signals.info("delivery.without_answer", delivery_id=delivery.id)
        return DeliveryState.SENDING
    event = sent_event(delivery, now)
    # Before it is marked: after a crash between, the provider's notice comes while this is still to be done.
    record_sent(ports, delivery, now)
    ports.deliveries.accepted(delivery, message_id=message_id, at=now, event=event)
    ports.signals.count("DeliveryAccepted")
    ports.signals.info("delivery.accepted", delivery_id=delivery.id, bill_id=delivery.bill_id)
    return DeliveryState.ACCEPTED


def _voided_event(delivery: Delivery, at: datetime) -> BillEvent | None:
    """Return what the timeline says of a message that its bill's end kept back; once, like `sent_event`."""
    if not delivery.bill_id:
        return None
    details = {
        "delivery_id": delivery.id,
        "kind": delivery.kind.value,
        "contact_id": delivery.contact_id,
        "also_to": ", ".join(other.contact_id for other in delivery.also_to),
        "why": BILL_VOIDED,
    }
    details = {name: value for name, value in details.items() if value}
    event_id = delivery.id.replace("dlv_", "evt_kept_back_")
    return BillEvent(event_id, delivery.bill_id, at, EventKind.NOT_DELIVERED, "feenote", details)


def _link(ports: Ports, job: MailJob, token: str, now: datetime) -> SecureLink | None:
    token_hash = links.hash_token(token)
    # Without a bill of its own a link leads to the balance, as far as its recipient may see it.
    opens_something = job.bill_id or job.visibility is not None
    if not opens_something or token_hash is None:
        return None
    return SecureLink(
        id=ports.ids.new("lnk"),
        token_hash=token_hash,
        firm_id=job.firm_id,
        client_id=job.client_id,
        scope=LinkScope.BILL if job.bill_id else LinkScope.BALANCE,
        created_at=now,
        expires_at=now + timedelta(days=job.link_days),
        bill_id=job.bill_id,
        contact_id=job.contact_id,
        delivery_id=job.delivery_id,
        accept_all_unpaid=job.accept_all_unpaid,
        matter_ids=job.matter_ids,
        visibility=job.visibility,
        is_of_reminder=job.kind is MessageKind.REMINDER,
    )


def _refuse(
    ports: Ports, delivery: Delivery, reason: str, now: datetime, *, is_news: bool = True
) -> DeliveryState:
    """End a message; what is no news asks nobody to do anything."""
    task = Task(
        id=delivery.id.replace("dlv_", "tsk_"),
        firm_id=delivery.firm_id,
        kind=TaskKind.NOT_DELIVERED,
        created_at=now,
        what=reason,
        to_do="Check the bill and the address, then send it again.",
        client_id=delivery.client_id,
        bill_id=delivery.bill_id,
        delivery_id=delivery.id,
    )
    told = task if is_news else None
    ports.deliveries.refused(replace(delivery, reason=reason), reason=reason, at=now, task=told)
    ports.signals.count("DeliveryRefused")
    return DeliveryState.REFUSED
