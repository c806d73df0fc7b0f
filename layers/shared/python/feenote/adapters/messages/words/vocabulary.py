"""Every fixed word of the mails that no wording holds: labels, sentences of fields, the layout's own words.

`{names}` in braces stand for values.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MailWords:
    """The mails' words in one language."""

    language: str
    dear: str
    dear_too: str
    hello: str
    list_end: str
    label: str
    """What stands before a value and a space, colon included."""
    # Subjects
    bill_subject: str
    late_subject: str
    copy_subject: str
    reminder_subject_soon: str
    reminder_subject_late: str
    reminder_subject_many: str
    reminder_subject_long: str
    reminder_subject_long_many: str
    reminder_subject_none: str
    # Sentences
    bill_ready: str
    bill_late: str
    bill_paid: str
    bill_pending: str
    bill_revised: str
    failed_now: str
    failed_again: str
    online: str
    online_view: str
    all_online: str
    all_online_view: str
    attached: str
    others_one: str
    others_many: str
    reminder_soon_one: str
    reminder_soon_many: str
    reminder_late_one: str
    reminder_late_many: str
    reminder_long_one: str
    reminder_long_many: str
    reminder_request_soon: str
    reminder_request_late: str
    reminder_request_long: str
    reminder_credit: str
    reminder_none: str
    period: str
    # Labels
    amount_due: str
    amount_paid: str
    amount_refunded: str
    total: str
    due_by: str
    was_due: str
    oldest_due: str
    bill: str
    issued: str
    paid_of: str
    on_its_way: str
    disputed: str
    other_bills: str
    """What stands above bills of no matter."""
    billed: str
    less_paid: str
    less_on_its_way: str
    less_disputed: str
    balance_due: str
    more_bills: str
    matter: str
    matters: str
    receipt: str
    received_on: str
    method: str
    spread: str
    refund_spread: str
    bill_row: str
    another_bill: str
    left: str
    settled: str
    client_credit: str
    card: str
    bank_debit: str
    other_online: str
    cheque: str
    cash: str
    wire: str
    # What to do
    view_and_pay: str
    view: str
    view_bills: str
    try_again: str
    begin_portal: str
    open_portal: str
    address: str
    how_to_pay: str
    name_the_bill: str
    name_the_bills: str
    ask_how_to_pay: str
    stop_reminders: str
    """What stands before the link that stops them; `stop_here` is the link itself."""
    stop_here: str
    personal: str
    personal_all: str
    personal_portal: str
    # The same where the one link went to several
    shared: str
    shared_all: str
    shared_portal: str
