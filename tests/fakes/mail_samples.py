"""One of each mail that a client can get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from feenote.adapters.messages import JinjaMessageRenderer
from feenote.domain.accounts import ClientAccount
from feenote.domain.allocation import Allocation
from feenote.domain.bills import Bill, BillState
from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill, open_bill_of
from feenote.domain.records import Firm, PaymentAccount
from feenote.domain.visibility import Visibility
from feenote.service.ports import MailContext, MessageText
from tests.fakes.linked_samples import (
    CLIENT,
    CONTACT,
    FIRM,
    MATTER,
    NOW,
    OTHERS,
    TOKEN,
    make_bill,
    make_payment,
)

LINK_URL = f"https://bills.hartwell.example/l/{TOKEN}"
STOP_URL = f"{LINK_URL}/stop"
"""Where a reminder's readers end such mails."""


_OF_MONEY = frozenset({MessageKind.RECEIPT, MessageKind.REFUND, MessageKind.PAYMENT_FAILED})
"""These speak of no other bill than their own."""


def links_in(kind: MessageKind) -> set[str]:
    """Return where a mail with a link leads: to the page behind it, and a reminder to where it is stopped."""
    return {LINK_URL, STOP_URL} if kind is MessageKind.REMINDER else {LINK_URL}


def account_with(bill: Bill, *others: OpenBill) -> ClientAccount:
    """Return the account in which a bill, and others, are open."""
    opened = [open_bill_of(bill), *others] if bill.state is BillState.AWAITING_PAYMENT else list(others)
    return ClientAccount("firm_1", "cli_1", open_bills={one.bill_id: one for one in opened})


def mail_context(
    kind: MessageKind, *, bill: Bill | None = None, firm: Firm = FIRM, others: tuple[OpenBill, ...] = ()
) -> MailContext:
    bill = bill or make_bill()
    payment = None
    if kind in {MessageKind.RECEIPT, MessageKind.REFUND}:
        bill = replace(bill, state=BillState.PAID, paid_minor=bill.total.minor)
        payment = make_payment(bill.total, others=(Allocation("bill_2", Money(100_00, "GBP")),))
        others = (OTHERS[1],)
    delivery = Delivery(
        "dlv_1",
        "firm_1",
        "cli_1",
        kind,
        DeliveryState.SENDING,
        CONTACT.email,
        NOW,
        NOW,
        contact_id="con_1",
        bill_id=bill.id,
        accept_all_unpaid=bool(others),
        visibility=None if kind in _OF_MONEY else Visibility((MATTER.id,), without_matter=True),
    )
    account = account_with(bill, *others)
    if kind is MessageKind.REMINDER:
        return about(MailContext(delivery, firm, CLIENT, CONTACT, None, (MATTER,), account, None), account)
    return MailContext(delivery, firm, CLIENT, CONTACT, bill, (MATTER,), account, payment)


def about(reminder: MailContext, account: ClientAccount) -> MailContext:
    """Return a reminder that asks for all the open bills of an account."""
    delivery = replace(reminder.delivery, bill_id="", bill_ids=tuple(account.open_bills))
    return replace(reminder, delivery=delivery, bill=None, account=account)


def render(context: MailContext, *, attached: bool = False) -> MessageText:
    return JinjaMessageRenderer().render(context, link_url=LINK_URL, attached=attached, now=NOW)


def every_context() -> Mapping[str, MailContext]:
    """Return what each mail is made from, by name."""
    late = make_bill()
    late = replace(late, content=replace(late.content, due_on=date(2026, 11, 16)), revision=2)
    paid = replace(make_bill(), state=BillState.PAID, paid_minor=make_bill().total.minor)
    found = {kind.value: mail_context(kind) for kind in MessageKind}
    return found | {
        "bill_late": mail_context(MessageKind.BILL, bill=late, others=OTHERS),
        "bill_otherwise": mail_context(
            MessageKind.BILL, firm=replace(FIRM, payment_account=PaymentAccount.NONE)
        ),
        "bill_copy": mail_context(MessageKind.BILL, bill=paid),
    }


def every_mail() -> Mapping[str, MessageText]:
    """Return each mail, by name."""
    return {name: render(context, attached=name == "bill_copy") for name, context in every_context().items()}
