"""What a reminder leaves once it went out, and which other messages count as having asked for money."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import timedelta
from email import policy
from types import SimpleNamespace
from typing import Any, cast

import pytest

from feenote.adapters.mime import compose
from feenote.domain.deliveries import Delivery, DeliveryState, Lane, MessageKind, Notice
from feenote.domain.events import BillEvent, EventKind
from feenote.domain.reminders.history import AddressFacts
from feenote.service.deliver_message import deliver_message
from feenote.service.mail_jobs import job_of
from feenote.service.ports import Ports
from feenote.service.resolve_delivery import Resolution, resolve_delivery
from feenote.service.take_notice import take_notice
from feenote.service.timeline_words import other_details, what_happened
from tests.integration.api.office import FIRM, STORE_PORTS
from tests.integration.dynamodb import samples
from tests.simulation.faults import Plan, ProcessDiedError, Watched
from tests.unit.service.reminders.queued import ANA, NOW, RUN, SENT_AT, VISIBLE, Queued, owed

LATER = NOW + timedelta(minutes=20)


def timeline(queued: Queued, bill_id: str = "bill_1") -> list[BillEvent]:
    """Return what a bill's timeline says."""
    return sorted(queued.office.store.world.events[FIRM, bill_id].values(), key=lambda each: each.at)


def asked(queued: Queued) -> AddressFacts:
    """Return what is known of the recipient's address."""
    return queued.office.store.reminders.addresses(FIRM, [ANA])[ANA]


def tell(queued: Queued, notice: Notice, ports: Ports | None = None) -> None:
    """Let the provider tell of the message."""
    take_notice(
        ports or queued.office.ports,
        firm_id=FIRM,
        delivery_id=queued.delivery.id,
        notice=notice,
        message_id="ses-1",
        at=LATER,
        addresses=(ANA,),
    )


class TestAReminderThatWentOut:
    def test_is_on_the_timeline_of_each_of_its_bills(self) -> None:
        queued = Queued()

        queued.deliver()

        for bill_id in ("bill_1", "bill_2"):
            (event,) = timeline(queued, bill_id)
            assert (event.kind, event.at) == (EventKind.SENT, NOW)
            assert what_happened(event) == "Reminder sent"
            assert other_details(event, "USD") == (
                f"message dlv_1, stage 30 days after the due date, run {RUN}"
            )

    def test_is_told_of_no_bill_that_it_did_not_ask_for(self) -> None:
        queued = Queued()
        queued.pay("bill_1")

        queued.deliver()

        assert timeline(queued, "bill_1") == []
        assert queued.office.store.bills.get(FIRM, "bill_1").stamps.last_reminded_at is None

    def test_moves_when_a_bill_was_reminded_and_nothing_else(self) -> None:
        queued = Queued()
        before = queued.office.store.bills.get(FIRM, "bill_1").stamps

        queued.deliver()
        tell(queued, Notice.DELIVERY)

        stamps = queued.office.store.bills.get(FIRM, "bill_1").stamps
        assert stamps == replace(before, last_reminded_at=NOW)
        assert (stamps.last_sent_at, stamps.times_sent, stamps.delivery_state) == (SENT_AT, 1, "")

    def test_asked_its_address_by_itself(self) -> None:
        queued = Queued()

        queued.deliver(NOW + timedelta(minutes=5))

        assert (asked(queued).asked_by, asked(queued).asked_at) == ("dlv_1", NOW + timedelta(minutes=5))

    def test_shows_on_the_timeline_that_it_arrived_or_came_back(self) -> None:
        queued = Queued()
        queued.deliver()

        tell(queued, Notice.DELIVERY)
        tell(queued, Notice.COMPLAINT)

        kinds = [event.kind for event in timeline(queued, "bill_2")]
        assert sorted(kinds) == sorted([EventKind.SENT, EventKind.DELIVERED, EventKind.NOT_DELIVERED])

    def test_is_told_as_sent_by_the_notice_where_the_answer_was_lost(self) -> None:
        queued = Queued()
        queued.office.mailer.next_answers = ["lost"]
        assert queued.deliver() is DeliveryState.SENDING
        assert timeline(queued) == []

        tell(queued, Notice.SEND)

        self.is_told(queued)

    def test_is_told_as_sent_by_the_person_who_knows(self) -> None:
        queued = in_doubt()

        resolve_delivery(
            queued.office.ports,
            firm_id=FIRM,
            delivery_id="dlv_1",
            resolution=Resolution.MARK_SENT,
            actor="user_1",
            now=LATER,
        )

        self.is_told(queued)

    def is_told(self, queued: Queued) -> None:
        for bill_id in ("bill_1", "bill_2"):
            assert queued.office.store.bills.get(FIRM, bill_id).stamps.last_reminded_at == LATER
            assert [event.kind for event in timeline(queued, bill_id)] == [EventKind.SENT]
        assert (asked(queued).asked_by, asked(queued).asked_at) == ("dlv_1", LATER)

    def test_is_of_a_person_where_a_person_sends_it_again(self) -> None:
        queued = in_doubt()

        again = resolve_delivery(
            queued.office.ports,
            firm_id=FIRM,
            delivery_id="dlv_1",
            resolution=Resolution.SEND_AGAIN,
            actor="user_1",
            now=LATER,
        )
        evening = NOW.replace(hour=20)

        assert (again.run_id, again.stage, again.lane) == ("", "due+30", Lane.PROMPT)
        assert deliver_message(queued.office.ports, job=job_of(again), now=evening) is DeliveryState.ACCEPTED


