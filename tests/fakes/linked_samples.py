"""A firm, its client and a bill, as pages and mails show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from feenote.domain.accounts import ClientAccount, LiveCheckout
from feenote.domain.allocation import Allocation
from feenote.domain.bills import (
    Bill,
    BillContent,
    BillLine,
    BillReceipt,
    BillState,
    Discount,
    LineKind,
    Tax,
    totals_of,
)
from feenote.domain.links import LinkScope, SecureLink
from feenote.domain.money import Money, multiply, zero
from feenote.domain.open_bills import OpenBill, open_bill_of
from feenote.domain.payments import CheckoutState, Payment, PaymentMethod
from feenote.domain.records import (
    Attorney,
    Client,
    Contact,
    Firm,
    Matter,
    PaymentAccount,
)
from feenote.domain.visibility import Visibility
from feenote.domain.what_is_due import what_is_due
from feenote.service.open_link import LinkPage, PageKind
from feenote.service.ports import LinkedRecords
from feenote.service.use_link import Return, ReturnPage

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TOKEN = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE"

FIRM = Firm(
    id="firm_1",
    name="Hartwell & Osei LLP",
    address=("41 Bedford Row", "London WC1R 4LR"),
    email="billing@hartwell.example",
    phone="+44 20 7946 0321",
    tax_number="GB 123 4567 89",
    time_zone="Europe/London",
    locale="en-GB",
    currency="GBP",
    reply_to="accounts@hartwell.example",
    payment_account=PaymentAccount.CONNECTED,
    stripe_account_id="acct_1",
    payment_instructions="Bank: Coutts & Co\nSort code: 18-00-02\nAccount: 04881133",
    accent_colour="#1f4d3f",
)
CLIENT = Client(
    id="cli_1",
    firm_id="firm_1",
    number="2041",
    name="Meridian Shipping Ltd",
    primary_contact_id="con_1",
    address=("7 Quay Street", "Bristol BS1 4DJ"),
)
CONTACT = Contact(
    id="con_1",
    firm_id="firm_1",
    client_ids=("cli_1",),
    first_name="Amara",
    last_name="Lindqvist",
    email="amara@meridian.example",
)
MATTER = Matter(
    id="mat_1",
    firm_id="firm_1",
    client_id="cli_1",
    number="2041-07",
    description="Charterparty dispute, MV Halcyon",
    client_matter_number="PO 88-1204",
    responsible_attorney=Attorney("Grace Osei", "g.osei@hartwell.example", "+44 20 7946 0322"),
)
LINK = SecureLink(
    id="lnk_1",
    token_hash="0" * 64,
    firm_id="firm_1",
    client_id="cli_1",
    scope=LinkScope.BILL,
    created_at=NOW,
    expires_at=datetime(2027, 2, 21, 9, 30, tzinfo=UTC),
    bill_id="bill_1",
    contact_id="con_1",
    accept_all_unpaid=True,
    visibility=Visibility(("mat_1",), without_matter=True),
)

_WORK = (
    (
        "Review of charterparty and bills of lading; note of the arguments on demurrage",
        "G. Osei",
        "2.40",
        385_00,
    ),
    ("Call with client on settlement range", "G. Osei", "0.60", 385_00),
    ("Draft letter before action to owners", "J. Tanaka", "3.25", 260_00),
    ("Research: laytime exceptions, three recent awards", "J. Tanaka", "4.10", 260_00),
    ("Settle letter and send", "G. Osei", "0.50", 385_00),
)


def fee(description: str, who: str, hours: str, rate_minor: int, on: date, currency: str = "GBP") -> BillLine:
    rate, units = Money(rate_minor, currency), Decimal(hours)
    return BillLine(
        LineKind.FEE, multiply(units, rate), description, on, "mat_1", who, units=units, rate=rate
    )


def make_bill(lines: int = 0, state: BillState = BillState.AWAITING_PAYMENT) -> Bill:
    """Return a bill; with `lines` above nought, one of so many fees."""
    if lines:
        entries = tuple(
            fee(
                f"{_WORK[at % 5][0]} ({at + 1})",
                _WORK[at % 5][1],
                "0.30",
                260_00 + at,
                date(2026, 10, 1 + at % 28),
            )
            for at in range(lines)
        )
    else:
        entries = (
            *(fee(*work, date(2026, 10, 5 + 3 * at)) for at, work in enumerate(_WORK)),
            BillLine(
                LineKind.EXPENSE, Money(96_50, "GBP"), "Courier, Rotterdam", date(2026, 10, 19), "mat_1"
            ),
            BillLine(
                LineKind.EXPENSE,
                Money(42_00, "GBP"),
                "Copies",
                date(2026, 10, 20),
                "mat_1",
                units=Decimal(168),
                rate=Money(25, "GBP"),
            ),
        )
    content = BillContent(
        client_id="cli_1",
        matter_ids=("mat_1",),
        currency="GBP",
        issued_on=date(2026, 11, 2),
        due_on=date(2026, 12, 2),
        lines=entries,
        period_from=date(2026, 10, 1),
        period_to=date(2026, 10, 31),
        discounts=(Discount("Courtesy discount", percent=Decimal(5)),),
        taxes=(Tax("VAT", Decimal(20)),),
        memo="Thank you for your trust.\nWork in November will be billed in December.",
    )
    return Bill(
        "bill_1",
        "firm_1",
        content,
        state,
        datetime(2026, 11, 2, 8, 0, tzinfo=UTC),
        number="96542",
        revision=1,
        total=totals_of(content).total,
    )


OTHERS = (
    OpenBill(
        "bill_0",
        "96101",
        date(2026, 9, 1),
        date(2026, 10, 1),
        datetime(2026, 9, 1, 8, 0, tzinfo=UTC),
        Money(1_240_00, "GBP"),
    ),
    OpenBill(
        "bill_2",
        "96588",
        date(2026, 11, 10),
        date(2026, 12, 10),
        datetime(2026, 11, 10, 8, 0, tzinfo=UTC),
        Money(318_40, "GBP"),
        paid_minor=100_00,
    ),
)


def make_payment(amount: Money, *, bill_id: str = "bill_1", others: tuple[Allocation, ...] = ()) -> Payment:
    allocations = (Allocation(bill_id, amount), *others)
    whole = Money(sum(part.amount.minor for part in allocations), amount.currency)
    return Payment(
        "pay_1",
        "firm_1",
        "cli_1",
        PaymentMethod.CARD,
        whole,
        allocations,
        zero(amount.currency),
        date(2026, 11, 20),
        NOW,
        "R-2041-0007",
    )


def make_receipt(amount: Money) -> BillReceipt:
    return BillReceipt("pay_1", "R-2041-0007", amount, date(2026, 11, 20), PaymentMethod.CARD)


def make_page(kind: PageKind, *, bill: Bill | None = None, firm: Firm = FIRM) -> LinkPage:
    """Return a link's page of a kind, with a bill whose figures fit it."""
    if kind is PageKind.EXPIRED:
        return LinkPage(kind, LINK, firm)
    bill = bill or make_bill()
    if kind is PageKind.PAID:
        bill = replace(
            bill, state=BillState.PAID, paid_minor=bill.total.minor, receipts=(make_receipt(bill.total),)
        )
    if kind is PageKind.PENDING:
        bill = replace(bill, pending_minor=bill.total.minor)
    if kind is PageKind.VOID:
        bill = replace(bill, state=BillState.VOID)
    if kind is PageKind.DISPUTED:
        bill = replace(bill, flags=frozenset({"disputed"}))
    if kind is PageKind.PAY_OTHERWISE:
        firm = replace(firm, payment_account=PaymentAccount.NONE)
    return LinkPage(
        kind,
        LINK,
        firm,
        CLIENT,
        CONTACT,
        bill,
        (MATTER,),
        bill.balance_due - bill.pending,
        what_is_due(
            LINK, account_of((open_bill_of(bill),) if bill.balance_due else (), pending=bill.pending)
        ),
    )


