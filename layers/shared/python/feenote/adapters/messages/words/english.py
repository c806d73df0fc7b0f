"""The mails in English."""

from __future__ import annotations

from feenote.adapters.messages.words.vocabulary import MailWords

ENGLISH = MailWords(
    language="en",
    dear="Dear {name},",
    hello="Hello,",
    bill_subject="Bill {number} from {firm}: {amount} due {date}",
    copy_subject="Bill {number} from {firm}",
    receipt_subject="Receipt {number} from {firm}: {amount}",
    failed_subject="Your payment of bill {number} did not go through",
    renewed_subject="Your new link to bill {number} from {firm}",
    bill_ready="Your bill {number} from {firm} is ready. {amount} is due by {date}.",
    bill_late="This is your bill {number} from {firm}. {amount} was due on {date}.",
    bill_paid=("Here is a copy of your bill {number} from {firm}. It is paid, and nothing more is due."),
    bill_pending=(
        "This is your bill {number} from {firm}. Your payment is on its way, and there is nothing "
        "more for you to do."
    ),
    bill_revised=(
        "The bill has changed since it was first issued. This is the current version, number {revision}."
    ),
    online=("You can read it, download it and pay it on a secure page. You need no account and no password."),
    online_view=("You can read it and download it on a secure page. You need no account and no password."),
    attached="The PDF is attached to this email.",
    others_one="One more bill of {amount} is unpaid. You can pay it on the same page.",
    others_many=("{count} more bills are unpaid, {amount} together. You can pay them all on the same page."),
    received="Thank you. We have received your payment of {amount}.",
    failed=(
        "Your payment of bill {number} did not go through. With bank debits this can happen, for "
        "example when a detail of the account is not right."
    ),
    failed_now="It does not count as paid, so {amount} is due.",
    failed_again="You can try again on the secure page, in the same way or another.",
    renewed="Here is the new link to your bill {number} from {firm} that you asked for.",
    renewed_unasked="If you did not ask for it, you need not do anything.",
    amount_due="Amount due",
    amount_paid="Amount received",
    total="Total",
    due_by="Due {date}",
    was_due="Was due {date}",
    bill="Bill",
    matter="Matter",
    matters="Matters",
    receipt="Receipt",
    received_on="Received",
    method="Paid by",
    spread="Where it went",
    bill_row="Bill {number}",
    another_bill="Another bill",
    left="{amount} left to pay",
    settled="Paid in full",
    client_credit="Kept as your credit",
    card="Card",
    bank_debit="Bank debit",
    other_online="Online payment",
    cheque="Check",
    cash="Cash",
    wire="Bank transfer",
    view_and_pay="View and pay",
    view="View the bill",
    try_again="Try again",
    address="If the button does not work, open this address:",
    how_to_pay="How to pay",
    name_the_bill="Please name bill {number} with your payment.",
    ask_how_to_pay="Please reply to this email and we will tell you how to pay.",
    questions="Do you have a question? Just reply to this email.",
    personal="The link is yours alone: whoever has it can open the bill. It works for {days} days.",
    regards="Kind regards,",
)
