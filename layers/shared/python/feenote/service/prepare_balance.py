"""Look at a client's balance before it is sent: who gets which bills, and what speaks against it.

Each contact gets one email with exactly the bills that are theirs by the rule of recipients. A preview, a
send and its repetition after a crash all begin here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from feenote.domain.accounts import ClientAccount
from feenote.domain.allocation import oldest_first
from feenote.domain.deliveries import Addressee, Delivery, DeliveryState, MessageKind
from feenote.domain.open_bills import OpenBill
from feenote.domain.records import Client
from feenote.domain.sends import Outcome, SendChoice, SendResult, kind_of, seen_of
from feenote.domain.shown_bills import asks_for_money, listed_bills, matters_of
from feenote.service import send_findings
from feenote.service.balance_readers import MATTER_GONE, Group, Readers, readers_of
from feenote.service.choose_wordings import Wordings, wordings_for
from feenote.service.errors import FieldError, NotFoundError, RefusedError
from feenote.service.ports import MailContext, Ports, RenderError, SendSources
from feenote.service.prepare_sends import ASK_AGAIN_WITHIN, SendIdentity, delivery_id
from feenote.service.recipients import Excluded
from feenote.service.reminders import by_hand
from feenote.service.reminders.by_hand import ByHand
from feenote.service.send_findings import LINK_IN_PREVIEW, NOTHING_UNPAID, Finding

MOST_LEFT_OUT = 300
"""So many bills a message's visibility names as left out, those of other currencies among them."""


