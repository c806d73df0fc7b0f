"""The pages behind a secure link: the bill in each of its states, and what follows the buttons on it."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from feenote.adapters.pages.account_view import AccountView, account_view
from feenote.adapters.pages.bill_view import BillView, bill_view
from feenote.adapters.pages.firm_view import FirmView, firm_view
from feenote.adapters.pages.headers import CHECKOUT_ORIGIN, HtmlPage
from feenote.adapters.pages.rendering import Act, render, words_for
from feenote.adapters.pages.return_view import return_view
from feenote.adapters.pages.typed import ALL, NOTHING_TYPED, Typed
from feenote.adapters.pages.words import Notice, PageWords
from feenote.adapters.reader import reader_of
from feenote.adapters.shown_text import line as shown
from feenote.domain.bills import Bill
from feenote.domain.links import LinkScope, SecureLink
from feenote.domain.records import Firm
from feenote.service.open_link import LinkPage, PageKind
from feenote.service.start_payment import Start
from feenote.service.use_link import Return, ReturnPage

WAIT_SECONDS = 300


def render_link_page(
    page: LinkPage,
    *,
    token: str,
    now: datetime,
    typed: Typed = NOTHING_TYPED,
    is_changed: bool = False,
    status: int = 200,
    logo: bytes | None = None,
    checkout_origin: str = CHECKOUT_ORIGIN,
) -> HtmlPage:
    """Return the page of a link, with what was typed into it worked out before anything is paid.

    `is_changed` says on the page that what was pressed is not what it showed. `logo` is the firm's stored
    picture; one that cannot be shown is left out. `checkout_origin` is where pressing pay leads
    (`https://checkout.stripe.com`); empty for this origin only.
    """
    if page.kind is PageKind.EXPIRED:
        return render_expired(page, token=token, logo=logo)
    reader = reader_of(page.firm, page.client, page.contact)
    words = words_for(reader.language)
    address = _address(token)
    urls = {
        "pay_url": f"{address}/pay",
        "show_url": address,
        "documents_url": f"{address}/bills",
        "all_url": f"{address}?what={ALL}",
        "statement_url": f"{address}/statement",
        "stop_url": f"{address}/stop" if page.link.is_of_reminder else "",
    }
    view: AccountView | BillView
    if page.shows_account:
        view = account_view(page, typed, is_changed=is_changed, reader=reader, words=words, now=now)
        template, values = "account.html", {"account": view, **urls}
    else:
        view = bill_view(page, typed, is_changed=is_changed, reader=reader, words=words, now=now)
        template, values = "bill.html", {"bill": view, **urls}
    return render(
        template,
        values,
        words=words,
        firm=firm_view(page.firm, page.matters, logo),
        status=status,
        locale=reader.locale,
        checkout_origin=checkout_origin if view.pay else "",
        viewed_url=f"{address}/viewed",
    )


def render_expired(page: LinkPage, *, token: str, logo: bytes | None = None) -> HtmlPage:
    """Return the page of a link that ended or was taken back, with the button that asks for a new one."""
    reader = reader_of(page.firm)
    words = words_for(reader.language)
    firm, address = firm_view(page.firm, (), logo), _address(token)
    act = Act(words.send_new_link, f"{address}/renew", is_post=True)
    # Reminders may still come: whoever wants none finds the way also here.
    second = Act(words.reminders.stop_these, f"{address}/stop") if page.link.is_of_reminder else None
    return _notice(words.expired_page, firm, reader.language, reader.locale, act, 410, second=second)


def render_renewed(firm: Firm, *, logo: bytes | None = None) -> HtmlPage:
    """Return the answer to asking for a new link: the same whether or not one was sent."""
    reader = reader_of(firm)
    words = words_for(reader.language)
    return _notice(words.renewed_page, firm_view(firm, (), logo), reader.language, reader.locale)


def render_return_page(page: ReturnPage, *, token: str, logo: bytes | None = None) -> HtmlPage:
    """Return the page to which Stripe sends the client back: what our own books know, and no more.

    While nothing is known yet the page's script looks for news a few times; without it, a link does.
    """
    behind = page.behind
    reader = reader_of(behind.firm, behind.client, behind.contact)
    words = words_for(reader.language)
    to_page = _back(page.link, words, _address(token))
    view = return_view(page, reader=reader, words=words)
    act, second = to_page, None
    if page.outcome is Return.WAITING:
        query = f"?checkout={quote(page.checkout.id, safe='')}" if page.checkout else ""
        act, second = Act(words.check_again, f"{_address(token)}/return{query}"), to_page
    return render(
        "notice.html",
        {
            "notice": view.notice,
            "paid": view,
            "about": _about(behind.bill, words.bill),
            "act": act,
            "second": second,
            "state": page.outcome.value,
            "is_balance": page.link.scope is LinkScope.BALANCE,
        },
        words=words,
        firm=firm_view(behind.firm, behind.matters, logo),
        locale=reader.locale,
        is_waiting=page.outcome is Return.WAITING,
    )


def render_refused(page: LinkPage, why: Start, *, token: str, logo: bytes | None = None) -> HtmlPage:
    """Return why pressing pay led to no payment page, and what to do.

    Raises:
        ValueError: for an outcome after which the page itself is shown again, or that is no refusal.
    """
    reader = reader_of(page.firm, page.client, page.contact)
    words = words_for(reader.language)
    if why is Start.LINK_ENDED or page.kind is PageKind.EXPIRED:
        return render_expired(page, token=token, logo=logo)
    pages = {
        Start.NOTHING_DUE: (_nothing_due(page, words), 409),
        Start.ON_ITS_WAY: (words.refused_pending, 409),
        Start.NOT_CONNECTED: (words.refused_not_payable, 409),
        Start.NOT_TAKEN: (words.refused_not_taken, 409),
        Start.SLOW_DOWN: (words.slow_down_page, 429),
        Start.TRY_AGAIN: (words.refused_unavailable, 503),
    }
    if why not in pages:
        raise ValueError(f"{why.value} is no refusal.")
    notice, status = pages[why]
    act = _back(page.link, words, _address(token))
    firm = firm_view(page.firm, page.matters, logo)
    answer = _notice(
        notice,
        firm,
        reader.language,
        reader.locale,
        act,
        status,
        about=_about(page.bill, words.bill),
        is_balance=_is_balance(page),
    )
    return _later(answer) if status in {429, 503} else answer


def render_no_document(behind: LinkPage, *, token: str, logo: bytes | None = None) -> HtmlPage:
    """Return the page instead of a PDF that cannot be had just now."""
    reader = reader_of(behind.firm, behind.client, behind.contact)
    words = words_for(reader.language)
    act = _back(behind.link, words, _address(token))
    firm = firm_view(behind.firm, behind.matters, logo)
    return _later(_notice(words.no_document, firm, reader.language, reader.locale, act, 503))


def _nothing_due(page: LinkPage, words: PageWords) -> Notice:
    if page.kind is PageKind.PENDING:
        return words.refused_pending
    return words.refused_paid if page.kind is PageKind.PAID else words.refused_not_payable


def _back(link: SecureLink, words: PageWords, address: str) -> Act:
    is_balance = link.scope is LinkScope.BALANCE
    return Act(words.paying.to_your_bills if is_balance else words.to_the_bill, address)


def _notice(
    notice: Notice,
    firm: FirmView,
    language: str,
    locale: str,
    act: Act | None = None,
    status: int = 200,
    *,
    second: Act | None = None,
    about: str = "",
    is_balance: bool = False,
) -> HtmlPage:
    return render(
        "notice.html",
        {
            "notice": notice,
            "paid": None,
            "about": about,
            "act": act,
            "second": second,
            "state": "",
            "is_balance": is_balance,
        },
        words=words_for(language),
        firm=firm,
        status=status,
        locale=locale,
    )


def _later(page: HtmlPage) -> HtmlPage:
    return HtmlPage(page.status, page.html, {**page.headers, "Retry-After": str(WAIT_SECONDS)})


def _is_balance(page: LinkPage) -> bool:
    return page.link.scope is LinkScope.BALANCE


def _about(bill: Bill | None, words_bill: str) -> str:
    return words_bill.format(number=shown(bill.number)) if bill else ""


def _address(token: str) -> str:
    return f"/l/{quote(token, safe='')}"
