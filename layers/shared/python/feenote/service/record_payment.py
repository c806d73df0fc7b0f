"""Record a payment that the firm itself received: by cheque, in cash, by wire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from feenote.domain import accounts, bill_figures, waiting_figures
from feenote.domain.accounts import AccountChange, ClientAccount
from feenote.domain.allocation import Allocation, spread_oldest_first
from feenote.domain.calendars import day_in
from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind
from feenote.domain.ledger import LedgerAccount
from feenote.domain.money import MAX_MINOR, Money
from feenote.domain.parts import MOST_PARTS, PartError, check_parts
from feenote.domain.payments import ONLINE, Payment, PaymentMethod
from feenote.domain.records import Client, Contact, EmailState
from feenote.service.credit_tasks import credit_tasks
from feenote.service.end_checkouts import end_checkouts
from feenote.service.errors import ConflictError, FieldError, RefusedError
from feenote.service.hand_over import hand_over
from feenote.service.ports import AlreadyBookedError, ClientChange, Ports
from feenote.service.project_figures import paid_events, room_for
from feenote.service.retrying import until_fresh

EARNED_FEES = "earned_fees"
"""The one purpose for which money may come into the operating account."""

KEY_REUSED = "This key recorded another payment before: make a new one."


@dataclass(frozen=True, slots=True)
class ManualPayment:
    """A payment as a person records it.

    `allocations` are what each bill takes of it, chosen by hand; None lets the oldest bills take it. The rest
    is the client's credit. The receipt goes to the contact, else to the client's primary contact.
    """

    client_id: str
    amount: Money
    method: PaymentMethod
    received_on: date
    reference: str = ""
    note: str = ""
    allocations: tuple[Allocation, ...] | None = None
    send_receipt: bool = True
    contact_id: str = ""
    purpose: str = EARNED_FEES


def record_payment(
    ports: Ports, *, firm_id: str, payment_id: str, request: ManualPayment, actor: str, now: datetime
) -> Payment:
    """Book a payment once, however often it comes; open Checkout sessions of its bills end first.

    Raises:
        RefusedError: naming the fields at fault.
        ConflictError: when a client has just paid one of the bills online, or the id is another payment's.
        ProcessorUnavailableError: when Stripe does not say what became of an open session.
    """
    firm = ports.records.get_firm(firm_id)
    client = _client(ports, firm_id, request)
    contact = _contact(ports, client, request)
    _check(request, today=day_in(firm.time_zone, now))
    # An address that takes no mail is as good as none.
    is_reached = contact is not None and contact.email_state is EmailState.OK
    address = contact.email if contact and is_reached and request.send_receipt else ""

    def attempt() -> tuple[Payment, tuple[Delivery, ...]]:
        account = ports.books.account(firm_id, request.client_id)
        recorded = _recorded(ports, firm_id, payment_id, request)
        if recorded is not None:
            return recorded, ()
        if account.credit_minor.get(request.amount.currency, 0) + request.amount.minor > MAX_MINOR:
            raise _refused("amount", "With this the client's money would be more than can be counted.")
        split = _split(account, request)
        account = end_checkouts(
            ports, account, bill_ids=[part.bill_id for part in split], now=now, spare_pending=True
        )
        change = accounts.receive(
            account,
            received=request.amount,
            split=split,
            all_unpaid=False,
            into=LedgerAccount.OPERATING_ACCOUNT,
            payment_id=payment_id,
            entry_id=ports.ids.new("ent"),
            at=now,
            on=request.received_on,
        )
        payment = replace(
            _payment(change, request, client, payment_id, now),
            contact_id=contact.id if contact else "",
            payer_email=address,
            recorded_by=actor,
        )
        deliveries = (_receipt(payment, now),) if address else ()
        ports.books.commit(_change(change, payment, deliveries, actor, now))
        ports.signals.count("PaymentRecorded")
        return payment, deliveries

    try:
        payment, deliveries = until_fresh(attempt)
    except AlreadyBookedError as error:
        # This client's account would have been stale: the id went to another client's payment just now.
        raise ConflictError(KEY_REUSED) from error
    hand_over(ports, deliveries)
    return payment


def _client(ports: Ports, firm_id: str, request: ManualPayment) -> Client:
    try:
        return ports.records.get_client(firm_id, request.client_id)
    except KeyError:
        raise _refused("client_id", "There is no such client.") from None


def _contact(ports: Ports, client: Client, request: ManualPayment) -> Contact | None:
    """Return who paid, as far as it is said, or who gets the receipt."""
    contact_id = request.contact_id or (client.primary_contact_id if request.send_receipt else "")
    if not contact_id:
        return None
    try:
        contact = ports.records.get_contact(client.firm_id, contact_id)
    except KeyError:
        raise _refused("contact_id", "There is no such contact.") from None
    if request.contact_id and client.id not in contact.client_ids:
        raise _refused("contact_id", "The contact is another client's.")
    return contact


def _check(request: ManualPayment, *, today: date) -> None:
    if request.purpose != EARNED_FEES:
        raise _refused(
            "purpose",
            "Only earned fees are taken into the operating account: money for trust, such as an advance or a "
            "retainer, has no account here.",
        )
    if request.method in ONLINE:
        raise _refused("method", "What is paid online is booked when Stripe reports it.")
    if request.amount.minor <= 0:
        raise _refused("amount", "An amount above zero is needed.")
    if request.received_on > today:
        raise _refused("received_on", f"This day is yet to come: today is {today.isoformat()}.")


def _recorded(ports: Ports, firm_id: str, payment_id: str, request: ManualPayment) -> Payment | None:
    """Return the payment that this very request made before, wherever its money is by now."""
    try:
        payment = ports.books.payment(firm_id, payment_id)
    except KeyError:
        return None
    said = (payment.client_id, payment.amount, payment.method, payment.received_on, payment.reference)
    if said != (request.client_id, request.amount, request.method, request.received_on, request.reference):
        raise ConflictError(KEY_REUSED)
    return payment


def _split(account: ClientAccount, request: ManualPayment) -> Sequence[Allocation]:
    if request.allocations is not None:
        try:
            check_parts(account, request.allocations, of=request.amount, facts={})
        except PartError as error:
            raise refused_part(error) from error
        return request.allocations
    owing = (
        # What is on its way is left to the money that brings it.
        replace(bill, paid_minor=bill.paid_minor + account.pending_minor(bill.bill_id))
        for bill in account.open_bills.values()
        if not bill.is_disputed
    )
    split = spread_oldest_first(request.amount, owing).allocations
    if len(split) > MOST_PARTS:
        raise _refused(
            "amount",
            f"This would pay {len(split)} bills; one payment can be on {MOST_PARTS}: record it in parts.",
        )
    return split


def refused_part(error: PartError) -> RefusedError:
    """Return the refusal that names the part of the allocations that is wrong."""
    return RefusedError(
        "The payment cannot be allocated like this.",
        [FieldError(f"allocations[{error.position}].{error.field}", str(error))],
    )


def _payment(
    change: AccountChange, request: ManualPayment, client: Client, payment_id: str, now: datetime
) -> Payment:
    if change.spread is None or change.entry is None:
        raise ValueError("A payment is spread and booked.")
    return Payment(
        id=payment_id,
        firm_id=client.firm_id,
        client_id=client.id,
        method=request.method,
        amount=request.amount,
        allocations=change.spread.allocations,
        client_credit=change.spread.client_credit,
        received_on=request.received_on,
        created_at=now,
        receipt_number=accounts.receipt_number(client.number, change.account),
        reference=request.reference,
        note=request.note,
        entry_id=change.entry.id,
    )


def _receipt(payment: Payment, now: datetime) -> Delivery:
    return Delivery(
        # Made from what it is for, so that one payment has one.
        id=f"dlv_{MessageKind.RECEIPT.value}_{payment.id}",
        firm_id=payment.firm_id,
        client_id=payment.client_id,
        kind=MessageKind.RECEIPT,
        state=DeliveryState.QUEUED,
        to_address=payment.payer_email,
        created_at=now,
        state_since_at=now,
        contact_id=payment.contact_id,
        bill_id=payment.allocations[0].bill_id if payment.allocations else "",
        payment_id=payment.id,
        sender=payment.recorded_by,
    )


def _change(
    change: AccountChange, payment: Payment, deliveries: tuple[Delivery, ...], actor: str, now: datetime
) -> ClientChange:
    shown = bill_figures.acknowledged(change.figures, payment)
    account, figures = waiting_figures.place_figures(change.account, shown, room=room_for(shown))
    return ClientChange(
        account,
        entries=(change.entry,) if change.entry else (),
        figures=figures,
        payment=payment,
        deliveries=deliveries,
        tasks=credit_tasks(
            None,
            payment,
            what="More was received than the bills took; the rest is the client's credit.",
            actor=actor,
            now=now,
        ),
        events=paid_events(figures, now, by={payment.id: actor}),
    )


def _refused(field: str, message: str) -> RefusedError:
    return RefusedError(message, [FieldError(field, message)])
