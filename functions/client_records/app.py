"""Firm, clients, contacts, matters and files of them."""

from __future__ import annotations

from feenote.api.callers import Role
from feenote.api.calls import Call
from feenote.api.endpoints import TextBody
from feenote.api.firms import FirmAnswer, FirmChange, firm_answer
from feenote.api.imports import CSV, LEDES, ImportAnswer, ImportQuery, take_file
from feenote.api.records import (
    ClientAnswer,
    ClientChange,
    ClientList,
    ClientQuery,
    ContactAnswer,
    ContactChange,
    ContactList,
    ContactQuery,
    MatterAnswer,
    MatterChange,
    MatterList,
    MatterQuery,
    NewClient,
    NewContact,
    NewMatter,
    client_answer,
    contact_answer,
    matter_answer,
)
from feenote.api.resolver import Api
from feenote.domain.records import Client, Contact, Matter
from feenote.service.change_firm import change_firm, read_firm
from feenote.service.keep_clients import add_client, change_client, list_clients, read_client
from feenote.service.keep_contacts import add_contact, change_contact, list_contacts, read_contact
from feenote.service.keep_matters import add_matter, change_matter, list_matters, read_matter

api = Api()
handler = api.resolve


@api.call("GET", "/v1/firm", roles=[Role.VIEWER])
def get_firm(call: Call) -> FirmAnswer:
    """Read the firm and its settings."""
    return firm_answer(read_firm(call.ports, firm_id=call.firm_id))


@api.call("PATCH", "/v1/firm", roles=[Role.ADMIN], conditional=True)
def patch_firm(call: Call, body: FirmChange) -> FirmAnswer:
    """Change the firm and its settings."""
    firm = change_firm(
        call.ports, firm_id=call.firm_id, expected_version=call.expected_version, change=body.applied_to
    )
    return firm_answer(firm)


@api.call("GET", "/v1/clients", roles=[Role.VIEWER])
def get_clients(call: Call, query: ClientQuery) -> ClientList:
    """List clients by name."""
    page = list_clients(
        call.ports, firm_id=call.firm_id, query=query.q, limit=query.limit, cursor=query.cursor
    )
    return ClientList(items=[client_answer(client) for client in page.items], next=page.next_cursor)


@api.call("POST", "/v1/clients", roles=[Role.BILLER], status=201, keyed=True)
def post_client(call: Call, body: NewClient) -> ClientAnswer:
    """Add a client."""
    blank = Client(call.new_id("cli"), call.firm_id, body.number, body.name)
    return client_answer(add_client(call.ports, client=body.applied_to(blank)))


@api.call("GET", "/v1/clients/<client_id>", roles=[Role.VIEWER])
def get_client(call: Call, client_id: str) -> ClientAnswer:
    """Read a client."""
    return client_answer(read_client(call.ports, firm_id=call.firm_id, client_id=client_id))


@api.call("PATCH", "/v1/clients/<client_id>", roles=[Role.BILLER], conditional=True)
def patch_client(call: Call, client_id: str, body: ClientChange) -> ClientAnswer:
    """Change a client."""
    client = change_client(
        call.ports,
        firm_id=call.firm_id,
        client_id=client_id,
        expected_version=call.expected_version,
        change=body.applied_to,
        now=call.now,
    )
    return client_answer(client)


@api.call("GET", "/v1/contacts", roles=[Role.VIEWER])
def get_contacts(call: Call, query: ContactQuery) -> ContactList:
    """List contacts by name, or find them by parts of name and address."""
    page = list_contacts(
        call.ports,
        firm_id=call.firm_id,
        query=query.q,
        client_id=query.client_id,
        limit=query.limit,
        cursor=query.cursor,
    )
    return ContactList(items=[contact_answer(contact) for contact in page.items], next=page.next_cursor)


@api.call("POST", "/v1/contacts", roles=[Role.BILLER], status=201, keyed=True)
def post_contact(call: Call, body: NewContact) -> ContactAnswer:
    """Add a contact."""
    blank = Contact(call.new_id("con"), call.firm_id)
    return contact_answer(add_contact(call.ports, contact=body.applied_to(blank)))


@api.call("GET", "/v1/contacts/<contact_id>", roles=[Role.VIEWER])
def get_contact(call: Call, contact_id: str) -> ContactAnswer:
    """Read a contact."""
    return contact_answer(read_contact(call.ports, firm_id=call.firm_id, contact_id=contact_id))


@api.call("PATCH", "/v1/contacts/<contact_id>", roles=[Role.BILLER], conditional=True)
def patch_contact(call: Call, contact_id: str, body: ContactChange) -> ContactAnswer:
    """Change a contact."""
    contact = change_contact(
        call.ports,
        firm_id=call.firm_id,
        contact_id=contact_id,
        expected_version=call.expected_version,
        change=body.applied_to,
    )
    return contact_answer(contact)


@api.call("GET", "/v1/matters", roles=[Role.VIEWER])
def get_matters(call: Call, query: MatterQuery) -> MatterList:
    """List matters by number."""
    page = list_matters(
        call.ports, firm_id=call.firm_id, client_id=query.client_id, limit=query.limit, cursor=query.cursor
    )
    return MatterList(items=[matter_answer(matter) for matter in page.items], next=page.next_cursor)


@api.call("POST", "/v1/matters", roles=[Role.BILLER], status=201, keyed=True)
def post_matter(call: Call, body: NewMatter) -> MatterAnswer:
    """Add a matter."""
    blank = Matter(call.new_id("mat"), call.firm_id, body.client_id, body.number)
    return matter_answer(add_matter(call.ports, matter=body.applied_to(blank)))


@api.call("GET", "/v1/matters/<matter_id>", roles=[Role.VIEWER])
def get_matter(call: Call, matter_id: str) -> MatterAnswer:
    """Read a matter."""
    return matter_answer(read_matter(call.ports, firm_id=call.firm_id, matter_id=matter_id))


@api.call("PATCH", "/v1/matters/<matter_id>", roles=[Role.BILLER], conditional=True)
def patch_matter(call: Call, matter_id: str, body: MatterChange) -> MatterAnswer:
    """Change a matter."""
    matter = change_matter(
        call.ports,
        firm_id=call.firm_id,
        matter_id=matter_id,
        expected_version=call.expected_version,
        change=body.applied_to,
    )
    return matter_answer(matter)


@api.call("POST", "/v1/imports", roles=[Role.BILLER], large=True, text_types=(LEDES, CSV), keyed=True)
def post_import(call: Call, body: TextBody, query: ImportQuery) -> ImportAnswer:
    """Import bills or clients from a file."""
    return take_file(call, query, body)
