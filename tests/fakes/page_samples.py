"""A balance and the pages of it, and every page that a client can meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from feenote.adapters import pages
from feenote.adapters.pages import NOTHING_TYPED, HtmlPage, Typed
from feenote.domain.accounts import ClientAccount
from feenote.domain.allocation import Allocation
from feenote.domain.deliveries import Addressee
from feenote.domain.links import LinkScope, SecureLink
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill
from feenote.domain.payments import Checkout, CheckoutState
from feenote.domain.records import Contact, Firm, PartialPayments, PaymentAccount
from feenote.domain.visibility import Visibility
from feenote.domain.what_is_due import what_is_due
from feenote.service.open_link import LinkPage, PageKind, kind_of_balance
from feenote.service.ports import LinkedRecords
from feenote.service.reminders.stop_reminders import Reminded
from feenote.service.start_payment import Start
from feenote.service.use_link import Return, ReturnPage
from tests.fakes.linked_samples import (
    CLIENT,
    CONTACT,
    FIRM,
    LINK,
    MATTER,
    NOW,
    TOKEN,
    account_of,
    make_bill,
    make_page,
    make_payment,
    make_return,
    with_others,
)
from tests.fakes.statement_samples import statement

MATTERS = (
    MATTER,
    replace(MATTER, id="mat_2", number="2041-11", description="Crew agreements and port state control"),
    replace(MATTER, id="mat_3", number="2041-12", description="Refinancing, MV Kittiwake"),
)
BALANCE_LINK = replace(
    LINK,
    id="lnk_2",
    scope=LinkScope.BALANCE,
    bill_id="",
    visibility=Visibility(("mat_1", "mat_2", "mat_3"), without_matter=True),
)


def unpaid_bills(count: int, *, currency: str = "GBP") -> tuple[OpenBill, ...]:
    """Return bills over three matters, the oldest first; some of the first are overdue."""
    return tuple(
        OpenBill(
            f"bill_{currency}_{at:03}",
            str(96_100 + 7 * at),
            date(2026, 8, 3) + timedelta(days=9 * at),
            date(2026, 9, 2) + timedelta(days=9 * at),
            datetime(2026, 8, 3, 8, 0, tzinfo=UTC) + timedelta(days=9 * at),
            Money(180_00 + 137_45 * (at % 9), currency),
            matter_ids=(f"mat_{1 + at % 3}",),
        )
        for at in range(count)
    )


def make_balance(
    account: ClientAccount, *, firm: Firm = FIRM, link: SecureLink = BALANCE_LINK, contact: Contact = CONTACT
) -> LinkPage:
    """Return the page of a balance, as opening the link does."""
    due = what_is_due(link, account)
    kind = kind_of_balance(due, firm)
    return LinkPage(kind, link, firm, CLIENT, contact, None, MATTERS, due=due, shows_account=True)


def letting_parts(least_minor: int = 0, firm: Firm = FIRM) -> Firm:
    """Return a firm that takes a part of what is due, from an amount on."""
    how = PartialPayments.MINIMUM if least_minor else PartialPayments.ANY
    settings = replace(firm.settings, partial_payments=how, partial_minimum_minor=least_minor)
    return replace(firm, settings=settings)


def make_return_of_many(outcome: Return) -> ReturnPage:
    """Return the page after paying two bills and a part of a third."""
    bills = unpaid_bills(3)
    split = (
        Allocation(bills[0].bill_id, bills[0].total),
        Allocation(bills[1].bill_id, bills[1].total),
        Allocation(bills[2].bill_id, Money(100_00, "GBP")),
    )
    amount = Money(sum(part.amount.minor for part in split), "GBP")
    state = CheckoutState.PAID if outcome is Return.PAID else CheckoutState.PROCESSING
    checkout = Checkout(
        "chk_1", "firm_1", "cli_1", state, amount, split, False, "", NOW, NOW, link_id="lnk_2"
    )
    payment = None
    if outcome is Return.PAID:
        payment = make_payment(split[0].amount, bill_id=split[0].bill_id, others=split[1:])
    behind = LinkedRecords(FIRM, CLIENT, CONTACT, None, MATTERS, account_of(()))
    return ReturnPage(
        outcome,
        BALANCE_LINK,
        behind,
        checkout,
        payment,
        {bill.bill_id: bill.number for bill in bills},
        {bills[2].bill_id: bills[2].total - Money(100_00, "GBP")},
    )


REFUSALS = tuple(
    why
    for why in Start
    if why not in {Start.REDIRECT, Start.AMOUNT_CHANGED, Start.TOO_LITTLE, Start.NOT_ALLOWED}
)


def every_page(*, checkout_origin: str = pages.CHECKOUT_ORIGIN) -> Mapping[str, HtmlPage]:
    """Return one of each page that a client can meet, by name."""

    def show(page: LinkPage) -> HtmlPage:
        return pages.render_link_page(page, token=TOKEN, now=NOW, checkout_origin=checkout_origin)

    payable = make_page(PageKind.PAYABLE)
    late = make_bill()
    late = replace(
        late,
        content=replace(late.content, due_on=date(2026, 11, 16)),
        paid_minor=500_00,
        revision=2,
    )
    found = {kind.value: show(make_page(kind)) for kind in PageKind}
    found |= {
        "payable_others": show(with_others(make_page(PageKind.PAYABLE, bill=late))),
        "payable_all": show(with_others(make_page(PageKind.PAYABLE, bill=late), shows_account=True)),
        **_balances(checkout_origin),
        **_reminders(),
        "expired_of_reminder": show(
            replace(make_page(PageKind.EXPIRED), link=replace(LINK, is_of_reminder=True))
        ),
        "payable_of_reminder": show(replace(payable, link=replace(LINK, is_of_reminder=True))),
        "payable_folded": show(make_page(PageKind.PAYABLE, bill=make_bill(lines=60))),
        "payable_long": show(make_page(PageKind.PAYABLE, bill=make_bill(lines=1_000))),
        "renewed": pages.render_renewed(FIRM),
        "no_document": pages.render_no_document(payable, token=TOKEN),
        "not_found": pages.render_not_found(),
        "slow_down": pages.render_slow_down(),
        "unavailable": pages.render_unavailable(),
    }
    found |= {
        f"return_{outcome.value}": pages.render_return_page(make_return(outcome), token=TOKEN)
        for outcome in Return
    }
    found |= {
        "statement": pages.render_statement_page(payable, statement(12, currencies=("GBP",)), token=TOKEN),
        "statement_long": pages.render_statement_page(payable, statement(300), token=TOKEN),
        "statement_of_other_days": pages.render_statement_page(
            payable, statement(9, currencies=("EUR", "GBP")), token=TOKEN, is_wrong=True
        ),
    }
    found |= {f"refused_{why.value}": pages.render_refused(payable, why, token=TOKEN) for why in REFUSALS}
    found |= {
        f"return_many_{outcome.value}": pages.render_return_page(make_return_of_many(outcome), token=TOKEN)
        for outcome in (Return.PAID, Return.ON_ITS_WAY)
    }
    return found


def make_reminded(
    *addresses: str,
    is_stopped: bool = False,
    is_open: bool = True,
    contact: Contact = CONTACT,
    firm: Firm = FIRM,
) -> Reminded:
    """Return whom a link's reminders go to: its contact where no addresses are given."""
    recipients = tuple(Addressee("con_1", address) for address in addresses or (contact.email,))
    return Reminded(firm, CLIENT, contact, LINK, recipients, is_open, is_stopped)


