"""Case 28: the provider is short all along, and every mail goes out once, under its quota, receipts first."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from feenote import bootstrap
from feenote.adapters.dynamodb.pace import DynamoPace
from feenote.domain.deliveries import DeliveryState, Lane, MessageKind
from feenote.service.ports import MailJob, OutgoingMail
from tests.cases.stage import Stage
from tests.cases.wires import ACCEPT, THROTTLE
from tests.fakes.clock import FakeClock
from tests.fakes.mail_queue import FakeMailQueue
from tests.integration.api.office import Office, Staff, app
from tests.integration.api.paying import press_pay, tell
from tests.integration.api.queue_events import sqs_event
from tests.integration.api.samples import engage
from tests.integration.api.sending import Sending, many
from tests.simulation.outside import SimMailer, SimRenderer

QUOTA = 14
"""Recipients a second, as a new account outside the sandbox has it."""


class FixedQuota:
    def max_send_rate(self) -> float:
        return float(QUOTA)


def keep_pace(stage: Stage) -> DynamoPace:
    """Return the real line before the provider, in which the stage's time passes."""

    def sleep(seconds: float) -> None:
        stage.clock.advance(seconds=seconds)

    return DynamoPace(
        stage.system._table,
        FixedQuota(),
        patience_s=30.0,
        now=lambda: stage.clock.now().timestamp(),
        sleep=sleep,
        jitter=lambda: 0.5,
    )


def busiest_second(times: list[datetime]) -> int:
    """Return how many of these instants lie within one second, at the most."""
    window: deque[datetime] = deque()
    most = 0
    for at in times:
        window.append(at)
        while window[0] <= at - timedelta(seconds=1):
            window.popleft()
        most = max(most, len(window))
    return most


@dataclass
class ShortProvider(SimMailer):
    """A provider that asks every fourth request to wait, and notes when each came."""

    clock: FakeClock = field(default_factory=FakeClock)
    times: list[datetime] = field(default_factory=list)

    def send(self, mail: OutgoingMail) -> str:
        self.times.append(self.clock.now())
        self.next_answers = ["throttled" if len(self.times) % 4 == 0 else "ok"]
        return super().send(mail)


@dataclass
class Workers:
    """The worker of each lane, a batch of ten at a time in turn, and the sweep every minute."""

    queue: FakeMailQueue
    clock: FakeClock
    swept_at: datetime = field(init=False)
    lanes: dict[Lane, deque[MailJob]] = field(default_factory=lambda: {lane: deque() for lane in Lane})

    def __post_init__(self) -> None:
        self.swept_at = self.clock.now()

    @property
    def have_work(self) -> bool:
        return bool(self.queue.jobs) or any(self.lanes.values())

    def step(self) -> None:
        for lane in (Lane.BULK, Lane.PROMPT):
            for job in self.queue.take_all():
                self.lanes[job.lane].append(job)
            waiting = self.lanes[lane]
            batch = [waiting.popleft() for _ in range(min(10, len(waiting)))]
            if batch:
                app("deliver_mail").handler(sqs_event(batch), None)
        if not self.have_work:
            self.clock.advance(seconds=5)
        if self.clock.now() - self.swept_at >= timedelta(minutes=1):
            self.swept_at = self.clock.now()
            app("sweep_deliveries").handler({}, None)


class TestCase28Throttled:
    def test_all_ten_thousand_go_out_once_under_the_quota_and_receipts_do_not_wait_for_them(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        provider = ShortProvider(clock=stage.clock)
        office = Office(clock=stage.clock, mailer=provider)
        monkeypatch.setattr(bootstrap, "system", lambda: office.ports)
        sending = Sending(office, staff := Staff())
        owner = engage(staff)
        sessions = [press_pay(staff, office, owner.issued()["id"]) for _ in range(3)]
        bills = many(office, owner, 10_000)
        monkeypatch.setattr(office.ports, "pace", keep_pace(stage))
        before = len(provider.requests)
        began_at = stage.clock.now()

        send_id = sending.send(*bills)
        sending.work_off_sends()
        workers = Workers(office.queue, stage.clock)
        paid_at = deque(began_at + timedelta(minutes=minutes) for minutes in (1, 4, 9))
        while workers.have_work or sending.progress(send_id)["state"] == "running":
            workers.step()
            if paid_at and stage.clock.now() >= paid_at[0]:
                paid_at.popleft()
                office.processor.pay(session := sessions.pop())
                tell(office, "checkout.session.completed", session)

        found = office.store.all_deliveries()
        of_send = [one for one in found if one.send_id == send_id]
        receipts = [one for one in found if one.kind is MessageKind.RECEIPT]
        accepted = Counter(mail.tags["delivery_id"] for mail in provider.accepted)
        assert len(of_send) == 10_000
        assert {one.state for one in found} == {DeliveryState.ACCEPTED}
        assert {accepted[one.id] for one in found} == {1}
        assert len(provider.requests) - before > 13_000, "the provider was short all along"
        assert busiest_second(provider.times[before:]) <= QUOTA
        ended_at = max(one.accepted_at for one in of_send if one.accepted_at)
        assert ended_at - began_at > timedelta(minutes=12)
        assert len(receipts) == 3
        for receipt in receipts:
            # A receipt that the provider put off comes with the sweep, every other at once.
            most = timedelta(minutes=2, seconds=30) if receipt.attempts > 1 else timedelta(seconds=3)
            assert receipt.accepted_at is not None
            assert receipt.accepted_at - receipt.created_at <= most
            assert receipt.accepted_at < ended_at

    def test_real_mails_of_a_send_go_out_once_and_none_too_fast(self, stage: Stage) -> None:
        # What is tried is the way of the mails: how a PDF looks is another matter, and takes its time.
        stage.system.renderer = SimRenderer()
        paying = stage.bill()
        token = stage.sent(paying)
        session = stage.session(token, paying["balance_due"]["minor"])
        owner = stage.engage()
        bills = [stage.bill(owner)["id"] for _ in range(90)]
        stage.pace = stage.system.pace = keep_pace(stage)
        times: list[datetime] = []
        stage.leaving.watchers.append(
            lambda call: times.append(stage.clock.now()) if call == "ses.SendEmail" else None
        )
        stage.mail.outcomes = [ACCEPT, THROTTLE, ACCEPT] * 10

        send_id = stage.staff.post("/v1/sends", {"bill_ids": bills}).ok()["send_id"]
        stage.work_off_sends()
        workers = Workers(stage.queue, stage.clock)
        for _ in range(3):
            workers.step()
        stage.stripe_does("pay", session=session, method="card")
        stage.take()
        stage.mail.outcomes = []
        workers.step()
        stage.mail.outcomes = [ACCEPT, THROTTLE] * 100
        while workers.have_work or self._state(stage, send_id) == "running":
            workers.step()

        tags = Counter(dict(letter.tags)["delivery_id"] for letter in stage.mail.letters)
        kinds = [dict(letter.tags)["kind"] for letter in stage.mail.letters]
        assert set(tags.values()) == {1}
        assert Counter(kinds) == {"bill": 91, "receipt": 1}
        assert kinds.index("receipt") < 40
        assert busiest_second(times) <= QUOTA
        assert stage.signals.counts["DeliveryThrottled"] > 30
        assert {stage.read({"id": bill})["times_sent"] for bill in bills[:5]} == {1}

    def _state(self, stage: Stage, send_id: str) -> Any:
        return stage.staff.get(f"/v1/sends/{send_id}").ok()["state"]
