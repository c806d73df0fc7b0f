"""The firm as the API shows and takes it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from feenote.api.changes import given, with_changes
from feenote.api.fields import (
    AddressLines,
    Answer,
    Change,
    Colour,
    Currency,
    Language,
    Line,
    Name,
    OptionalEmail,
    Paragraph,
    TimeZone,
    WebAddress,
)
from feenote.domain.bill_numbers import check_format
from feenote.domain.money import MAX_MINOR
from feenote.domain.records import Firm, LinesShown, PartialPayments, PaymentAccount

StripeAccount = Annotated[
    str, Field(pattern=r"^(acct_[A-Za-z0-9]{1,64})?$", examples=["acct_1032D82eZvKYlo2C"])
]


def _number_format(text: str) -> str:
    check_format(text)
    return text


class SettingsAnswer(Answer):
    """What the firm chose."""

    link_days: int
    attachment_limit_bytes: int
    accept_all_unpaid: bool
    lines_shown: LinesShown
    partial_payments: PartialPayments
    partial_minimum_minor: int
    may_leave_bills_out: bool


class FirmAnswer(Answer):
    """The law firm that bills."""

    id: str
    name: str
    address: list[str]
    email: str
    phone: str
    website: str
    tax_number: str
    time_zone: str
    locale: str
    currency: str
    paper_size: str
    bill_number_format: str
    payment_terms_days: int
    reply_to: str
    payment_account: PaymentAccount
    stripe_account_id: str
    payment_instructions: str
    accent_colour: str
    settings: SettingsAnswer
    version: int


class SettingsChange(Change):
    """Settings to change; what is left out stays."""

    link_days: Annotated[int, Field(ge=7, le=365)] = 90
    attachment_limit_bytes: Annotated[int, Field(ge=0, le=25_000_000)] = 7_000_000
    accept_all_unpaid: bool = True
    lines_shown: LinesShown = LinesShown.FULL
    partial_payments: Annotated[
        PartialPayments,
        Field(description="Whether a client may pay a part online: not at all, any part, or a minimum."),
    ] = PartialPayments.OFF
    partial_minimum_minor: Annotated[
        int,
        Field(
            ge=0,
            le=MAX_MINOR,
            description="The least part with `minimum`, in minor units of the firm's currency. "
            "Bills in another currency are paid whole then.",
        ),
    ] = 0
    may_leave_bills_out: Annotated[
        bool, Field(description="Whether a client who pays many bills may leave some out.")
    ] = True


class FirmChange(Change):
    """What to change about the firm; what is left out stays."""

    name: Name = ""
    address: AddressLines = ()
    email: OptionalEmail = ""
    phone: Line = ""
    website: WebAddress = ""
    tax_number: Line = ""
    time_zone: TimeZone = "America/New_York"
    locale: Language = "en-US"
    currency: Currency = "USD"
    paper_size: Literal["letter", "a4"] = "letter"
    bill_number_format: Annotated[
        str, Field(max_length=40, examples=["{year}-{number:05d}"]), AfterValidator(_number_format)
    ] = "{number:05d}"
    payment_terms_days: Annotated[int, Field(ge=0, le=365)] = 30
    reply_to: OptionalEmail = ""
    payment_account: PaymentAccount = PaymentAccount.NONE
    stripe_account_id: StripeAccount = ""
    payment_instructions: Paragraph = ""
    accent_colour: Colour = "#1f3a5f"
    settings: SettingsChange = SettingsChange()

    def applied_to(self, firm: Firm) -> Firm:
        """Return the firm with these changes."""
        settings = with_changes(firm.settings, given(self.settings))
        return with_changes(firm, given(self, settings=settings))


def firm_answer(firm: Firm) -> FirmAnswer:
    """Return a firm as the API shows it."""
    settings = firm.settings
    return FirmAnswer(
        id=firm.id,
        name=firm.name,
        address=list(firm.address),
        email=firm.email,
        phone=firm.phone,
        website=firm.website,
        tax_number=firm.tax_number,
        time_zone=firm.time_zone,
        locale=firm.locale,
        currency=firm.currency,
        paper_size=firm.paper_size,
        bill_number_format=firm.bill_number_format,
        payment_terms_days=firm.payment_terms_days,
        reply_to=firm.reply_to,
        payment_account=firm.payment_account,
        stripe_account_id=firm.stripe_account_id,
        payment_instructions=firm.payment_instructions,
        accent_colour=firm.accent_colour,
        settings=SettingsAnswer(
            link_days=settings.link_days,
            attachment_limit_bytes=settings.attachment_limit_bytes,
            accept_all_unpaid=settings.accept_all_unpaid,
            lines_shown=settings.lines_shown,
            partial_payments=settings.partial_payments,
            partial_minimum_minor=settings.partial_minimum_minor,
            may_leave_bills_out=settings.may_leave_bills_out,
        ),
        version=firm.version,
    )
