"""What a bill's timeline says, in plain words: for who reads it without knowing our codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from feenote.domain.deliveries import Notice
from feenote.domain.events import BILL_VOIDED, BillEvent, EventKind
from feenote.domain.money import Money
from feenote.domain.reminders.words import stage_in_words

_WHAT = {
    EventKind.CREATED: "Created",
    EventKind.CHANGED: "Changed",
    EventKind.SUBMITTED: "Handed in for approval",
    EventKind.APPROVED: "Approved",
    EventKind.VOIDED: "Made void",
    EventKind.DELETED: "Deleted",
    EventKind.QUEUED: "Put in line to be sent",
    EventKind.DELIVERED: "Delivered",
    EventKind.PAGE_LOADED: "Page opened",
    EventKind.HUMAN_VIEWED: "Viewed",
    EventKind.PAYMENT_STARTED: "Payment started",
    EventKind.PAYMENT_PENDING: "Payment on its way",
    EventKind.PAYMENT_FAILED: "Payment failed",
    EventKind.PAID: "Paid",
    EventKind.PAYMENT_MOVED: "Payment moved between bills",
    EventKind.PAYMENT_REVERSED: "Payment reversed",
    EventKind.REFUNDED: "Refunded",
    EventKind.REFUND_FAILED: "Refund failed: the money is back",
    EventKind.DISPUTED: "Disputed: the bank took the payment back",
    EventKind.DISPUTE_WON: "Dispute won: the payment is back",
    EventKind.DISPUTE_LOST: "Dispute lost",
    EventKind.LINK_WITHDRAWN: "Link taken back",
}
_SENT = {
    "bill": "Sent",
    "balance": "Balance sent",
    "reminder": "Reminder sent",
    "receipt": "Receipt sent",
    "payment_failed": "Note of a failed payment sent",
    "refund": "Note of a refund sent",
    "portal_invitation": "Invitation to the portal sent",
    "portal_bill": "Sent to the portal",
    "link_renewed": "New link sent",
}
_NOT_DELIVERED = {
    Notice.HARD_BOUNCE: "Came back: the address takes no mail",
    Notice.SOFT_BOUNCE: "Came back: it could not be delivered for now",
    Notice.COMPLAINT: "Marked as unwanted by the recipient",
    Notice.REJECT: "Refused by the mail provider",
    Notice.RENDERING_FAILURE: "Not made by the mail provider",
}
_SHARED = {"link": "secure link", "attachment": "PDF attached", "portal": "portal"}
_OWN_COLUMN = frozenset(
    {
        "kind",
        "contact_id",
        "also_to",
        "revision",
        "template_id",
        "shared",
        "channels",
        "why",
        "attachment_left_out",
        "marked_by_hand",
    }
)
_LABELS = {
    "messages": "messages",
    "payment_id": "payment",
    "refund_id": "refund",
    "dispute_id": "dispute",
    "link_id": "link",
    "send_id": "send",
    "delivery_id": "message",
    "hash": "fingerprint",
    "sub_type": "the mail server's reason",
    "status": "the mail server's code",
    "run_id": "run",
}


def what_happened(event: BillEvent) -> str:
    """Return what happened, in a few words."""
    if event.kind is EventKind.SENT:
        words = _SENT.get(event.details.get("kind", "bill"), "Message sent")
        return f"{words} (marked by hand)" if event.details.get("marked_by_hand") else words
    if event.kind is EventKind.NOT_DELIVERED:
        why = event.details.get("why", "")
        if why == BILL_VOIDED:
            return "Not sent: the bill was made void before"
        return next(
            (words for notice, words in _NOT_DELIVERED.items() if notice.value == why), "Not delivered"
        )
    return _WHAT.get(event.kind) or event.kind.value.replace("_", " ").capitalize()


def what_was_shared(details: Mapping[str, str]) -> str:
    """Return how the bill was shared, and why its PDF was left out where it was."""
    given = details.get("shared") or details.get("channels", "")
    left_out = details.get("attachment_left_out", "")
    words = [
        _SHARED.get(channel, channel)
        for channel in (part.strip() for part in given.split(","))
        # What was wanted and did not go along is told after what did.
        if channel and not (left_out and channel == "attachment")
    ]
    if left_out:
        words.append(f"PDF left out: {left_out}")
    return ", ".join(words)


def other_details(event: BillEvent, currency: str) -> str:
    """Return what no other column shows, each with what it is."""
    said = []
    for name, value in event.details.items():
        if name in _OWN_COLUMN:
            continue
        if name == "stage":
            said.append(f"stage {stage_in_words(value)}")
        elif name.endswith("_minor"):
            said.append(f"{name.removesuffix('_minor').replace('_', ' ')} {_amount(value, currency)}")
        else:
            said.append(f"{_LABELS.get(name, name.replace('_', ' '))} {value}")
    return ", ".join(said)


def _amount(minor: str, currency: str) -> str:
    try:
        return f"{Money(int(minor), currency).to_decimal()} {currency}"
    except ValueError:
        return minor


def template_used(event: BillEvent, name_of: Callable[[str], str]) -> str:
    """Return whose words a message had: a template's name, an edit by hand, or the shipped ones."""
    used = event.details.get("template_id", "")
    if used.startswith("tpl_"):
        return name_of(used)
    return used or ("Feenote's own words" if event.kind is EventKind.SENT else "")
