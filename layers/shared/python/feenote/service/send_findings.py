"""What speaks against a send: warnings about recipients and words, for bills and balances alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from feenote.domain.records import Client, Contact, EmailState
from feenote.service.choose_wordings import Wordings
from feenote.service.ports import MailContext, Ports
from feenote.service.recipients import Recipients

NOTHING_UNPAID = "nothing_unpaid"
"""The code of a bill, or of a whole balance, that there is nothing to ask for on."""
LINK_IN_PREVIEW = "preview"
"""Stands where a link's token will be: a preview makes no token."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A warning, an error or a notice, by a code that programs can rely on.

    `bill_id` is empty where it is about a whole balance.
    """

    code: str
    message: str
    bill_id: str
    contact_id: str = ""


def link_in_preview(ports: Ports) -> str:
    """Return what stands where the link's address will be."""
    return f"{ports.public_base_url}/l/{LINK_IN_PREVIEW}"


def of_addresses(contacts: Iterable[Contact], bill_id: str) -> list[Finding]:
    """Warn of addresses that did not take an earlier mail."""
    found = []
    for contact in contacts:
        if contact.email_state is not EmailState.OK:
            text = "An earlier mail to this address came back."
            if contact.email_state is EmailState.COMPLAINED:
                text = "The recipient marked an earlier mail as unwanted."
            found.append(Finding("address_bounced", text, bill_id, contact.id))
    return found


def of_strangers(recipients: Recipients, client: Client, bill_id: str) -> list[Finding]:
    """Warn of recipients, chosen by hand, whom the rule would not have written to."""
    found = []
    for contact in recipients.by_hand:
        if client.id in contact.client_ids:
            text = "This contact is not a recipient on every matter."
            found.append(Finding("not_on_every_matter", text, bill_id, contact.id))
        else:
            what = "bill is" if bill_id else "bills are"
            text = f"This contact is not one of the client's: the {what} confidential."
            found.append(Finding("not_the_clients", text, bill_id, contact.id))
    return found


def of_template(wordings: Wordings, client: Client, bill_id: str) -> list[Finding]:
    """Warn of words that were written for another client."""
    if not wordings.is_of_another(client):
        return []
    text = "The template is another client's own: its words may be meant for that client alone."
    return [Finding("template_of_another_client", text, bill_id)]


def of_words(ports: Ports, contexts: Sequence[MailContext], now: datetime) -> list[Finding]:
    """Warn of fields that are empty where a firm's own words want them."""
    found = []
    for context in contexts:
        if context.wording is None:
            # The words that ship are written so that whatever is empty is not missed.
            continue
        names = ports.messages.fell_back(context, link_url=link_in_preview(ports), attached=False, now=now)
        if names:
            text = f"Empty here, and something else stands in: {', '.join(names)}."
            delivery = context.delivery
            found.append(Finding("field_fell_back", text, delivery.bill_id, delivery.contact_id))
    return found
