"""The pages in English."""

from __future__ import annotations

from feenote.adapters.pages.words.paying_english import ENGLISH_PAYING
from feenote.adapters.pages.words.reminders import ENGLISH_REMINDERS
from feenote.adapters.pages.words.vocabulary import Notice, PageWords

ENGLISH = PageWords(
    language="en",
    bill="Bill {number}",
    bill_number="Bill number",
    bill_from="Bill {number} from {firm}",
    issued="Issued",
    due="Due",
    period="Period",
    period_range="{start} to {end}",
    matter="Matter",
    matters="Matters",
    your_reference="Your reference: {number}",
    billed_to="Billed to",
    tax_number="Tax number {number}",
    note="Note",
    revised=(
        "This bill has changed since it was first issued. This is the current version, number {revision}."
    ),
    lines_heading="What this bill is for",
    totals_heading="How it adds up",
    details="Details of the bill",
    all_lines_in_pdf="Every single entry is in the PDF.",
    fees="Professional services",
    expenses="Expenses",
    adjustments="Adjustments",
    general="General",
    entry_one="1 entry",
    entry_many="{count} entries",
    date="Date",
    description="Description",
    hours="Hours",
    quantity="Quantity",
    rate="Rate",
    price="Price",
    amount="Amount",
    adjustment="adjustment {amount}",
    subtotal="Subtotal",
    discount="Discount",
    total="Total",
    paid="Paid",
    pending="On its way",
    due_now="Due now",
    amount_due="Amount due",
    due_by="Due {date}",
    was_due="Was due {date}",
    overdue="Overdue",
    pay_amount="Pay {amount}",
    pay_note="You pay on a secure page of Stripe, our payment provider.",
    download="Download PDF",
    payments="Payments",
    receipt="Receipt {number}",
    card="Card",
    bank_debit="Bank debit",
    other_online="Online",
    cheque="Check",
    cash="Cash",
    wire="Bank transfer",
    questions="Questions about this bill? Write to",
    questions_reply="Questions? Reply to the email that brought you here.",
    phone="or call {number}",
    personal="This link is personal: whoever has it can open this page.",
    paid_page=Notice(
        "This bill is paid",
        "Thank you. Nothing more is due.",
    ),
    paid_copy="Paid in full",
    pending_page=Notice(
        "Your payment is on its way",
        "A payment of {amount} is being processed. With a bank debit this takes a few business days. "
        "There is nothing more for you to do.",
    ),
    otherwise_page=Notice(
        "How to pay",
        "Please pay as follows, and name bill {number}.",
    ),
    otherwise_contact="Please write to us and we will tell you how to pay.",
    disputed_page=Notice(
        "A payment is under review",
        "A payment for this bill is being looked into with the bank. Nothing can be paid here until "
        "that is settled. Please write to us with any question.",
    ),
    void_page=Notice(
        "This bill was withdrawn",
        "It asks for nothing any more, and there is nothing to pay.",
    ),
    expired_page=Notice(
        "This link has ended",
        "Links work for a limited time, to keep your bills private. We can send you a new one, to the"
        " email address that we have on file.",
    ),
    send_new_link="Send me a new link",
    renewed_page=Notice(
        "Please look at your email",
        "If a new link can be sent, it is on its way to the email address that we have on file. It "
        "can take a few minutes. If nothing comes, please write to us.",
    ),
    not_found_page=Notice(
        "There is nothing here",
        "This address opens nothing. Please check that it is the whole link from the email.",
    ),
    slow_down_page=Notice(
        "A moment, please",
        "That was a little too often in a short time. Please wait a few minutes and try again.",
    ),
    unavailable_page=Notice(
        "This page cannot be shown right now",
        "Something behind it does not answer. Nothing is lost. Please try again in a few minutes.",
    ),
    thanks="Thank you",
    thanks_paid="Your payment has arrived. A receipt is on its way to you by email.",
    thanks_pending=(
        "Your payment of {amount} is on its way. With a bank debit this takes a few business days. "
        "You will get a receipt by email when it has arrived."
    ),
    thanks_waiting=Notice(
        "Waiting for confirmation",
        "We have not heard of your payment yet. If you have paid, you need not do it again: the "
        "confirmation usually comes within a minute, and a receipt follows by email.",
    ),
    check_again="Check again",
    to_the_bill="Back to the bill",
    refused_paid=Notice(
        "This was paid a moment ago",
        "A payment has just come in, so nothing more was charged.",
    ),
    refused_pending=Notice(
        "A payment is already on its way",
        "So that nothing is paid twice, another payment cannot be started until we know about the first.",
    ),
    refused_not_payable=Notice(
        "This cannot be paid here",
        "This bill cannot be paid online any more. Nothing was charged.",
    ),
    refused_not_taken=Notice(
        "This amount cannot be paid online",
        "Our payment provider does not take this amount in this currency. Nothing was charged. "
        "Please choose another amount, or ask us how else to pay.",
    ),
    refused_unavailable=Notice(
        "Payment is not possible just now",
        "Our payment provider does not answer. Nothing was charged. Please try again in a few minutes.",
    ),
    no_document=Notice(
        "The PDF is not ready",
        "We could not open the PDF just now. Please try again in a few minutes.",
    ),
    paying=ENGLISH_PAYING,
    reminders=ENGLISH_REMINDERS,
)
