"""Look at bills before a send: who gets them, with which words, and what speaks against it.

A preview, a send of one bill and a job of ten thousand all begin here: they differ in what they do with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feenote.domain.allocation import oldest_first
from feenote.domain.bills import ISSUED, Bill, BillState
from feenote.domain.calendars import day_in
from feenote.domain.deliveries import Addressee, Delivery, DeliveryState, Lane, MessageKind
from feenote.domain.records import Client, Contact, Matter
from feenote.domain.sends import SendChoice, seen_of
from feenote.domain.visibility import Visibility
from feenote.service import send_findings
from feenote.service.choose_wordings import Wordings, wordings_for
from feenote.service.errors import NotFoundError
from feenote.service.ports import MailContext, Ports, RenderError, SendSources
from feenote.service.recipients import Excluded, recipients_of, visibility_of
from feenote.service.send_findings import LINK_IN_PREVIEW, Finding

ASK_AGAIN_WITHIN = timedelta(minutes=10)

_NOT_SENDABLE = {
    BillState.DRAFT: "A draft is not sent: approve it first.",
    BillState.AWAITING_APPROVAL: "A bill that is awaiting approval is not sent: approve it first.",
    BillState.VOID: "A void bill is not sent.",
}


@dataclass(frozen=True, slots=True)
class SendIdentity:
    """Whose send it is, and how fast it goes; `send_id` is `preview` where nothing is sent."""

    firm_id: str
    send_id: str
    sender: str
    lane: Lane = Lane.PROMPT


@dataclass(frozen=True, slots=True)
class PreparedBill:
    """One bill, looked at before a send: a context for each message, and what was found."""

    bill_id: str
    bill: Bill | None
    contexts: tuple[MailContext, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    warnings: tuple[Finding, ...] = ()
    errors: tuple[Finding, ...] = ()

    @property
    def bill_number(self) -> str:
        """Return the bill's number; empty where there is no bill, or none yet."""
        return self.bill.number if self.bill else ""

    @property
    def seen(self) -> str:
        """Return what a preview shows of the bill, to be named when it is sent."""
        return seen_of(self.bill.revision, self.bill.balance_due.minor) if self.bill else ""


def prepare_bills(
    ports: Ports,
    identity: SendIdentity,
    *,
    bill_ids: Sequence[str],
    choice: SendChoice,
    seen: Mapping[str, str],
    now: datetime,
) -> list[PreparedBill]:
    """Return, for each bill, its messages and what was found; nothing is stored but the words they have.

    Raises:
        RefusedError: the chosen template is not there any more.
        NotFoundError: there is no such firm.
    """
    try:
        sources = ports.sends.sources(
            identity.firm_id,
            bill_ids,
            contact_ids=choice.recipients or (),
            also_open=choice.accept_all_unpaid is not False,
        )
    except KeyError:
        return _one_by_one(ports, identity, bill_ids, choice, seen, now)
    clients = frozenset(bill.client_id for bill in sources.bills.values())
    wordings = wordings_for(ports, identity.firm_id, choice, clients, kind=MessageKind.BILL)
    desk = _Desk(ports, identity, choice, sources, wordings, now)
    return [_looked_at(desk, bill_id, seen.get(bill_id, "")) for bill_id in bill_ids]


def _looked_at(desk: _Desk, bill_id: str, seen: str) -> PreparedBill:
    """Prepare a bill; one whose message cannot be made is one with an error, and holds no other up."""
    try:
        return desk.prepare(bill_id, seen)
    except (RenderError, ValueError, LookupError):
        desk.ports.signals.count("BillNotPrepared")
        wrong = Finding("not_rendered", "The message or its PDF cannot be made.", bill_id)
        return PreparedBill(bill_id, desk.sources.bills.get(bill_id), errors=(wrong,))


