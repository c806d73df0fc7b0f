"""Turn a bill into what the template prints: finished strings in a JSON-able dictionary.

A pure function of its input. The template lays out and decides nothing about money.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from feenote.adapters import localised
from feenote.adapters.pdf import sections
from feenote.adapters.pdf.labels import fill, labels_for
from feenote.domain import money
from feenote.domain.bills import BillState, LineKind, totals_of

if TYPE_CHECKING:
    from feenote.adapters.pdf.sections import Printer
    from feenote.adapters.pdf.text import Cleaner
    from feenote.domain.bills import Bill, BillLine, Totals
    from feenote.domain.documents import BillDocument
    from feenote.domain.records import Client, Firm, Matter

DEFAULT_ACCENT = "#1f3a5f"
PAPERS = {"letter": "us-letter", "a4": "a4"}
MAX_URL = 600
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_URL_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_EMAIL = re.compile(r"[A-Za-z0-9._+\-]{1,64}@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class LinkRefusedError(ValueError):
    """A link that is not printed: it is no https address."""


def safe_link(url: str) -> str:
    """Return an https address (http too, on this machine) as it is.

    Raises:
        LinkRefusedError: for any other scheme, a login in it, characters no URL has, or too many of them.
    """
    if len(url) > MAX_URL or not _URL_CHARACTERS.fullmatch(url):
        raise LinkRefusedError("The link is too long or holds characters that no URL has.")
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise LinkRefusedError("The link is no URL.") from error
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not (secure and host) or "@" in parts.netloc:
        raise LinkRefusedError("A bill links to https addresses only.")
    return url


def readable_accent(colour: str) -> str:
    """Return the firm's colour, darkened until white paper carries it as text (WCAG contrast 4.5)."""
    if not _COLOUR.fullmatch(colour):
        colour = DEFAULT_ACCENT
    channels = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    while _contrast_with_white(channels) < 4.5:
        channels = [channel * 9 // 10 for channel in channels]
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def _contrast_with_white(channels: list[int]) -> float:
    shares = [channel / 255 for channel in channels]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def prepare(document: BillDocument, clean: Cleaner) -> dict[str, Any]:
    """Return everything the template prints.

    Raises:
        BillError: when the bill does not add up.
        LinkRefusedError: when its link is no https address.
    """
    bill, firm, client = document.bill, document.firm, document.client
    locale = client.language or firm.locale
    words = labels_for(localised.language_of(locale))
    printer = sections.Printer(locale=locale, currency=bill.currency, labels=words, clean=clean)
    heading = f"{words.bill} {clean.line(bill.number, limit=40)}".strip()
    return {
        **letter(firm, client, printer, heading=heading, mark=_mark(bill, printer)),
        "facts": _facts(document, printer),
        "memo": clean.block(bill.content.memo).split("\n\n") if bill.content.memo.strip() else [],
        "groups": _groups(document, printer),
        "timekeepers": sections.timekeepers(bill.content.lines, printer),
        **_totals(bill, printer),
        "pay": how_to_pay(firm, document.pay_url, printer),
    }


def letter(firm: Firm, client: Client, printer: Printer, *, heading: str, mark: str = "") -> dict[str, Any]:
    """Return what stands around every paper: who writes to whom, what it is, and the foot of its pages."""
    words, clean = printer.labels, printer.clean
    firm_name = clean.line(firm.name)
    foot = (clean.line(firm.name, limit=60, word=24), heading)
    return {
        "language": words.language,
        "paper": PAPERS.get(firm.paper_size.lower(), "us-letter"),
        "accent": readable_accent(firm.accent_colour),
        "title": " \N{EN DASH} ".join(part for part in (heading, firm_name) if part),
        "heading": heading,
        "mark": mark,
        "firm": {
            "name": firm_name,
            "address": _address(firm.address, clean),
            "contact": _contact(firm, printer),
        },
        "logo_alt": fill(words.logo, firm_name),
        "client": {"name": clean.line(client.name), "address": _address(client.address, clean)},
        "footer": {
            "left": " \N{MIDDLE DOT} ".join(part for part in foot if part),
            "page_of": words.page_of,
        },
    }


def _mark(bill: Bill, printer: Printer) -> str:
    """Return the word that says that this is no bill to pay, if it is none."""
    if bill.state in {BillState.DRAFT, BillState.AWAITING_APPROVAL}:
        return printer.labels.draft
    return printer.labels.void if bill.state in {BillState.VOID, BillState.DELETED} else ""


def _contact(firm: Firm, printer: Printer) -> list[list[str]]:
    """Return how the firm is reached: each as it is printed, and the address behind it where it is a link."""
    clean, website, email = printer.clean, firm.website.strip(), firm.email.strip()
    try:
        site = safe_link(website if "//" in website else f"https://{website}") if website else ""
    except LinkRefusedError:
        site = ""
    tax = fill(printer.labels.tax_number, firm.tax_number) if firm.tax_number.strip() else ""
    contact = (
        (firm.phone, ""),
        (email, f"mailto:{email}" if _EMAIL.fullmatch(email) else ""),
        (website, site),
        (tax, ""),
    )
    return [[clean.line(shown, limit=120, word=24), link] for shown, link in contact if shown.strip()]


def _address(lines: tuple[str, ...], clean: Cleaner) -> list[str]:
    return [text for line in lines[:8] if (text := clean.line(line, limit=120, word=20))]


def _matter_name(matter: Matter, clean: Cleaner) -> str:
    parts = (clean.line(matter.number, limit=60), clean.line(matter.description))
    return " \N{EN DASH} ".join(part for part in parts if part)


def _facts(document: BillDocument, printer: Printer) -> list[list[str]]:
    """Return the labelled particulars beside the client's address."""
    content, words, clean = document.bill.content, printer.labels, printer.clean
    facts = [
        [words.bill_number, clean.line(document.bill.number, limit=40)],
        [words.issue_date, localised.long_date(content.issued_on, printer.locale)],
        [words.due_date, localised.long_date(content.due_on, printer.locale)],
    ]
    if content.period_from and content.period_to:
        dates = [localised.short_date(on, printer.locale) for on in (content.period_from, content.period_to)]
        facts.append([words.period, fill(words.period_range, *dates)])
    facts.append([words.client_number, clean.line(document.client.number, limit=40)])
    if len(document.matters) == 1:
        (matter,) = document.matters
        facts.append([words.matter, _matter_name(matter, clean)])
        facts.append([words.client_matter, clean.line(matter.client_matter_number, limit=60)])
        facts.append([words.attorney, clean.line(matter.responsible_attorney.name)])
    return [[label, clean.line(value)] for label, value in facts if value]


def _groups(document: BillDocument, printer: Printer) -> list[dict[str, Any]]:
    """Return the tables, under a heading for each matter where there are several."""
    lines = document.bill.content.lines
    if len(document.matters) < 2:
        return [{"heading": "", "tables": sections.tables(lines, printer), "total": None}]
    by_matter: dict[str, list[BillLine]] = {matter.id: [] for matter in document.matters}
    loose: list[BillLine] = []
    for line in lines:
        by_matter.get(line.matter_id, loose).append(line)
    named = [(_matter_name(matter, printer.clean), by_matter[matter.id]) for matter in document.matters]
    groups = [_group(name, own, printer) for name, own in named if own]
    if loose:
        groups.append(_group(printer.labels.general, loose, printer) | {"total": None})
    return groups


def _group(heading: str, lines: list[BillLine], printer: Printer) -> dict[str, Any]:
    total = printer.money(money.total((line.amount for line in lines), printer.currency))
    tables = sections.tables(lines, printer)
    return {"heading": heading, "tables": tables, "total": [printer.labels.total_matter, total]}


def _totals(bill: Bill, printer: Printer) -> dict[str, Any]:
    """Return the block of totals and the line that says what is due and by when."""
    content, words = bill.content, printer.labels
    totals = totals_of(content)
    heads = {
        LineKind.FEE: words.subtotal_fees,
        LineKind.EXPENSE: words.subtotal_expenses,
        LineKind.ADJUSTMENT: words.subtotal_adjustments,
    }
    rows: list[list[Any]] = []
    for kind, label in heads.items():
        amounts = [line.amount for line in content.lines if line.kind is kind]
        if amounts:
            rows.append([label, printer.money(money.total(amounts, bill.currency)), ""])
    rows.extend(_discounts_and_taxes(bill, totals, printer))
    rows.append([words.total, printer.money(totals.total), "strong"])
    due = totals.total
    if bill.paid_minor:
        rows.append([words.paid, printer.money(-bill.paid), ""])
        due -= bill.paid
    if bill.pending_minor:
        rows.append([words.pending, printer.money(-bill.pending), ""])
        due -= bill.pending
    asked = due.minor > 0 and bill.state not in {BillState.VOID, BillState.DELETED}
    by = localised.long_date(content.due_on, printer.locale)
    label = fill(words.amount_due_by, by) if asked else words.nothing_due
    shown = due if asked else replace(due, minor=0)
    return {"totals": rows, "due": [printer.clean.line(label), printer.money(shown)]}


def _discounts_and_taxes(bill: Bill, totals: Totals, printer: Printer) -> list[list[Any]]:
    content, words, clean = bill.content, printer.labels, printer.clean
    rows: list[list[Any]] = []
    if content.discounts or content.taxes:
        rows.append([words.subtotal, printer.money(totals.subtotal), "rule"])
    for discount, off in zip(content.discounts, totals.discounts, strict=True):
        label = clean.line(discount.description, limit=120) or words.discount
        if discount.amount is None and discount.percent is not None:
            label += f" ({localised.percent(discount.percent, printer.locale)})"
        rows.append([label, printer.money(-off), ""])
    for tax, due in zip(content.taxes, totals.taxes, strict=True):
        label = clean.line(tax.name, limit=120)
        if tax.amount is None and tax.percent is not None:
            label += f" ({localised.percent(tax.percent, printer.locale)})"
        rows.append([label, printer.money(due), ""])
    return rows


def how_to_pay(firm: Firm, pay_url: str | None, printer: Printer) -> dict[str, Any]:
    """Return how it is paid: the firm's instructions, and the link where there is one.

    Raises:
        LinkRefusedError: when the link is no https address.
    """
    words, clean = printer.labels, printer.clean
    instructions = clean.block(firm.payment_instructions, limit=4_000)
    url = safe_link(pay_url) if pay_url else ""
    return {
        "heading": words.payment,
        "instructions": instructions.split("\n\n") if instructions else [],
        "url": url,
        "invitation": words.pay_online,
        "qr_alt": fill(words.pay_code, url),
    }
