"""Every fixed word of the pages. `{names}` in braces stand for values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """A short page: what happened, and what to do."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class PageWords:
    """The pages' words in one language."""

    language: str
    # The bill
    bill: str
    bill_number: str
    bill_from: str
    issued: str
    due: str
    period: str
    period_range: str
    matter: str
    matters: str
    your_reference: str
    billed_to: str
    tax_number: str
    note: str
    revised: str
    lines_heading: str
    totals_heading: str
    details: str
    all_lines_in_pdf: str
    # Its lines
    fees: str
    expenses: str
    adjustments: str
    general: str
    entry_one: str
    entry_many: str
    date: str
    description: str
    hours: str
    quantity: str
    rate: str
    price: str
    amount: str
    adjustment: str
    # Its arithmetic
    subtotal: str
    discount: str
    total: str
    paid: str
    pending: str
    due_now: str
    # What is due, and paying it
    amount_due: str
    due_by: str
    was_due: str
    overdue: str
    pay_amount: str
    to_payment: str
    pay_note: str
    choose: str
    this_bill: str
    all_bills: str
    all_bills_sum: str
    bill_due: str
    download: str
    payments: str
    receipt: str
    card: str
    bank_debit: str
    other_online: str
    cheque: str
    cash: str
    wire: str
    # Around it
    questions: str
    questions_reply: str
    phone: str
    personal: str
    # Short pages
    paid_page: Notice
    paid_copy: str
    pending_page: Notice
    otherwise_page: Notice
    otherwise_contact: str
    disputed_page: Notice
    void_page: Notice
    expired_page: Notice
    send_new_link: str
    renewed_page: Notice
    not_found_page: Notice
    slow_down_page: Notice
    unavailable_page: Notice
    thanks: str
    thanks_paid: str
    thanks_pending: str
    thanks_waiting: Notice
    check_again: str
    to_the_bill: str
    refused_changed: Notice
    refused_paid: Notice
    refused_pending: Notice
    refused_not_payable: Notice
    refused_unavailable: Notice
    no_document: Notice