@dataclass(frozen=True, slots=True)
class PreparedBalance:
    """A client's balance, looked at: a context for each message, a result for each bill, what was found."""

    client: Client
    contexts: tuple[MailContext, ...] = ()
    results: tuple[SendResult, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    warnings: tuple[Finding, ...] = ()
    errors: tuple[Finding, ...] = ()
    seen: Mapping[str, str] | None = None
    unknown: tuple[str, ...] = ()
    """Bills that were to be left out and are none of the client's open ones."""


def prepare_balance(
    ports: Ports,
    identity: SendIdentity,
    *,
    client_id: str,
    choice: SendChoice,
    seen: Mapping[str, str],
    now: datetime,
) -> PreparedBalance:
    """Return a balance's messages and what was found; nothing is stored but the words they have.

    Raises:
        NotFoundError: there is no such client.
        RefusedError: more bills are left out than a message names.
    """
    try:
        sources = ports.sends.balance_sources(
            identity.firm_id, client_id, contact_ids=choice.recipients or ()
        )
    except KeyError:
        raise NotFoundError("There is no such client.") from None
    kind = kind_of(client_id, choice)
    wordings = wordings_for(ports, identity.firm_id, choice, frozenset({client_id}), kind=kind)
    return _Desk(ports, identity, choice, kind, sources, wordings, now).prepare(client_id, seen)


def refuse_unknown(prepared: PreparedBalance) -> None:
    """Refuse to leave out what is not there: whoever names it means another bill.

    Raises:
        RefusedError: naming the bills.
    """
    if prepared.unknown:
        named = ", ".join(prepared.unknown[:5])
        text = f"These are none of the client's unpaid bills: {named}."
        raise RefusedError(text, [FieldError("leave_out", text)])


@dataclass(frozen=True, slots=True)
class _Desk:
    """What preparing one balance needs."""

    ports: Ports
    identity: SendIdentity
    choice: SendChoice
    kind: MessageKind
    sources: SendSources
    wordings: Wordings
    now: datetime

    def prepare(self, client_id: str, seen: Mapping[str, str]) -> PreparedBalance:
        client, account = self.sources.clients[client_id], self.sources.accounts[client_id]
        opened = sorted(account.open_bills.values(), key=oldest_first)
        bills = [bill for bill in opened if self._is_wanted(bill)]
        unknown = tuple(each for each in self.choice.left_out if each not in account.open_bills)
        if not asks_for_money(account, bills):
            return PreparedBalance(client, errors=(self._nothing_due(client),), unknown=unknown)
        readers = readers_of(
            client,
            account,
            bills,
            self.sources,
            chosen=self.choice.recipients,
            one_email=self.choice.one_email,
            left_out=self._left_out(opened, bills),
        )
        looked = ByHand(readers)
        if self.kind is MessageKind.REMINDER:
            looked = by_hand.look(self.ports, self.sources, client, account, readers, self.now)
        readers = looked.readers
        results = tuple(self._result(bill, looked) for bill in bills)
        if not readers.groups:
            return PreparedBalance(
                client,
                results=results,
                excluded=readers.excluded,
                errors=(looked.nobody or Finding("no_address", _why_nobody(readers), ""),),
                unknown=unknown,
            )
        try:
            contexts = tuple(self._context(client, account, group) for group in readers.groups)
            of_words = send_findings.of_words(self.ports, contexts, self.now)
        except (RenderError, ValueError, LookupError):
            self.ports.signals.count("BalanceNotPrepared")
            broken = Finding("not_rendered", "The message cannot be made.", "")
            return PreparedBalance(client, results=results, errors=(broken,), unknown=unknown)
        contacts = [contact for group in readers.groups for contact in group.contacts]
        shown = _seen(account, readers)
        warnings = (
            *_of_changes(seen, shown),
            *send_findings.of_addresses(contacts, ""),
            *looked.warnings,
            *self._of_haste(client, {contact.id for contact in contacts}),
            *send_findings.of_strangers(readers.recipients, client, ""),
            *send_findings.of_template(self.wordings, client, ""),
            *of_words,
        )
        return PreparedBalance(
            client, contexts, results, readers.excluded, warnings, (), shown, unknown=unknown
        )

    def _nothing_due(self, client: Client) -> Finding:
        if self.kind is MessageKind.REMINDER:
            return by_hand.nothing_to_remind_of(client)
        return _nothing_due(client)

    def _is_wanted(self, bill: OpenBill) -> bool:
        is_left_out = bill.bill_id in self.choice.left_out
        return not is_left_out and self.choice.currency in {"", bill.total.currency}

    def _left_out(self, opened: Sequence[OpenBill], wanted: Sequence[OpenBill]) -> tuple[str, ...]:
        kept = {bill.bill_id for bill in wanted}
        left_out = tuple(bill.bill_id for bill in opened if bill.bill_id not in kept)
        if len(left_out) > MOST_LEFT_OUT:
            text = f"Leave out at most {MOST_LEFT_OUT} bills, those of other currencies among them."
            raise RefusedError(text, [FieldError("leave_out", text)])
        return left_out

    def _result(self, bill: OpenBill, looked: ByHand) -> SendResult:
        readers = looked.readers
        ids = tuple(self._delivery_id(group) for group in readers.groups if bill.bill_id in group.bill_ids)
        if ids:
            return SendResult(bill.bill_id, bill.number, Outcome.SENT, "", ids)
        reason = readers.unseen.get(bill.bill_id, "")
        if bill.bill_id in looked.kept_back:
            reason, code = looked.kept_back[bill.bill_id]
        elif reason:
            code = "record_gone" if reason == MATTER_GONE else "no_address"
        else:
            what = "It is disputed" if bill.is_disputed else "What it owes is on its way"
            reason, code = f"{what}, and nothing else is due from who may see it.", NOTHING_UNPAID
        return SendResult(bill.bill_id, bill.number, Outcome.SKIPPED, reason, code=code)

    def _delivery_id(self, group: Group) -> str:
        return delivery_id(self.identity.send_id, "", group.made_for or group.contacts[0].id)

    # Messages

    def _context(self, client: Client, account: ClientAccount, group: Group) -> MailContext:
        firm, contact = self.sources.firm, group.contacts[0]
        chosen = self.wordings.of(firm, client, contact)
        delivery = Delivery(
            id=self._delivery_id(group),
            firm_id=firm.id,
            client_id=client.id,
            kind=self.kind,
            state=DeliveryState.QUEUED,
            to_address=contact.email,
            created_at=self.now,
            state_since_at=self.now,
            contact_id=contact.id,
            send_id=self.identity.send_id,
            channels=self.choice.channels,
            accept_all_unpaid=True,
            sender=self.identity.sender,
            link_days=firm.settings.link_days,
            lane=self.identity.lane,
            also_to=tuple(Addressee(one.id, one.email, one.display_name) for one in group.contacts[1:]),
            template_id=chosen.template_id,
            wording_id=chosen.wording.id if chosen.wording else "",
            visibility=group.visibility,
            bill_ids=group.bill_ids,
        )
        if self.identity.send_id != LINK_IN_PREVIEW:
            self.wordings.keep(self.ports, firm.id, chosen)
        shown = set(matters_of(listed_bills(account, delivery)))
        matters = (self.sources.matters.get(each) for each in group.visibility.matter_ids if each in shown)
        return MailContext(
            delivery,
            firm,
            client,
            contact,
            None,
            tuple(matter for matter in matters if matter is not None),
            account,
            None,
            wording=chosen.wording,
            others=group.contacts[1:],
        )

    # Findings

    def _of_haste(self, client: Client, contact_ids: set[str]) -> list[Finding]:
        recent: set[str] = set()
        for delivery in self.ports.deliveries.of_client(client.firm_id, client.id):
            # This very send, repeated after a crash, is no second one.
            is_other = delivery.send_id != self.identity.send_id
            if is_other and self.now - delivery.created_at < ASK_AGAIN_WITHIN:
                recent |= {delivery.contact_id, *(other.contact_id for other in delivery.also_to)}
        text = "A balance or a reminder went to this person within the last ten minutes."
        return [Finding("sent_just_now", text, "", each) for each in sorted(recent & contact_ids)]


def _nothing_due(client: Client) -> Finding:
    text = (
        f"There is nothing to ask {client.name} for: no bill is unpaid, or what is owed is on its way, "
        "disputed or left out."
    )
    return Finding(NOTHING_UNPAID, text, "")


def _why_nobody(readers: Readers) -> str:
    if readers.recipients.refusal:
        return readers.recipients.refusal
    reasons = dict.fromkeys((*readers.unseen.values(), *(item.reason for item in readers.excluded)))
    return " ".join(reasons) or "Nobody can get this balance."


def _seen(account: ClientAccount, readers: Readers) -> dict[str, str]:
    """Return what a preview shows: each bill with what it owes."""
    shown = {bill_id for group in readers.groups for bill_id in group.bill_ids}
    # The account knows no revisions: a changed bill is seen by what it owes.
    return {bill_id: seen_of(0, account.open_bills[bill_id].balance_due.minor) for bill_id in sorted(shown)}


def _of_changes(seen: Mapping[str, str], shown: Mapping[str, str]) -> list[Finding]:
    if not seen or dict(seen) == dict(shown):
        return []
    text = "The balance has changed since the preview: look at it again."
    return [Finding("changed_since_preview", text, "")]