def _reminders() -> dict[str, HtmlPage]:
    """Return the pages that stop reminders by name."""
    several = ("amara@meridian.example", "j@harbour-and-sons-notaries.example", "accounts@meridian.example")
    found = {
        "reminders_going": make_reminded(),
        "reminders_stopped": make_reminded(is_stopped=True),
        "reminders_of_several": make_reminded(*several),
        "reminders_of_ended_link": make_reminded(is_stopped=True, is_open=False),
    }
    return {name: pages.render_reminders_page(one, token=TOKEN) for name, one in found.items()}


def _balances(checkout_origin: str) -> dict[str, HtmlPage]:
    """Return the pages of a balance by name; those where something can be paid are `payable_…`."""
    parts, many = letting_parts(50_00), unpaid_bills(12)
    left_out = tuple(bill.bill_id for at, bill in enumerate(many) if at not in {2, 7})
    some = Typed(all_bills=True, currency="GBP", bill_ids=left_out, amount="2,500.00", sign=".")
    resting = (replace(many[0], is_disputed=True), *many[1:])
    euros = unpaid_bills(2, currency="EUR")

    def show(page: LinkPage, typed: Typed = NOTHING_TYPED, *, is_changed: bool = False) -> HtmlPage:
        return pages.render_link_page(
            page, token=TOKEN, now=NOW, typed=typed, is_changed=is_changed, checkout_origin=checkout_origin
        )

    twelve = make_balance(account_of(many), firm=parts)
    on_its_way = account_of(many[:1], pending=many[0].total)
    return {
        "payable_balance": show(twelve),
        "payable_balance_split": show(twelve, some),
        "payable_balance_changed": show(twelve, some, is_changed=True),
        "payable_balance_error": show(twelve, replace(some, amount="12 apples")),
        "payable_balance_too_little": show(twelve, replace(some, amount="10")),
        "payable_balance_mixed": show(
            make_balance(account_of(resting[1:] + resting[:1], pending=many[1].total))
        ),
        "payable_balance_240": show(make_balance(account_of(unpaid_bills(240)), firm=parts)),
        "payable_balance_currencies": show(make_balance(account_of((*many[:3], *euros)))),
        "payable_balance_one": show(make_balance(account_of(many[:1]))),
        "payable_part": show(make_page(PageKind.PAYABLE, firm=parts), Typed(amount="300", currency="GBP")),
        "balance_paid": show(make_balance(account_of(()))),
        "balance_pending": show(make_balance(on_its_way)),
        "balance_disputed": show(make_balance(account_of(resting[:1]))),
        "balance_otherwise": show(
            make_balance(account_of(many[:4]), firm=replace(FIRM, payment_account=PaymentAccount.NONE))
        ),
    }
