"""What must hold of sends: one mail for a bill and a person, words as wished, right counts, no loss."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from feenote.domain.bills import Bill
from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind, shown_state
from feenote.domain.sends import Outcome, Send, SendChoice, SendResult
from feenote.domain.templates import PinnedTemplate, Template, Wording, languages_of, wording_in
from feenote.service.sweep_deliveries import Swept
from tests.simulation.people import FIRM
from tests.simulation.promises import require

if TYPE_CHECKING:
    from tests.simulation.world import World

Group = tuple[str, str]
"""A send and one of its bills: what has one result."""
SHIPPED = MessageKind.BILL.value
"""The words of the simulation for a bill without a template."""


@dataclass
class Memory:
    """What the laws have seen, for those that hold between steps."""

    words: dict[str, str] = field(default_factory=dict)
    """By message: the words that it was stored with."""
    results: dict[Group, SendResult] = field(default_factory=dict)
    latest: dict[str, frozenset[str]] = field(default_factory=dict)
    """By bill: the send whose messages it shows; two where both came within one step."""
    templates: tuple[Template, ...] = ()
    """As they were before the step."""
    choices: dict[str, SendChoice] = field(default_factory=dict)
    """By send: what was chosen when it was stored."""
    mails: int = 0
    """How many mails were looked at."""
    got: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)


def after_each_step(world: World, deliveries: Mapping[str, Delivery], bills: Iterable[Bill]) -> None:
    """Check what holds at every moment."""
    sends = world.begun_sends()
    _results_stay(world, [send for send in sends if _has_more(world, send)], deliveries)
    _words_are_pinned(world, {send.id: send for send in sends}, deliveries)
    _each_person_gets_a_bill_once(world, deliveries)
    _counts_are_right(world, sends, deliveries.values())
    _bills_show_their_latest_send(world, deliveries.values(), bills)
    went_out = world.workers.went_out_stopped
    require(not went_out, f"{went_out} went out of a stopped send.")


def at_rest(world: World, deliveries: Mapping[str, Delivery]) -> None:
    """Check what holds when nothing moves any more; sends may be stopped."""
    _results_stay(world, world.begun_sends(), deliveries)
    stopped = frozenset(world.stopped_sends())
    for delivery in deliveries.values():
        waits = delivery.state in {DeliveryState.QUEUED, DeliveryState.SENDING}
        parked = delivery.state is DeliveryState.QUEUED and delivery.send_id in stopped
        require(not waits or parked, f"{delivery.id} is {delivery.state} for ever.")
        is_anew = delivery.id in world.staff.sent_anew
        require(not (parked and is_anew), f"{delivery.id} waits, although a person had it sent anew.")
    for send in world.begun_sends():
        if send.id not in stopped:
            _every_bill_has_a_result(world, send)
    found = world.workers.sweep()
    require(found == Swept(0, 0, 0, 0), f"A sweep finds {found} where nothing moves.")
    world.now += timedelta(hours=2)
    found = world.workers.sweep()
    require(found == Swept(0, 0, 0, 0), f"A later sweep finds {found} where nothing moves.")


def _every_bill_has_a_result(world: World, send: Send) -> None:
    asked = Counter(world.staff.asked[send.id].bill_ids)
    got = Counter(result.bill_id for result in _all_results(world, send.id))
    require(asked == got, f"{send.id} was asked for {sorted(asked)}, and has results of {sorted(got)}.")


def _all_results(world: World, send_id: str) -> Iterable[SendResult]:
    cursor: str | None = None
    while True:
        page = world.system.store.sends.results(FIRM, send_id, limit=7, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def _has_more(world: World, send: Send) -> bool:
    """Say whether a send has other results than were seen, by their number: to read all takes long."""
    known = sum((send.id, bill_id) in world.memory.results for bill_id in world.staff.asked[send.id].bill_ids)
    return known != sum(world.system.store.sends.counts(FIRM, send.id).outcomes.values())


def _results_stay(world: World, sends: Iterable[Send], deliveries: Mapping[str, Delivery]) -> None:
    memory = world.memory
    came: dict[str, set[str]] = defaultdict(set)
    for send in sends:
        request = world.staff.asked[send.id]
        require(send.total == len(request.bill_ids), f"{send.id} has lost bills.")
        for result in _all_results(world, send.id):
            known = memory.results.get((send.id, result.bill_id))
            require(known is None or known == result, f"{send.id} has two results for {result.bill_id}.")
            if known is not None:
                continue
            memory.results[send.id, result.bill_id] = result
            _result_is_whole(world, send, result, deliveries)
            if result.delivery_ids:
                came[result.bill_id].add(send.id)
    memory.latest |= {bill_id: frozenset(send_ids) for bill_id, send_ids in came.items()}


def _result_is_whole(
    world: World, send: Send, result: SendResult, deliveries: Mapping[str, Delivery]
) -> None:
    name, request = f"{send.id} {result.bill_id}", world.staff.asked[send.id]
    require(result.bill_id in request.bill_ids, f"{name} was never asked for.")
    is_sent = result.outcome is Outcome.SENT
    require(is_sent == bool(result.delivery_ids), f"{name} is {result.outcome} with {result.delivery_ids}.")
    require(is_sent or (result.reason and result.code), f"{name} is {result.outcome} without a reason.")
    lost = [one for one in result.delivery_ids if one not in deliveries]
    require(not lost, f"{name} names {lost}, which are not there.")
    own = [deliveries[one] for one in result.delivery_ids]
    everyone = [contact for delivery in own for contact in _contacts_of(delivery)]
    require(len(everyone) == len(set(everyone)), f"{name} writes to somebody twice.")
    require(not (request.one_email and len(own) > 1), f"{name} is more than one email.")
    if is_sent and request.recipients is not None:
        require(set(everyone) == set(request.recipients), f"{name} goes to {everyone}.")


def _contacts_of(delivery: Delivery) -> tuple[str, ...]:
    return (delivery.contact_id, *(other.contact_id for other in delivery.also_to))


def _words_are_pinned(world: World, sends: Mapping[str, Send], deliveries: Mapping[str, Delivery]) -> None:
    memory = world.memory
    templates = tuple(
        world.system.store.templates.list(FIRM, kind=None, client_id=None, limit=200, cursor=None).items
    )
    for send in sends.values():
        _chosen_template_is_kept(memory, send, templates)
    for delivery in deliveries.values():
        if delivery.kind is not MessageKind.BILL or delivery.id in memory.words:
            continue
        if (first := world.staff.sent_anew.get(delivery.id)) is not None:
            memory.words[delivery.id] = memory.words[first]
            continue
        words = SHIPPED
        if delivery.wording_id:
            words = world.system.store.templates.wording(FIRM, delivery.wording_id).subject
        memory.words[delivery.id] = words
        send = sends[delivery.send_id]
        chosen = {_chosen_words(world, send, delivery, seen) for seen in (memory.templates, templates)}
        require(words in chosen, f"{delivery.id} says {words!r}, where {chosen} was chosen.")
    memory.templates = templates


def _chosen_template_is_kept(memory: Memory, send: Send, templates: Iterable[Template]) -> None:
    """Check that the words of a chosen template are those of when the send was asked for, ever after."""
    known = memory.choices.get(send.id)
    require(known is None or known == send.choice, f"{send.id} is another choice than it was.")
    memory.choices[send.id] = send.choice
    if known is not None or send.choice.message is not None:
        return
    pinned, chosen = send.choice.pinned, send.choice.template_id
    seen = (memory.templates, tuple(templates))
    if chosen:
        were = [each.wordings for all_of_them in seen for each in all_of_them if each.id == chosen]
        words = pinned.wordings if pinned else ()
        require(words in were, f"{send.id} has other words than its template had.")
    else:
        defaults = [_default_of_the_firm(all_of_them) for all_of_them in seen]
        require(
            (pinned.wordings if pinned else None) in defaults, f"{send.id} has not the firm's default words."
        )


def _default_of_the_firm(templates: Iterable[Template]) -> tuple[Wording, ...] | None:
    for each in templates:
        if each.is_default and each.kind is MessageKind.BILL and not each.client_id:
            return each.wordings
    return None


def _chosen_words(world: World, send: Send, delivery: Delivery, templates: Iterable[Template]) -> str:
    choice = send.choice
    if choice.message is not None:
        return choice.message.subject
    pinned = [choice.pinned] if choice.pinned else []
    found: list[Template | PinnedTemplate] = [*pinned]
    if not choice.template_id:
        defaults = [each for each in templates if each.is_default and each.kind is MessageKind.BILL]
        own = [template for template in defaults if template.client_id == delivery.client_id]
        found = [*own, *pinned]
    if not found:
        return SHIPPED
    records = world.system.store.records
    firm, client = records.get_firm(FIRM), records.get_client(FIRM, delivery.client_id)
    languages = languages_of(firm, client, records.get_contact(FIRM, delivery.contact_id))
    return wording_in(found[0], languages).subject


def _each_person_gets_a_bill_once(world: World, deliveries: Mapping[str, Delivery]) -> None:
    memory, accepted = world.memory, world.system.mailer_fake.accepted
    for mail in accepted[memory.mails :]:
        if mail.tags["kind"] != MessageKind.BILL.value:
            continue
        delivery = deliveries[mail.tags["delivery_id"]]
        words = memory.words[delivery.id]
        require(mail.subject.startswith(f"{words} 0"), f"{delivery.id} says {mail.subject!r}, not {words!r}.")
        # What a person has sent again is asked for once more.
        turn = delivery.id if delivery.id in world.staff.sent_anew else ""
        for contact_id in _contacts_of(delivery):
            group = delivery.send_id, delivery.bill_id, contact_id, turn
            memory.got[group] += 1
            require(memory.got[group] == 1, f"{group} got {memory.got[group]} mails.")
    memory.mails = len(accepted)


def _counts_are_right(world: World, sends: Iterable[Send], deliveries: Iterable[Delivery]) -> None:
    states: dict[str, Counter[str]] = defaultdict(Counter)
    for delivery in deliveries:
        if delivery.send_id:
            states[delivery.send_id][delivery.state.value] += 1
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    for (send_id, _), result in world.memory.results.items():
        outcomes[send_id][result.outcome.value] += 1
    for send in sends:
        counts = world.system.store.sends.counts(FIRM, send.id)
        told = {name: count for name, count in counts.states.items() if count}
        require(told == states[send.id], f"{send.id} counts {told}, and has {dict(states[send.id])}.")
        told = {name: count for name, count in counts.outcomes.items() if count}
        require(told == outcomes[send.id], f"{send.id} counts {told}, and has {dict(outcomes[send.id])}.")


def _bills_show_their_latest_send(
    world: World, deliveries: Iterable[Delivery], bills: Iterable[Bill]
) -> None:
    known = {delivery.id for delivery in deliveries}
    gone = {first for anew, first in world.staff.sent_anew.items() if anew in known}
    groups: dict[Group, list[DeliveryState]] = defaultdict(list)
    for delivery in deliveries:
        if delivery.send_id and delivery.kind is MessageKind.BILL and delivery.id not in gone:
            # A claim is one write and does not touch the bill: until an answer comes it shows `queued`.
            is_claimed = delivery.state is DeliveryState.SENDING
            state = DeliveryState.QUEUED if is_claimed else delivery.state
            groups[delivery.send_id, delivery.bill_id].append(state)
    for bill in bills:
        latest = world.memory.latest.get(bill.id, frozenset())
        may_be = {shown_state(groups[send_id, bill.id]) for send_id in latest} or {None}
        shown = {state.value if state else "" for state in may_be}
        require(
            bill.stamps.delivery_state in shown,
            f"{bill.id} shows {bill.stamps.delivery_state!r}, its latest send {shown}.",
        )
