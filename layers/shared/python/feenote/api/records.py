"""Clients, contacts and matters as the API shows and takes them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from feenote.api.changes import given, with_changes
from feenote.api.fields import (
    AddressLines,
    Answer,
    Change,
    Email,
    Id,
    Language,
    Line,
    ListAnswer,
    ListQuery,
    Name,
    Number,
    OptionalEmail,
    Paragraph,
    Request,
    TimeZone,
)
from feenote.domain.records import BillRecipient, Client, ClientKind, Contact, EmailState, Matter

# --- clients ----------------------------------------------------------------------------------------


class ClientQuery(ListQuery):
    """`q` finds by the beginnings of the words of the name, and of the number."""

    q: Annotated[str, Field(max_length=100)] = ""


class ClientAnswer(Answer):
    """Who owes. `language` and `time_zone` are null where the firm's stand."""

    id: str
    number: str
    name: str
    kind: ClientKind
    primary_contact_id: str | None
    language: str | None
    time_zone: str | None
    address: list[str]
    version: int


class ClientChange(Change):
    """What to change about a client; what is left out stays, a null empties."""

    number: Number = ""
    name: Name = ""
    kind: ClientKind = ClientKind.ORGANISATION
    primary_contact_id: Id | None = None
    language: Language | None = None
    time_zone: TimeZone | None = None
    address: AddressLines = ()

    def applied_to(self, client: Client) -> Client:
        """Return the client with these changes."""
        return with_changes(client, given(self))


class NewClient(ClientChange):
    """A client to add."""

    number: Number
    name: Name


class ClientList(ListAnswer[ClientAnswer]):
    """A page of clients."""


def client_answer(client: Client) -> ClientAnswer:
    """Return a client as the API shows it."""
    return ClientAnswer(
        id=client.id,
        number=client.number,
        name=client.name,
        kind=client.kind,
        primary_contact_id=client.primary_contact_id or None,
        language=client.language or None,
        time_zone=client.time_zone or None,
        address=list(client.address),
        version=client.version,
    )


# --- contacts ---------------------------------------------------------------------------------------


class ContactQuery(ClientQuery):
    """`q` finds by the beginnings of the words of the name and of the address."""

    client_id: Id | None = None


class ContactAnswer(Answer):
    """Who is written to."""

    id: str
    client_ids: list[str]
    first_name: str
    last_name: str
    salutation: str
    email: str
    language: str | None
    time_zone: str | None
    email_state: EmailState
    version: int


class _ContactFields(Change):
    """What an office writes down of a contact."""

    client_ids: Annotated[tuple[Id, ...], Field(max_length=50)] = ()
    first_name: Line = ""
    last_name: Line = ""
    salutation: Line = ""
    email: Email | None = None
    language: Language | None = None
    time_zone: TimeZone | None = None

    def applied_to(self, contact: Contact) -> Contact:
        """Return the contact with these changes."""
        return with_changes(contact, given(self, client_ids=tuple(dict.fromkeys(self.client_ids))))


class ContactChange(_ContactFields):
    """What to change about a contact; what is left out stays, a null empties."""

    email_state: Annotated[
        Literal[EmailState.OK],
        Field(
            description="Only ok: the address takes mail again, as its owner has said. That it takes none"
            " (bounced) or wants none (complained) is told by the mail provider alone."
        ),
    ] = EmailState.OK


class NewContact(_ContactFields):
    """A contact to add."""


class ContactList(ListAnswer[ContactAnswer]):
    """A page of contacts."""


def contact_answer(contact: Contact) -> ContactAnswer:
    """Return a contact as the API shows it."""
    return ContactAnswer(
        id=contact.id,
        client_ids=list(contact.client_ids),
        first_name=contact.first_name,
        last_name=contact.last_name,
        salutation=contact.salutation,
        email=contact.email,
        language=contact.language or None,
        time_zone=contact.time_zone or None,
        email_state=contact.email_state,
        version=contact.version,
    )


# --- matters ----------------------------------------------------------------------------------------


class MatterQuery(ListQuery):
    """Matters of one client, or of all."""

    client_id: Id | None = None


class AttorneyField(Change):
    """Who is responsible; replies go to this address."""

    name: Line = ""
    email: OptionalEmail = ""
    phone: Line = ""


class RecipientField(Request):
    """A contact who gets the matter's bills: every future one, or only when chosen by hand."""

    contact_id: Id
    every_future_bill: bool = True


class AttorneyAnswer(Answer):
    """Who is responsible."""

    name: str
    email: str
    phone: str


class RecipientAnswer(Answer):
    """A contact who gets the matter's bills."""

    contact_id: str
    every_future_bill: bool


class MatterAnswer(Answer):
    """A piece of work for a client."""

    id: str
    number: str
    description: str
    client_id: str
    client_matter_number: str
    responsible_attorney: AttorneyAnswer
    recipients: list[RecipientAnswer]
    version: int


class MatterChange(Change):
    """What to change about a matter; what is left out stays."""

    number: Number = ""
    description: Paragraph = ""
    client_id: Id = ""
    client_matter_number: Line = ""
    responsible_attorney: AttorneyField = AttorneyField()
    recipients: Annotated[tuple[RecipientField, ...], Field(max_length=50)] = ()

    def applied_to(self, matter: Matter) -> Matter:
        """Return the matter with these changes."""
        attorney = with_changes(matter.responsible_attorney, given(self.responsible_attorney))
        recipients = tuple(BillRecipient(item.contact_id, item.every_future_bill) for item in self.recipients)
        return with_changes(matter, given(self, responsible_attorney=attorney, recipients=recipients))


class NewMatter(MatterChange):
    """A matter to add."""

    number: Number
    client_id: Id


class MatterList(ListAnswer[MatterAnswer]):
    """A page of matters."""


def matter_answer(matter: Matter) -> MatterAnswer:
    """Return a matter as the API shows it."""
    attorney = matter.responsible_attorney
    return MatterAnswer(
        id=matter.id,
        number=matter.number,
        description=matter.description,
        client_id=matter.client_id,
        client_matter_number=matter.client_matter_number,
        responsible_attorney=AttorneyAnswer(name=attorney.name, email=attorney.email, phone=attorney.phone),
        recipients=[
            RecipientAnswer(contact_id=item.contact_id, every_future_bill=item.every_future_bill)
            for item in matter.recipients
        ],
        version=matter.version,
    )