def _one_by_one(
    ports: Ports,
    identity: SendIdentity,
    bill_ids: Sequence[str],
    choice: SendChoice,
    seen: Mapping[str, str],
    now: datetime,
) -> list[PreparedBill]:
    """Prepare bills of which one cannot be read, so that it holds no other up."""
    try:
        ports.records.get_firm(identity.firm_id)
    except KeyError:
        raise NotFoundError("There is no such firm: set it up first.") from None
    if len(bill_ids) == 1:
        gone = Finding("record_gone", "What belongs to the bill cannot be read.", bill_ids[0])
        return [PreparedBill(bill_ids[0], None, errors=(gone,))]
    return [
        one
        for bill_id in bill_ids
        for one in prepare_bills(ports, identity, bill_ids=[bill_id], choice=choice, seen=seen, now=now)
    ]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What preparing one bill after the other needs."""

    ports: Ports
    identity: SendIdentity
    choice: SendChoice
    sources: SendSources
    wordings: Wordings
    now: datetime

    def prepare(self, bill_id: str, seen: str) -> PreparedBill:
        sources = self.sources
        bill = sources.bills.get(bill_id)
        if bill is None or bill.state is BillState.DELETED:
            return PreparedBill(
                bill_id, None, errors=(Finding("no_such_bill", "There is no such bill.", bill_id),)
            )
        client = sources.clients.get(bill.client_id)
        matters = [sources.matters[i] for i in bill.content.matter_ids if i in sources.matters]
        if client is None or len(matters) < len(bill.content.matter_ids):
            gone = Finding("record_gone", "The bill's client or matter is not there any more.", bill_id)
            return PreparedBill(bill_id, bill, errors=(gone,))
        errors = []
        if bill.state not in ISSUED:
            errors.append(Finding("not_sendable", _NOT_SENDABLE[bill.state], bill_id))
        recipients = recipients_of(client, matters, sources.contacts, chosen=self.choice.recipients)
        if recipients.refusal:
            errors.append(Finding("no_address", recipients.refusal, bill_id))
        contexts = tuple(self._contexts(bill, client, matters, recipients.contacts))
        warnings = (
            *self._of_bill(bill, seen),
            *self._of_contacts(bill, recipients.contacts),
            *send_findings.of_strangers(recipients, client, bill_id),
            *send_findings.of_template(self.wordings, client, bill_id),
            *(send_findings.of_words(self.ports, contexts, self.now) if not errors else ()),
        )
        excluded = tuple(Excluded(item.contact_id, item.reason, bill_id) for item in recipients.excluded)
        return PreparedBill(bill_id, bill, contexts, excluded, warnings, tuple(errors))

    # Messages

    def _contexts(
        self, bill: Bill, client: Client, matters: Sequence[Matter], contacts: Sequence[Contact]
    ) -> list[MailContext]:
        groups = [tuple(contacts)] if self.choice.one_email and contacts else [(one,) for one in contacts]
        return [self._context(bill, client, matters, group) for group in groups]

    def _context(
        self, bill: Bill, client: Client, matters: Sequence[Matter], group: Sequence[Contact]
    ) -> MailContext:
        firm, contact = self.sources.firm, group[0]
        chosen = self.wordings.of(firm, client, contact)
        visibility = self._visibility(bill, client, group)
        delivery = Delivery(
            id=delivery_id(self.identity.send_id, bill.id, contact.id),
            firm_id=firm.id,
            client_id=client.id,
            kind=MessageKind.BILL,
            state=DeliveryState.QUEUED,
            to_address=contact.email,
            created_at=self.now,
            state_since_at=self.now,
            contact_id=contact.id,
            bill_id=bill.id,
            send_id=self.identity.send_id,
            revision=bill.revision,
            channels=self.choice.channels,
            accept_all_unpaid=visibility is not None,
            sender=self.identity.sender,
            link_days=firm.settings.link_days,
            matter_ids=bill.content.matter_ids,
            lane=self.identity.lane,
            also_to=tuple(Addressee(one.id, one.email, one.display_name) for one in group[1:]),
            template_id=chosen.template_id,
            wording_id=chosen.wording.id if chosen.wording else "",
            visibility=visibility,
            is_sent_again=bill.stamps.last_sent_at is not None,
        )
        if self.identity.send_id != LINK_IN_PREVIEW:
            self.wordings.keep(self.ports, firm.id, chosen)
        return MailContext(
            delivery,
            firm,
            client,
            contact,
            bill,
            tuple(matters),
            self.sources.accounts[client.id],
            None,
            wording=chosen.wording,
            others=tuple(group[1:]),
        )

    def _visibility(self, bill: Bill, client: Client, group: Sequence[Contact]) -> Visibility | None:
        """Return which other bills the link may show and take payment for; None for none.

        They may be of matters that not everybody in the group may see: what one may not, none gets.
        """
        wanted = self.choice.accept_all_unpaid
        accepts = self.sources.firm.settings.accept_all_unpaid if wanted is None else wanted
        if not accepts:
            return None
        opened = self.sources.accounts[client.id].open_bills.values()
        others = (each for other in sorted(opened, key=oldest_first) for each in other.matter_ids)
        named = dict.fromkeys((*bill.content.matter_ids, *others))
        matters = [self.sources.matters[each] for each in named if each in self.sources.matters]
        return visibility_of(client, matters, [contact.id for contact in group])

    # Findings

    def _of_bill(self, bill: Bill, seen: str) -> list[Finding]:
        found = []
        today = day_in(self.sources.firm.time_zone, self.now)
        if bill.balance_due and bill.content.due_on < today:
            text = f"The due date {bill.content.due_on} has passed."
            found.append(Finding("due_date_passed", text, bill.id))
        if seen and seen != seen_of(bill.revision, bill.balance_due.minor):
            text = "The bill or what it owes has changed since the preview: look at it again."
            found.append(Finding("changed_since_preview", text, bill.id))
        return found

    def _of_contacts(self, bill: Bill, contacts: Sequence[Contact]) -> list[Finding]:
        text = "This bill went to this person within the last ten minutes."
        recent = self._just_sent_to(bill)
        again = [
            Finding("sent_just_now", text, bill.id, contact.id)
            for contact in contacts
            if contact.id in recent
        ]
        return [*send_findings.of_addresses(contacts, bill.id), *again]

    def _just_sent_to(self, bill: Bill) -> frozenset[str]:
        """Return to whom the bill was sent a moment ago; the bill's row says whether it is worth looking."""
        asked_at = bill.stamps.last_queued_at
        if asked_at is None or self.now - asked_at >= ASK_AGAIN_WITHIN:
            return frozenset()
        recent: set[str] = set()
        for delivery in self.ports.deliveries.of_bill(bill.firm_id, bill.id):
            is_recent = self.now - delivery.created_at < ASK_AGAIN_WITHIN
            # This very send, repeated after a crash, is no second one.
            is_other = delivery.send_id != self.identity.send_id
            if delivery.kind is MessageKind.BILL and is_recent and is_other:
                recent |= {delivery.contact_id, *(other.contact_id for other in delivery.also_to)}
        return frozenset(recent)


def delivery_id(send_id: str, bill_id: str, contact_id: str) -> str:
    """Make the id from what it is for, so that a send that is repeated makes the same message."""
    digest = hashlib.sha256(f"{send_id}|{bill_id}|{contact_id}".encode()).hexdigest()
    return f"dlv_{digest[:26]}"
