"""The firm that is measured: its records, and bills of a usual length."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from benchmarks.office import NOW, STRIPE_ACCOUNT, Office
from feenote.domain.bills import Bill, BillContent, BillLine, LineKind
from feenote.domain.deliveries import MessageKind
from feenote.domain.money import Money
from feenote.domain.records import Attorney, BillRecipient, Client, Contact, Firm, Matter, PaymentAccount
from feenote.domain.what_is_due import Choice
from feenote.service.approve_bill import approve_bill
from feenote.service.create_bill import create_bill
from feenote.service.deliver_message import deliver_message
from feenote.service.open_link import open_link
from feenote.service.send_bills import send_bills
from feenote.service.send_request import SendRequest
from feenote.service.start_payment import PayRequest, request_shown

FIRM = "firm_1"
LINES = 12
_WORK = (
    "Review and analyse documents produced by the defendant; prepare privilege log entries",
    "Telephone conference with opposing counsel regarding the discovery schedule",
    "Draft and revise answer to second amended complaint",
)


def firm(firm_id: str = FIRM) -> Firm:
    """Return a firm that is paid online."""
    return Firm(
        firm_id,
        "Whitcombe & Hale LLP",
        address=("1200 Harbor Street", "Suite 410", "Portland, ME 04101"),
        email="billing@firm.example",
        payment_account=PaymentAccount.CONNECTED,
        stripe_account_id=STRIPE_ACCOUNT,
        version=1,
    )


def engage(office: Office, name: str) -> str:
    """Store a client with a contact and a matter, and the firm where it is missing; return its id."""
    records = office.records
    try:
        records.get_firm(FIRM)
    except KeyError:
        records.put_firm(firm())
    client_id, contact_id = f"cli_{name}", f"con_{name}"
    records.put_client(
        Client(client_id, FIRM, name, f"{name.title()} Marine Ltd", primary_contact_id=contact_id, version=1)
    )
    records.put_contact(
        Contact(
            contact_id,
            FIRM,
            (client_id,),
            first_name="Dana",
            last_name=name.title(),
            email=f"{name}@client.example",
            version=1,
        )
    )
    records.put_matter(
        Matter(
            f"mat_{name}",
            FIRM,
            client_id,
            "1001",
            "Northgate v. Castellan Shipping",
            responsible_attorney=Attorney("June Park", "june@firm.example"),
            recipients=(BillRecipient(contact_id),),
            version=1,
        )
    )
    return client_id


def content(client_id: str, *, lines: int = LINES) -> BillContent:
    """Return what stands on a bill: time at a rate, line by line."""
    matter_id = client_id.replace("cli_", "mat_")
    made = tuple(
        BillLine(
            LineKind.FEE,
            Money(30_000, "USD"),
            _WORK[number % len(_WORK)],
            date(2026, 10, 1 + number % 28),
            matter_id,
            "JP",
            units=Decimal("1.5"),
            rate=Money(20_000, "USD"),
            task_code="L310",
            activity_code="A104",
        )
        for number in range(lines)
    )
    return BillContent(client_id, (matter_id,), "USD", date(2026, 11, 20), date(2026, 12, 20), made)


def drafted(office: Office, client_id: str, bill_id: str, *, lines: int = LINES) -> Bill:
    """Store a draft."""
    return create_bill(
        office,
        firm_id=FIRM,
        bill_id=bill_id,
        content=content(client_id, lines=lines),
        number="",
        actor="user_1",
        now=NOW,
    )


def issued(office: Office, client_id: str, bill_id: str) -> Bill:
    """Store a bill and approve it."""
    drafted(office, client_id, bill_id)
    return approve_bill(office, firm_id=FIRM, bill_id=bill_id, expected_version=None, actor="user_1", now=NOW)


def sent(office: Office, bill_id: str, send_id: str) -> None:
    """Send a bill's messages as far as the queue."""
    send_bills(
        office,
        firm_id=FIRM,
        send_id=send_id,
        request=SendRequest((bill_id,), confirm=frozenset({"sent_just_now", "due_date_passed"})),
        sender="user_1",
        now=NOW,
    )


def balance_sent(
    office: Office, client_id: str, send_id: str, *, balance_as: MessageKind = MessageKind.BALANCE
) -> None:
    """Send a client's balance, or a reminder of it, as far as the queue."""
    read = frozenset({"sent_just_now", "never_sent", "reminded_recently"})
    request = SendRequest(client_id=client_id, balance_as=balance_as, confirm=read)
    send_bills(office, firm_id=FIRM, send_id=send_id, request=request, sender="user_1", now=NOW)


def mailed(office: Office, bill_id: str, send_id: str) -> str:
    """Send a bill and deliver its message; return the token in the mail."""
    sent(office, bill_id, send_id)
    deliver_message(office, job=office.outside.queue.pop(), now=NOW)
    return office.outside.last_token()


def shown_to_pay(office: Office, token: str, *, all_bills: bool = False) -> PayRequest:
    """Return the press of pay that the page behind a link offers: for its bill, or for everything."""
    choice = Choice(all_bills=all_bills, currency="USD" if all_bills else "")
    return request_shown(open_link(office, token=token, now=NOW), choice)
