"""Reminders as their readers get them: one bill or many, ahead of time or late, in one currency or two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from feenote.domain.accounts import ClientAccount
from feenote.domain.deliveries import MessageKind
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill
from feenote.domain.visibility import Visibility
from feenote.service.ports import MailContext
from tests.fakes.linked_samples import CONTACT, MATTER, NOW
from tests.fakes.mail_samples import about, mail_context

SECOND_MATTER = replace(
    MATTER, id="mat_2", number="2041-11", description="Sale of the Avonmouth yard", client_matter_number=""
)
TODAY = NOW.date()


def owed(
    number: int,
    *,
    due_in: int,
    minor: int = 1_240_00,
    currency: str = "GBP",
    paid_minor: int = 0,
    matter_id: str = MATTER.id,
) -> OpenBill:
    """Return an open bill; `due_in` is in days from the day of the samples."""
    due_on = TODAY + timedelta(days=due_in)
    return OpenBill(
        f"bill_{number}",
        str(96_100 + number),
        due_on - timedelta(days=30),
        due_on,
        datetime(2026, 8, 1, 9, tzinfo=UTC) + timedelta(hours=number),
        Money(minor, currency),
        paid_minor,
        (matter_id,),
    )


def reminder(*bills: OpenBill, language: str = "en", stage: str = "") -> MailContext:
    """Return a reminder of these bills to somebody who may see them all."""
    base = mail_context(MessageKind.REMINDER)
    account = ClientAccount("firm_1", "cli_1", open_bills={bill.bill_id: bill for bill in bills})
    context = about(base, account)
    return replace(
        context,
        delivery=replace(
            context.delivery,
            stage=stage,
            visibility=Visibility((MATTER.id, SECOND_MATTER.id), without_matter=True),
        ),
        matters=(MATTER, SECOND_MATTER),
        contact=replace(CONTACT, language=language),
    )


def twelve() -> tuple[OpenBill, ...]:
    """Return twelve bills over two matters, all late, one of them paid in part."""
    return tuple(
        owed(
            number,
            due_in=-75 + 6 * number,
            minor=480_00 + 137_25 * number,
            paid_minor=200_00 if number == 3 else 0,
            matter_id=SECOND_MATTER.id if number % 3 == 0 else MATTER.id,
        )
        for number in range(1, 13)
    )


def every_reminder() -> Mapping[str, MailContext]:
    """Return the reminders that are looked at, by name."""
    euros = owed(2, due_in=-3, minor=860_50, currency="EUR", matter_id=SECOND_MATTER.id)
    late = owed(1, due_in=-7)
    return {
        "soon": reminder(owed(1, due_in=3), stage="due-3"),
        "late": reminder(late, stage="due+7"),
        "long": reminder(owed(1, due_in=-45, paid_minor=240_00), stage="repeat"),
        "twelve": reminder(*twelve(), stage="due+30"),
        "two_currencies": reminder(late, euros, stage="due+7"),
        **{f"late_{language}": reminder(late, language=language) for language in ("de", "fr", "es")},
        **{f"twelve_{language}": reminder(*twelve(), language=language) for language in ("de", "fr", "es")},
    }
