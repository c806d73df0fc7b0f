"""Every fixed word of the pages. `{names}` in braces stand for values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """A short page: what happened, and what to do."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class PayingWords:
    """The words for choosing among bills and paying them, in one language."""

    # The list of bills
    your_bills: str
    your_bills_from: str
    count_one: str
    count_many: str
    overdue_part: str
    owed: str
    under_review: str
    row: str
    row_pending: str
    row_disputed: str
    row_pays: str
    row_nothing: str
    row_left_out: str
    pdf: str
    pdf_of: str
    too_many: str
    other_currencies: str
    statement: str
    to_own_bill: str
    to_your_bills: str
    questions: str
    # Choosing what to pay
    others_due: str
    all_with_others: str
    choose_bills: str
    pay_part: str
    untick: str
    amount_to_pay: str
    amount_hint: str
    amount_hint_bill: str
    amount_least: str
    show_split: str
    chosen_of: str
    due_on_bill: str
    you_pay: str
    due_after: str
    your_choice: str
    # When something has to be looked at again
    check: Notice
    cannot: str
    not_a_number: str
    too_many_digits: str
    too_little: str
    too_much: str
    whole_only: str
    nothing_chosen: str
    may_not_leave_out: str
    # Where nothing can be paid
    nothing_due_page: Notice
    pending_page: Notice
    rest_after_pending: str
    otherwise_page: Notice
    disputed_page: Notice
    # Coming back from the payment
    thanks_failed: Notice
    settled: str
    elsewhere: str
    still_due: str


@dataclass(frozen=True, slots=True)
class ReminderWords:
    """The words for stopping reminders, and for letting them come again, in one language."""

    stop_these: str
    going: Notice
    if_stopped: str
    stop: str
    stopped: Notice
    still_comes: str
    start_again: str


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
    pay_note: str
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
    refused_paid: Notice
    refused_pending: Notice
    refused_not_payable: Notice
    refused_not_taken: Notice
    refused_unavailable: Notice
    no_document: Notice
    paying: PayingWords
    reminders: ReminderWords
