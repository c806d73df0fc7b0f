"""The mails in English."""

from __future__ import annotations

from feenote.adapters.messages.words.vocabulary import MailWords

ENGLISH = MailWords(
    language="en",
    dear="Dear {name},",
    dear_too="dear {name}",
    hello="Hello,",
    list_end="{first} and {last}",
    label="{label}:",
    bill_subject="Bill {number} from {firm}: {amount} due {date}",
    late_subject="Bill {number} from {firm}: {amount} was due {date}",
    copy_subject="Bill {number} from {firm}",
    reminder_subject_soon="Reminder: {amount} is due {date}",
    reminder_subject_late="Reminder: {amount} was due {date}",
    reminder_subject_many="Reminder: {count} unpaid bills, {amount} together",
    reminder_subject_long="Still unpaid: {amount}, due since {date}",
    reminder_subject_long_many="Still unpaid: {count} bills, {amount} together",
    reminder_subject_none="Reminder from {firm}",
    bill_ready="Your bill {number} from {firm} is ready. {amount} is due by {date}.",
    bill_late="This is your bill {number} from {firm}. {amount} was due on {date}.",
    bill_paid=("Here is a copy of your bill {number} from {firm}. It is paid, and nothing more is due."),
    bill_pending=(
        "This is your bill {number} from {firm}. Your payment is on its way, and there is nothing"
        " more for you to do."
    ),
    bill_revised=(
        "The bill has changed since it was first issued. This is the current version, number {revision}."
    ),
    failed_now="It does not count as paid, so {amount} is due.",
    failed_again="You can try again on the secure page, in the same way or another.",
    online=("You can read it, download it and pay it on a secure page. You need no account and no password."),
    online_view=("You can read it and download it on a secure page. You need no account and no password."),
    all_online=(
        "You can read every bill, download it and pay on a secure page. You need no account and no password."
    ),
    all_online_view=(
        "You can read and download every bill on a secure page. You need no account and no password."
    ),
    attached="The PDF is attached to this email.",
    others_one="One more bill of {amount} is unpaid. You can pay it on the same page.",
    others_many=("{count} more bills are unpaid, {amount} together. You can pay them all on the same page."),
    reminder_soon_one="Your bill {number} for {amount} is due on {date}.",
    reminder_soon_many="{count} of your bills are due soon, {amount} together. The first is due on {date}.",
    reminder_late_one="Your bill {number} for {amount} was due on {date}.",
    reminder_late_many="{count} of your bills are unpaid, {amount} together. The oldest was due on {date}.",
    reminder_long_one="Your bill {number} for {amount} is still unpaid. It was due on {date}.",
    reminder_long_many=(
        "{count} of your bills are still unpaid, {amount} together. The oldest was due on {date}."
    ),
    reminder_request_soon=(
        "This is only a note ahead of time: if the payment is already planned, there is nothing to do."
    ),
    reminder_request_late="It may simply have slipped by. Please pay within the next few days.",
    reminder_request_long=(
        "Please pay within the next few days, or reply to this email and tell us when we can "
        "expect your payment."
    ),
    reminder_credit="We hold {amount} for you as credit; it is not taken off here yet.",
    reminder_none="Nothing is due at the moment.",
    period="{start} to {end}",
    amount_due="Amount due",
    amount_paid="Amount received",
    amount_refunded="Amount refunded",
    total="Total",
    due_by="Due {date}",
    was_due="Was due {date}",
    oldest_due="Oldest due {date}",
    bill="Bill",
    issued="Issued {date}",
    paid_of="{paid} paid of {total}",
    on_its_way="{amount} on its way",
    disputed="a payment is under review",
    other_bills="Other bills",
    billed="Billed",
    less_paid="Paid",
    less_on_its_way="On its way",
    less_disputed="Under review",
    balance_due="Total due",
    more_bills="and {count} more, listed on the secure page",
    matter="Matter",
    matters="Matters",
    receipt="Receipt",
    received_on="Received",
    method="Paid by",
    spread="Where it went",
    refund_spread="What it had paid",
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
    view_bills="View your bills",
    try_again="Try again",
    begin_portal="Choose your password",
    open_portal="Open in the portal",
    address="If the button does not work, open this address:",
    how_to_pay="How to pay",
    name_the_bill="Please name bill {number} with your payment.",
    name_the_bills="Please name the bills’ numbers with your payment.",
    ask_how_to_pay="Please reply to this email and we will tell you how to pay.",
    stop_reminders="Would you rather not get these reminders? You can stop them; what is due stays due.",
    stop_here="Stop these reminders",
    personal="The link is yours alone: whoever has it can open the bill. It works for {days} days.",
    personal_all="The link is yours alone: whoever has it can open your bills. It works for {days} days.",
    personal_portal="This link is meant for you. Please do not pass it on.",
    shared=(
        "The link is for the recipients of this email: whoever has it can open the "
        "bill. It works for {days} days."
    ),
    shared_all=(
        "The link is for the recipients of this email: whoever has it can open your "
        "bills. It works for {days} days."
    ),
    shared_portal="This link is for the recipients of this email. Please do not pass it on.",
)
