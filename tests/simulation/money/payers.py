"""Clients: they press pay in several tabs, pay by card or bank debit, or go away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from feenote.domain.money import Money
from feenote.domain.what_is_due import Choice, plan
from feenote.service.open_link import LinkPage, open_link
from feenote.service.ports import SessionStatus
from feenote.service.start_payment import PayRequest, request_shown, start_payment
from tests.simulation.money.people import FIRM

if TYPE_CHECKING:
    from tests.simulation.money.world import World


class Payers:
    """All clients, each with any of the links."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.random = world.random
        self.fake = world.system.processor_fake

    def _sessions(self, status: SessionStatus) -> list[str]:
        """Return Stripe's sessions in a state whose address a client may have."""
        return [
            key
            for key, session in self.fake.sessions.items()
            if session.report.status is status and self._was_handed_out(key)
        ]

    def _was_handed_out(self, session_id: str) -> bool:
        report = self.fake.sessions[session_id].report
        context = self.world.system.store.books.context(FIRM, report.client_id, report.checkout_id)
        return context.checkout is not None and bool(context.checkout.url)

    def press_pay(self) -> str:
        """Open a link, choose, and press pay: one bill or all, some left out, a part of the amount."""
        token = self.random.choice(self.world.tokens)
        ports, now = self.world.ports, self.world.now
        page = open_link(ports, token=token, now=now)
        request = request_shown(page, self._choice(page))
        if self.random.random() < 0.05:
            request = PayRequest(request.choice, "of another page")
        return start_payment(ports, token=token, request=request, now=now).outcome.value

    def _choice(self, page: LinkPage) -> Choice:
        chance = self.random.random
        all_bills = chance() < 0.6
        choice = Choice(all_bills=all_bills)
        if all_bills and chance() < 0.3:
            choosable = [due.bill_id for due in plan(page.due, choice, firm=page.firm).choosable]
            choice = replace(choice, bill_ids=tuple(key for key in choosable if chance() < 0.7))
        if chance() < 0.3:
            total = plan(page.due, choice, firm=page.firm).total
            amount = self.random.randint(1, max(total.minor, 1))
            choice = replace(choice, amount_minor=amount - amount % 10 if total.currency == "KWD" else amount)
        return choice

    def pay(self) -> str:
        """Pay at Stripe: by card, or begin a bank debit; now and then another amount arrives."""
        if not (open_sessions := self._sessions(SessionStatus.OPEN)):
            return "none"
        session_id = self.random.choice(open_sessions)
        if self.random.random() < 0.3:
            self.fake.start_debit(session_id)
            return f"{session_id} by debit"
        received = None
        if self.random.random() < 0.05:
            asked = self.fake.sessions[session_id].request.checkout.amount
            step = 10 if asked.currency == "KWD" else 1
            received = Money(max(step, asked.minor + step * self.random.choice([-1, 1, 500])), asked.currency)
        self.fake.pay(session_id, received=received)
        return f"{session_id} by card, {received or 'all of it'}"

    def debit_ends(self) -> str:
        """Let a debit succeed or fail."""
        if not (waiting := self._sessions(SessionStatus.PROCESSING)):
            return "none"
        session_id = self.random.choice(waiting)
        if self.random.random() < 0.6:
            self.fake.debit_succeeds(session_id)
            return f"{session_id} succeeded"
        self.fake.debit_fails(session_id)
        return f"{session_id} failed"

    def debits_end(self) -> None:
        """Let all debits succeed or fail."""
        while self.debit_ends() != "none":
            pass

    def session_runs_out(self) -> str:
        """Let an open session reach its end."""
        if not (open_sessions := self._sessions(SessionStatus.OPEN)):
            return "none"
        session_id = self.random.choice(open_sessions)
        self.fake.time_out(session_id)
        return session_id
