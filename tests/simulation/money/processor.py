"""What happens at Stripe and between Stripe and us: notices in any order, refunds, disputes."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from feenote.domain.money import Money
from feenote.domain.payments import PaymentMethod
from feenote.service.ports import DisputeReport, DisputeStatus, RefundStatus, SessionReport, SessionStatus
from feenote.service.take_processor_event import take_processor_event
from tests.simulation.outside import API_VERSION

if TYPE_CHECKING:
    from tests.simulation.money.world import World


class Processor:
    """Stripe, as the world around sees it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.random = world.random
        self.fake = world.system.processor_fake
        self.waiting: list[bytes] = []
        self.told = 0
        self.read_up_to = 0

    def collect(self) -> None:
        """Turn what happened at Stripe into notices: each once or twice."""
        told = self.fake.events
        for event in told[self.read_up_to :]:
            for _ in range(1 + (self.random.random() < 0.2)):
                self.waiting.append(json.dumps(asdict(event)).encode())
        self.read_up_to = len(told)

    def notice_comes(self) -> str:
        """Deliver a notice, in any order; what is not answered comes again."""
        self.collect()
        if not self.waiting:
            return "none"
        body = self.waiting.pop(self.random.randrange(len(self.waiting)))
        try:
            taken = self.take(body)
        except BaseException:
            self.waiting.append(body)
            raise
        if self.random.random() < 0.1:
            self.waiting.append(body)
        return f"{json.loads(body)['type']} {taken}"

    def take(self, body: bytes) -> str:
        """Take a notice into the books."""
        taken = take_processor_event(
            self.world.ports, body=body, signature="", api_version=API_VERSION, now=self.world.now
        )
        return taken.value

    def notices_are_lost(self) -> str:
        """Let the endpoint be down for days: what Stripe tried to tell is never told again."""
        self.collect()
        lost, self.waiting = len(self.waiting), []
        return f"{lost} notices" if lost else "none"

    def all_notices_come(self) -> None:
        """Deliver everything that waits."""
        self.collect()
        while self.waiting:
            self.take(self.waiting.pop(0))
            self.collect()

    def paid(self) -> list[SessionReport]:
        """Return what Stripe holds as paid."""
        return [
            session.report
            for session in self.fake.sessions.values()
            if session.report.status is SessionStatus.PAID and session.report.received is not None
        ]

    def refund_in_dashboard(self) -> str:
        """Let somebody give money back in Stripe's own dashboard."""
        paid = self.paid()
        if not paid:
            return "none"
        report = self.random.choice(paid)
        left = self.fake.after.left_of(report)
        if left.minor <= 0:
            return "none"
        amount = Money(self.random.randint(1, left.minor), left.currency)
        self.fake.refund_in_dashboard(report.payment_intent_id, amount)
        return f"{report.payment_intent_id} {amount}"

    def refund_fails(self) -> str:
        """Let a bank send a refund back, days later."""
        alive = [
            key
            for key, (_, refund) in self.fake.after.refunds.items()
            if refund.status is not RefundStatus.FAILED
        ]
        if not alive:
            return "none"
        chosen = self.random.choice(alive)
        self.fake.refund_fails(chosen)
        return chosen

    def dispute_opens(self) -> str:
        """Let a bank ask, or take the money back."""
        disputed = {dispute.payment_intent_id for _, dispute in self.fake.after.disputes.values()}
        paid = [report for report in self.paid() if report.payment_intent_id not in disputed]
        if not paid:
            return "none"
        report = self.random.choice(paid)
        assert report.received is not None
        part = report.received
        if self.random.random() < 0.3:
            part = Money(self.random.randint(1, part.minor), part.currency)
        inquiry, taken = self.random.random() < 0.2, self.random.random() < 0.8
        self.fake.open_dispute(report.payment_intent_id, part, inquiry=inquiry, taken=taken and not inquiry)
        return f"{report.payment_intent_id} {part} {'asked' if inquiry else 'taken' if taken else 'opened'}"

    def dispute_moves(self) -> str:
        """Let a bank take what it only asked about or had not taken yet, or give back what was won."""
        asked, opened, won = self._disputes("asked"), self._disputes("opened"), self._disputes("won")
        if not (asked or opened or won):
            return "none"
        chosen = self.random.choice([*asked, *opened, *won])
        if chosen in asked:
            self.fake.escalate_inquiry(chosen)
        elif chosen in opened:
            self.fake.withdraw_dispute(chosen)
        else:
            self.fake.reinstate_dispute(chosen)
        return chosen

    def dispute_ends(self) -> str:
        """Let a bank decide; what was won may come back later."""
        if not (taken := self._disputes("taken")):
            return "none"
        chosen = self.random.choice(taken)
        if self.random.random() < 0.5:
            self.fake.win_dispute(chosen, returned=self.random.random() < 0.8)
            return f"{chosen} won"
        self.fake.lose_dispute(chosen)
        return f"{chosen} lost"

    def debit_comes_back(self) -> str:
        """Let a bank take back a debit that had succeeded."""
        disputed = {dispute.payment_intent_id for _, dispute in self.fake.after.disputes.values()}
        found = [
            report.id
            for report in self.paid()
            if report.method is PaymentMethod.BANK_DEBIT
            and report.payment_intent_id not in disputed
            and self.fake.after.left_of(report)
        ]
        if not found:
            return "none"
        chosen = self.random.choice(found)
        self.fake.debit_comes_back(chosen)
        return chosen

    def all_won_comes_back(self) -> None:
        """Let the money of every dispute that was won come back."""
        for key in self._disputes("won"):
            self.fake.reinstate_dispute(key)

    def _disputes(self, which: str) -> list[str]:
        """Return disputes that are `asked`, `opened`, `taken`, or `won` and not given back yet."""
        return [key for key, (_, dispute) in self.fake.after.disputes.items() if _stage(dispute) == which]

    def sessions_end(self) -> None:
        """Let sessions whose time is over end."""
        for key, session in self.fake.sessions.items():
            over = session.session.expires_at <= self.world.now
            if over and session.report.status is SessionStatus.OPEN:
                self.fake.time_out(key)


def _stage(dispute: DisputeReport) -> str:
    match dispute.status:
        case DisputeStatus.INQUIRY:
            return "asked" if dispute.respond_by is not None else "closed"
        case DisputeStatus.UNDECIDED:
            return "taken" if dispute.withdrawn is not None else "opened"
        case DisputeStatus.WON:
            return "won" if dispute.withdrawn is not None else "closed"
        case DisputeStatus.LOST:
            return "closed"
