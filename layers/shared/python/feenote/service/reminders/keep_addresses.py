"""Stop reminders to a contact's address, or let them go to it again, as staff do for who asked them to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feenote.domain.records import Contact
from feenote.domain.reminders.history import AddressFacts
from feenote.service.errors import FieldError, RefusedError
from feenote.service.keep_contacts import read_contact
from feenote.service.ports import Ports
from feenote.service.reminders.stopped_tasks import close_stopped_task


@dataclass(frozen=True, slots=True)
class RemindedContact:
    """A contact, and what the firm's reminders know of the address that it has now."""

    contact: Contact
    known: AddressFacts


def read_reminded(ports: Ports, *, firm_id: str, contact_id: str) -> RemindedContact:
    """Return whether reminders may go to a contact's address.

    Raises:
        NotFoundError: when the firm has no such contact.
    """
    contact = read_contact(ports, firm_id=firm_id, contact_id=contact_id)
    return RemindedContact(contact, _known(ports, contact))


def set_stopped(
    ports: Ports, *, firm_id: str, contact_id: str, stopped: bool, actor: str, now: datetime
) -> RemindedContact:
    """Stop reminders to a contact's address, or let them go again; the same once more changes nothing.

    Where its recipient had stopped them, the task that says so is done when they go again.

    Raises:
        NotFoundError: when the firm has no such contact.
        RefusedError: when they are to be stopped and the contact has no address.
    """
    contact = read_contact(ports, firm_id=firm_id, contact_id=contact_id)
    if not contact.email:
        if stopped:
            message = "The contact has no email address: no reminder goes to them."
            raise RefusedError(message, [FieldError("stopped", message)])
    elif stopped:
        ports.reminders.stop(firm_id, contact.email, by=actor, at=now)
    else:
        close_stopped_task(ports, firm_id, _known(ports, contact), by=actor, at=now)
        ports.reminders.start(firm_id, contact.email)
    return RemindedContact(contact, _known(ports, contact))


def _known(ports: Ports, contact: Contact) -> AddressFacts:
    if not contact.email:
        return AddressFacts("")
    key = contact.email.casefold()
    return ports.reminders.addresses(contact.firm_id, [contact.email]).get(key, AddressFacts(contact.email))
