"""Every fixed word of the mails. `{names}` in braces stand for values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MailWords:
    """The mails' words in one language."""

    language: str
    dear: str
    hello: str
    # Subjects
    bill_subject: str
    copy_subject: str
    receipt_subject: str
    failed_subject: str
    renewed_subject: str
    # What happened
    bill_ready: str
    bill_late: str
    bill_paid: str
    bill_pending: str
    bill_revised: str
    online: str
    online_view: str
    attached: str
    others_one: str
    others_many: str
    received: str
    failed: str
    failed_now: str
    failed_again: str
    renewed: str
    renewed_unasked: str
    # Labels
    amount_due: str
    amount_paid: str
    total: str
    due_by: str
    was_due: str
    bill: str
    matter: str
    matters: str
    receipt: str
    received_on: str
    method: str
    spread: str
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
    try_again: str
    address: str
    how_to_pay: str
    name_the_bill: str
    ask_how_to_pay: str
    questions: str
    personal: str
    regards: str
