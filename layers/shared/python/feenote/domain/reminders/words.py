"""Reminders in plain words: what a firm reads of stages, reasons and outcomes."""

from __future__ import annotations

import re
from datetime import date

from feenote.domain.reminders.decisions import Reason
from feenote.domain.reminders.policy import REPEAT_KEY, Anchor
from feenote.domain.reminders.switches import Scope

_KEY = re.compile(r"(due|issue)([+-]\d{1,4})")
_DATES = {Anchor.DUE: "the due date", Anchor.ISSUE: "the bill’s date"}

_REASONS = {
    Reason.NEVER_SENT: "The bill was never sent from here: send it first.",
    Reason.PAID: "Nothing is owed on it any more: it was paid, or it is void.",
    Reason.PENDING: "A payment of it is on its way.",
    Reason.DISPUTED: "The client disputes a payment of it with their bank.",
    Reason.CREDIT: "What is held for the client covers it.",
    Reason.BELOW_MINIMUM: "Less is owed than the firm’s minimum for reminders.",
    Reason.OFF: "Reminders are switched off {where}.",
    Reason.HELD: "Reminders are held {where}{until}.",
    Reason.REMINDED_RECENTLY: "The recipient’s address was asked for money less than seven days ago.",
    Reason.STOPPED: "The recipient wants no reminders at this address.",
    Reason.BOUNCED: "The recipient’s address takes no mail: correct it.",
    Reason.COMPLAINED: "The recipient marked a message as unwanted: call them.",
    Reason.NO_RECIPIENT: "Nobody who may see the bill has an email address.",
    Reason.CLOSED: "The sending hours were over before the message could go.",
    Reason.NOT_DUE: "No stage of its reminders is due now.",
    Reason.MOST_REACHED: "As many reminders went out as the firm sends at the most: ask the client yourself.",
    Reason.STAGES_OVER: "The last stage is over, and nothing repeats: ask the client yourself.",
}
_WHERE = {
    Scope.BILL: "for this bill",
    Scope.MATTER: "for its matter",
    Scope.CLIENT: "for the client",
    Scope.FIRM: "for the whole firm",
}


def stage_in_words(key: str, *, repeat_days: int | None = None) -> str:
    """Return when a stage comes: "7 days after the due date"; an empty text for no stage.

    `repeat_days` is the policy's, where it is known; a key of another making is returned as it is.
    """
    if key == REPEAT_KEY:
        return repeat_in_words(repeat_days) if repeat_days else "repeated after the last stage"
    found = _KEY.fullmatch(key)
    if found is None:
        return key
    days, of = int(found[2]), _DATES[Anchor(found[1])]
    if not days:
        return f"on {of}"
    count = "1 day" if abs(days) == 1 else f"{abs(days)} days"
    return f"{count} {'after' if days > 0 else 'before'} {of}"


def repeat_in_words(repeat_days: int | None) -> str:
    """Return what comes after the last stage."""
    return (
        f"every {repeat_days} days after the last stage"
        if repeat_days
        else "never again after the last stage"
    )


def reason_in_words(reason: Reason, *, scope: Scope | None = None, until: date | None = None) -> str:
    """Return a sentence that says why nothing went, and what to do where something can be done.

    `scope` says whose switch decided it, `until` the day from which it goes on.
    """
    held = f" until {until.isoformat()}" if until is not None else ""
    return _REASONS[reason].format(where=_WHERE[scope] if scope is not None else "here", until=held)