def in_doubt() -> Queued:
    """Return a reminder of which nobody knows whether it went out."""
    queued = Queued()
    queued.office.mailer.next_answers = ["never"]
    queued.deliver()
    store = queued.office.store
    store.deliveries.became_unknown(queued.stored, at=LATER, task=samples.task())
    return queued


def dying(queued: Queued, plan: Plan) -> Ports:
    """Return the office's ports, each call of which may be the last."""
    named = dict(vars(queued.office.ports))
    named |= {name: Watched(name, named[name], plan) for name in ("mailer", *STORE_PORTS)}
    return cast("Ports", SimpleNamespace(**named))


def truth(queued: Queued) -> dict[str, Any]:
    """Return all that is told of the message."""
    stamps = {each: queued.office.store.bills.get(FIRM, each).stamps for each in ("bill_1", "bill_2")}
    return {
        "stamps": {each: replace(one, last_reminded_at=None) for each, one in stamps.items()},
        "is reminded": {each: one.last_reminded_at is not None for each, one in stamps.items()},
        "events": {each: sorted(event.id for event in timeline(queued, each)) for each in stamps},
        "asked by": asked(queued).asked_by,
        "state": queued.stored.state,
        "mails": len(queued.office.mailer.accepted),
    }


class TestADeathInTheMiddle:
    def test_of_delivering_is_mended_by_the_notice(self) -> None:
        whole = Queued()
        plan = Plan()
        deliver_message(dying(whole, plan), job=job_of(whole.delivery), now=NOW)
        tell(whole, Notice.DELIVERY)
        expected, calls = truth(whole), plan.calls

        sent = 0
        for call in range(calls):
            for after in (False, True):
                queued, plan = Queued(), Plan()
                plan.arm(call, after=after)
                with pytest.raises(ProcessDiedError):
                    deliver_message(dying(queued, plan), job=job_of(queued.delivery), now=NOW)
                if queued.office.mailer.accepted:
                    sent += 1
                    tell(queued, Notice.DELIVERY)
                    assert truth(queued) == expected, (call, after)
                else:
                    assert timeline(queued) == [], (call, after)
        # After the provider took it: then the bills are told, the address is noted, the message is marked.
        assert sent == 1 + 2 * 3

    def test_of_taking_the_notice_is_mended_when_it_comes_again(self) -> None:
        def lost() -> Queued:
            queued = Queued()
            queued.office.mailer.next_answers = ["lost"]
            queued.deliver()
            return queued

        whole, plan = lost(), Plan()
        tell(whole, Notice.DELIVERY, dying(whole, plan))
        expected = truth(whole)

        for call in range(plan.calls):
            queued = lost()
            dies = Plan()
            dies.arm(call, after=True)
            with pytest.raises(ProcessDiedError):
                tell(queued, Notice.DELIVERY, dying(queued, dies))
            tell(queued, Notice.DELIVERY)
            assert truth(queued) == expected, call


