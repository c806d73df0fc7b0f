"""Who bills, who owes, who is written to, and the piece of work: firm, client, contact, matter."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ClientKind(StrEnum):
    """What a client is in law."""

    PERSON = "person"
    ORGANISATION = "organisation"


class EmailState(StrEnum):
    """What is known of an address."""

    OK = "ok"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class PaymentAccount(StrEnum):
    """Whether the firm can be paid online."""

    NONE = "none"
    CONNECTED = "connected"


class LinesShown(StrEnum):
    """How much of a bill's lines its page shows."""

    FULL = "full"
    SUMMARY = "summary"
    NONE = "none"


class PartialPayments(StrEnum):
    """Whether a client may pay less than all."""

    OFF = "off"
    ANY = "any"
    MINIMUM = "minimum"


@dataclass(frozen=True, slots=True)
class FirmSettings:
    """Hold what a firm chose; each default is the product's."""

    link_days: int = 90
    attachment_limit_bytes: int = 7_000_000
    accept_all_unpaid: bool = True
    lines_shown: LinesShown = LinesShown.FULL
    partial_payments: PartialPayments = PartialPayments.OFF
    partial_minimum_minor: int = 0
    may_leave_bills_out: bool = True


@dataclass(frozen=True, slots=True)
class Firm:
    """The law firm that bills. `accent_colour` is `#rrggbb`; `logo_key` names a stored picture."""

    id: str
    name: str
    address: tuple[str, ...] = ()
    email: str = ""
    phone: str = ""
    website: str = ""
    tax_number: str = ""
    time_zone: str = "America/New_York"
    locale: str = "en-US"
    currency: str = "USD"
    paper_size: str = "letter"
    bill_number_format: str = "{number:05d}"
    payment_terms_days: int = 30
    reply_to: str = ""
    payment_account: PaymentAccount = PaymentAccount.NONE
    stripe_account_id: str = ""
    payment_instructions: str = ""
    accent_colour: str = "#1f3a5f"
    logo_key: str = ""
    settings: FirmSettings = field(default_factory=FirmSettings)
    version: int = 0


@dataclass(frozen=True, slots=True)
class Client:
    """A person or an organisation that owes. `address` is one line of text for each line of an envelope."""

    id: str
    firm_id: str
    number: str
    name: str
    kind: ClientKind = ClientKind.ORGANISATION
    primary_contact_id: str = ""
    language: str = ""
    time_zone: str = ""
    address: tuple[str, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who can be written to, for one client of the firm or several."""

    id: str
    firm_id: str
    client_ids: tuple[str, ...] = ()
    first_name: str = ""
    last_name: str = ""
    salutation: str = ""
    email: str = ""
    language: str = ""
    time_zone: str = ""
    email_state: EmailState = EmailState.OK
    version: int = 0

    @property
    def display_name(self) -> str:
        """Return first and last name, or the address where there is no name."""
        return " ".join(part for part in (self.first_name, self.last_name) if part) or self.email


@dataclass(frozen=True, slots=True)
class Attorney:
    """The attorney responsible for a matter; replies go to this address."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class BillRecipient:
    """A contact who gets a matter's bills; every future one, or only when chosen by hand."""

    contact_id: str
    every_future_bill: bool = True


@dataclass(frozen=True, slots=True)
class Matter:
    """A piece of work for a client; `client_matter_number` is the client's own name for it."""

    id: str
    firm_id: str
    client_id: str
    number: str
    description: str = ""
    client_matter_number: str = ""
    responsible_attorney: Attorney = field(default_factory=Attorney)
    recipients: tuple[BillRecipient, ...] = ()
    version: int = 0
