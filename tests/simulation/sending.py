"""What staff do about sends: send few or many, stop, go on, change the words, decide what nobody knows."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from feenote.domain.deliveries import Channel, DeliveryState, Lane, MessageKind
from feenote.domain.sends import SendState, seen_of
from feenote.domain.templates import Template, Wording
from feenote.service.follow_send import send_progress
from feenote.service.keep_templates import add_template, change_template, delete_template, read_template
from feenote.service.resolve_delivery import Resolution, resolve_delivery
from feenote.service.send_bills import send_bills
from feenote.service.send_request import SendRequest
from feenote.service.stop_send import resume_send, stop_send
from feenote.service.withdraw_link import withdraw_link
from tests.simulation import sizes
from tests.simulation.faults import ProcessDiedError
from tests.simulation.people import CLIENTS, CONTACTS, FIRM

if TYPE_CHECKING:
    from tests.simulation.world import World

ALL_WARNINGS = frozenset(
    {
        "address_bounced",
        "changed_since_preview",
        "due_date_passed",
        "field_fell_back",
        "not_on_every_matter",
        "not_the_clients",
        "sent_just_now",
    }
)
BODIES = ("See {{ link.url }}", "For {{ matter.description }}: {{ link.url }}")


class Staff:
    """The people at the firm who send; it keeps what they asked for and what they decided."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.random = world.random
        self.asked: dict[str, SendRequest] = {}
        self.template_ids: list[str] = []
        self.words = 0
        self.sent_anew: dict[str, str] = {}
        """The message that a person had sent again, by the one that went out in its place."""
        self.marked_sent: set[str] = set()

    # Sending

    def few_bills_are_sent(self) -> str:
        """Send so few bills that somebody waits for them."""
        most = min(len(self.world.bill_ids), sizes.now().prompt_bills)
        return self._send(self.random.randint(1, most)) if most else "no bill"

    def many_bills_are_sent(self) -> str:
        """Send so many that it is a job."""
        least = sizes.now().prompt_bills + 1
        if len(self.world.bill_ids) < least:
            return "no bill"
        return self._send(self.random.randint(least, len(self.world.bill_ids)))

    def all_bills_are_sent(self) -> str:
        """Send every bill that there is, with no more choices than a person makes who ticks them all."""
        self.asked["snd_001"] = SendRequest(tuple(self.world.bill_ids), confirm=ALL_WARNINGS)
        return self._ask("snd_001")

    def _send(self, count: int) -> str:
        bill_ids = self.random.sample(self.world.bill_ids, count)
        if self.random.random() < 0.1:
            bill_ids.insert(self.random.randrange(count), "bill_nobody_made")
        send_id = f"snd_{len(self.asked) + 1:03d}"
        self.asked[send_id] = self._request(tuple(bill_ids))
        try:
            return self._ask(send_id)
        except ProcessDiedError as died:
            if self.random.random() < 0.5:
                return f"{send_id} {died}"
            return f"{send_id} {died}, again: {self._ask(send_id)}"

    def send_is_asked_again(self) -> str:
        """Ask for the same send once more: a request that was repeated after a lost answer."""
        return self._ask(self.random.choice(list(self.asked))) if self.asked else "none"

    def _ask(self, send_id: str) -> str:
        request = self.asked[send_id]
        send = send_bills(
            self.world.ports,
            firm_id=FIRM,
            send_id=send_id,
            request=request,
            sender="staff",
            now=self.world.now,
        )
        return f"{send_id} {send.lane.value} in {send.chunks}: {' '.join(request.bill_ids)}"

    def _request(self, bill_ids: tuple[str, ...]) -> SendRequest:
        chance = self.random.random
        request = SendRequest(
            bill_ids,
            accept_all_unpaid=self.random.choice([True, False, None]),
            one_email=chance() < 0.25,
            confirm=ALL_WARNINGS if chance() < 0.85 else frozenset({"due_date_passed"}),
            channels=(Channel.LINK, Channel.ATTACHMENT) if chance() < 0.3 else (Channel.LINK,),
        )
        if chance() < 0.15:
            chosen = self.random.sample(CONTACTS, self.random.randint(1, 3))
            request = replace(request, recipients=tuple(one.id for one in chosen))
        if chance() < 0.15:
            request = replace(request, message=replace(self._wording("by hand", "en"), language=""))
        elif chance() < 0.3 and self.template_ids:
            request = replace(request, template_id=self.random.choice(self.template_ids))
        if chance() < 0.25:
            seen = {bill.id: seen_of(bill.revision, bill.balance_due.minor) for bill in self.world.bills()}
            request = replace(request, seen=seen)
        return request

    # Stopping

    def send_is_stopped(self) -> str:
        """Stop a send, whatever is on its way."""
        return self._turn("stop")

    def send_is_resumed(self) -> str:
        """Let a send go on."""
        return self._turn("resume")

    def _turn(self, which: str) -> str:
        begun = self.world.begun_sends()
        if not begun:
            return "none"
        if self.random.random() < 0.8:
            # Mostly a job that can be turned; now and then any send, which has an answer to that, too.
            state = SendState.RUNNING if which == "stop" else SendState.STOPPED
            begun = [send for send in begun[-4:] if send.lane is Lane.BULK and send.state is state] or begun
        send_id = self.random.choice(begun).id
        turn = stop_send if which == "stop" else resume_send
        found = turn(self.world.ports, firm_id=FIRM, send_id=send_id, actor="staff", now=self.world.now)
        return f"{send_id} {found.progress.value} {dict(found.counts)}"

    def send_is_followed(self) -> str:
        """Look how far a send is."""
        if not self.asked:
            return "none"
        send_id = self.random.choice(list(self.asked))
        return send_progress(self.world.ports, firm_id=FIRM, send_id=send_id).progress.value

    # Words

    def template_is_made(self) -> str:
        """Write a template: the firm's or a client's own, perhaps the default."""
        template_id = f"tpl_{len(self.template_ids)}"
        self.template_ids.append(template_id)
        made = Template(
            template_id,
            FIRM,
            self.random.choice([MessageKind.BILL, MessageKind.BILL, MessageKind.RECEIPT]),
            f"Template {template_id}",
            self._wordings(template_id),
            client_id=self.random.choice(["", *CLIENTS]),
            is_default=self.random.random() < 0.6,
        )
        add_template(self.world.ports, template=made, now=self.world.now)
        return f"{template_id} {made.kind.value} {made.client_id} {'default' * made.is_default}"

    def template_is_changed(self) -> str:
        """Write a template anew, or make it the default, or no default any more."""
        if not self.template_ids:
            return "none"
        template_id = self.random.choice(self.template_ids)
        found = read_template(self.world.ports, firm_id=FIRM, template_id=template_id)
        changed = replace(
            found,
            wordings=self._wordings(found.id) if self.random.random() < 0.7 else found.wordings,
            is_default=self.random.random() < 0.6,
        )
        change_template(
            self.world.ports, template=changed, expected_version=found.version, now=self.world.now
        )
        return f"{found.id} {changed.wordings[0].subject} {'default' * changed.is_default}"

    def template_is_deleted(self) -> str:
        """Throw a template away, whoever has chosen it."""
        if not self.template_ids:
            return "none"
        template_id = self.random.choice(self.template_ids)
        delete_template(self.world.ports, firm_id=FIRM, template_id=template_id, expected_version=None)
        return template_id

    def _wordings(self, name: str) -> tuple[Wording, ...]:
        languages = self.random.choice([("en",), ("en", "fr"), ("fr", "en"), ("de",)])
        return tuple(self._wording(name, language) for language in languages)

    def _wording(self, name: str, language: str) -> Wording:
        self.words += 1
        subject = f"words-{self.words} {name} in {language}"
        return Wording(subject, self.random.choice(BODIES), language)

    # What a person decides

    def unknown_is_resolved(self) -> str:
        """Decide about a message of which nobody knows whether it went out."""
        waiting = [
            delivery
            for delivery in self.world.system.store.all_deliveries()
            if delivery.state is DeliveryState.UNKNOWN
        ]
        if not waiting:
            return "none"
        delivery = self.random.choice(waiting)
        resolution = self.random.choice(list(Resolution))
        # Also where the answer is lost: it may be done by then.
        if resolution is Resolution.MARK_SENT:
            self.marked_sent.add(delivery.id)
        else:
            self.sent_anew[again_id(delivery.id)] = delivery.id
        resolve_delivery(
            self.world.ports,
            firm_id=FIRM,
            delivery_id=delivery.id,
            resolution=resolution,
            actor="staff",
            now=self.world.now,
        )
        return f"{delivery.id} {resolution.value}"

    def link_is_withdrawn(self) -> str:
        """Take a link back."""
        links = self.world.ports.links.of_bill(FIRM, self.world.some_bill())
        if not links:
            return "none"
        link = self.random.choice(links)
        withdraw_link(self.world.ports, firm_id=FIRM, link_id=link.id, actor="staff", now=self.world.now)
        return link.id


def again_id(delivery_id: str) -> str:
    """Return the id of the message that goes out in the place of one that a person has sent again."""
    return f"dlv_{hashlib.sha256(f'again|{delivery_id}'.encode()).hexdigest()[:26]}"