def balance(**changes: Any) -> Delivery:
    """Return a balance's message."""
    made = samples.delivery(kind=MessageKind.BALANCE, bill_id="", bill_ids=("bill_1",), visibility=VISIBLE)
    return replace(made, created_at=NOW, **changes)


def bill(**changes: Any) -> Delivery:
    """Return a message that brings one of the bills."""
    return samples.delivery(**{"created_at": NOW, "revision": 1, **changes})


def note(**changes: Any) -> Delivery:
    """Return a message with a new link, which asks for nothing."""
    return samples.delivery(kind=MessageKind.LINK_RENEWED, created_at=NOW, **changes)


MESSAGES: dict[str, tuple[Delivery, bool]] = {
    "a balance": (balance(), True),
    "a bill that was sent before": (bill(is_sent_again=True), True),
    "a bill's first message": (bill(), False),
    "a new link": (note(), False),
}


def office_with(delivery: Delivery) -> Queued:
    """Return an office in which a message waits beside a reminder, its address never asked."""
    queued = Queued((owed(1),))
    queued.delivery = delivery
    world = queued.office.store.world
    world.addresses.clear()
    world.deliveries[FIRM, delivery.id] = delivery
    return queued


class TestAskingForMoney:
    @pytest.mark.parametrize("case", MESSAGES)
    def test_is_what_tells_of_money_again(self, case: str) -> None:
        delivery, asks = MESSAGES[case]
        queued = office_with(delivery)

        assert queued.deliver() is DeliveryState.ACCEPTED

        assert asked(queued).asked_by == (delivery.id if asks else "")

    @pytest.mark.parametrize("case", MESSAGES)
    def test_is_known_by_the_notice_where_the_answer_was_lost(self, case: str) -> None:
        delivery, asks = MESSAGES[case]
        queued = office_with(delivery)
        queued.office.mailer.next_answers = ["lost"]
        queued.deliver()
        assert asked(queued).asked_by == ""

        tell(queued, Notice.DELIVERY)

        assert asked(queued).asked_by == (delivery.id if asks else "")

    def test_is_not_what_never_went_out(self) -> None:
        queued = office_with(balance())
        queued.office.mailer.next_answers = ["never"]
        queued.deliver()

        tell(queued, Notice.REJECT)

        assert asked(queued).asked_by == ""


class TestHeadersOfAReminder:
    def test_name_the_link_that_one_click_stops_it_by(self) -> None:
        queued = Queued()
        queued.deliver()
        (mail,) = queued.office.mailer.accepted

        head = email.message_from_bytes(compose(mail, from_address="a@firm.example"), policy=policy.default)

        assert mail.unsubscribe_url.startswith("https://pay.firm.example/l/")
        assert head["List-Unsubscribe"] == f"<{mail.unsubscribe_url}>"
        assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail.unsubscribe_url.endswith("/stop")

    @pytest.mark.parametrize("delivery", [balance(), bill(), note()], ids=["balance", "bill", "new link"])
    def test_are_on_no_other_mail(self, delivery: Delivery) -> None:
        queued = office_with(delivery)
        queued.deliver()
        (mail,) = queued.office.mailer.accepted

        assert mail.unsubscribe_url == ""
        assert b"list-unsubscribe" not in compose(mail, from_address="a@firm.example").lower()