def account_of(bills: Iterable[OpenBill], *, pending: Money | None = None) -> ClientAccount:
    """Return an account with these open bills; `pending` is on its way to the first of them."""
    opened = {bill.bill_id: bill for bill in bills}
    debits = {}
    if pending:
        split = (Allocation(next(iter(opened)), pending),)
        debits["chk_1"] = LiveCheckout("chk_1", CheckoutState.PROCESSING, "", split, NOW)
    return ClientAccount("firm_1", "cli_1", 1, open_bills=opened, checkouts=debits)


def with_others(page: LinkPage, *, shows_account: bool = False) -> LinkPage:
    """Return the page of a bill whose client owes two more, or the page of all three."""
    if page.bill is None:
        raise ValueError("Others stand beside a bill.")
    account = account_of((open_bill_of(page.bill), *OTHERS))
    return replace(page, due=what_is_due(page.link, account), shows_account=shows_account)


def make_return(outcome: Return) -> ReturnPage:
    bill = make_page(PageKind.PENDING).bill if outcome is Return.ON_ITS_WAY else make_bill()
    behind = LinkedRecords(FIRM, CLIENT, CONTACT, bill, (MATTER,), ClientAccount("firm_1", "cli_1"))
    return ReturnPage(outcome, LINK, behind)
