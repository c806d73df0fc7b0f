"""Choosing and paying bills in English."""

from __future__ import annotations

from feenote.adapters.pages.words.vocabulary import Notice, PayingWords

ENGLISH_PAYING = PayingWords(
    your_bills="Your unpaid bills",
    your_bills_from="Your unpaid bills from {firm}",
    count_one="1 bill",
    count_many="{count} bills",
    overdue_part="{amount} of it is overdue",
    owed="Owed in all",
    under_review="Under review",
    row="Bill {number}",
    row_pending="{amount} is on its way",
    row_disputed="A payment is under review",
    row_pays="You pay {amount}",
    row_nothing="Nothing of this payment",
    row_left_out="Left out",
    pdf="PDF",
    pdf_of="of bill {number}",
    too_many=(
        "One payment takes the {most} oldest bills. The other {count}, {amount} in all, can be paid after it."
    ),
    other_currencies="By currency",
    statement="Statement of account",
    to_own_bill="Back to bill {number}",
    to_your_bills="Back to your bills",
    questions="Questions about these bills? Write to",
    others_due="Other unpaid bills",
    all_with_others="All {count} bills: {amount}",
    choose_bills="Choose what you pay",
    pay_part="Pay a part",
    untick="Untick the bills that you do not want to pay now.",
    amount_to_pay="Amount to pay",
    amount_hint="Leave this empty to pay everything chosen. The oldest bills are paid first.",
    amount_hint_bill="Leave this empty to pay the whole bill.",
    amount_least="The least is {amount}.",
    show_split="Show the new total",
    chosen_of="Chosen: {chosen} of {count} bills",
    due_on_bill="Due on this bill",
    you_pay="You pay now",
    due_after="Still due afterwards",
    your_choice="Your payment",
    check=Notice(
        "Please check what you pay",
        "This is not what the page showed before, so nothing was charged. Please look at it as "
        "it is now, then pay.",
    ),
    cannot="This cannot be paid like that",
    not_a_number="This is no amount that we can read. Please write it like {example}.",
    too_many_digits=(
        "This has more digits after the decimal sign than the currency. Please write it like {example}."
    ),
    too_little="This is too little: the least is {amount}.",
    too_much="This is more than the {amount} that you chose to pay.",
    whole_only="Only the whole amount, {amount}, can be paid here.",
    nothing_chosen="Please choose at least one bill.",
    may_not_leave_out="These bills can only be paid together.",
    nothing_due_page=Notice(
        "Nothing is due",
        "There is nothing for you to pay. Thank you.",
    ),
    pending_page=Notice(
        "Your payment is on its way",
        "A payment of {amount} is being processed. With a bank debit this takes a few business "
        "days. There is nothing more for you to do.",
    ),
    rest_after_pending="What is left can be paid once it has arrived.",
    otherwise_page=Notice(
        "How to pay",
        "Please pay as follows, and name the numbers of the bills.",
    ),
    disputed_page=Notice(
        "A payment is under review",
        "A payment for these bills is being looked into with the bank. Nothing can be paid here"
        " until that is settled. Please write to us with any question.",
    ),
    thanks_failed=Notice(
        "The payment did not go through",
        "No money arrived, and nothing is paid. Please try again, or write to us.",
    ),
    settled="Paid in full",
    elsewhere="Your other bills, or your credit",
    still_due="{amount} still due",
)
