"""Take webhooks to their endpoints: queued by event, signed, tried again for three days.

The times between attempts are those that Stripe shows for live mode: at once, then after 5 minutes, 30
minutes, 2, 5 and 10 hours, then every 12 hours, until three days have passed (Stripe's documentation,
"Webhooks: retries"). `pump` delivers what is due at the clock's time and returns, so that a simulation stays
in step.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from local.stripe_api import signatures
from local.stripe_api.store import copied, seconds
from local.stripe_api.tampering import Tampering

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

    from local.stripe_api.store import Account, Json

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (5, 30, 120, 300, 600))
BACK_OFF_THEN = timedelta(hours=12)
GIVE_UP_AFTER = timedelta(days=3)

# Takes a URL, headers and a body; returns the HTTP status. An `OSError` stands for no answer.
Deliver = Callable[[str, dict[str, str], bytes], int]
State = Literal["pending", "delivered", "failed", "dropped"]


@dataclass
class Endpoint:
    """Where webhooks go. `secrets` are those that sign, with the instant at which each ends (None: never)."""

    shown: Json
    secrets: list[tuple[str, datetime | None]]
    account_id: str
    connect: bool

    def listens(self, event: Json, account: Account) -> bool:
        """Say whether this endpoint gets an event of that account."""
        if self.shown["status"] != "enabled":
            return False
        of_ours = account.connected if self.connect else account.id == self.account_id
        wanted = self.shown["enabled_events"]
        return of_ours and ("*" in wanted or event["type"] in wanted)

    def signers(self, at: datetime) -> list[str]:
        """Return the secrets that sign at that instant."""
        return [secret for secret, until in self.secrets if until is None or at < until]


@dataclass
class Delivery:
    """One event on its way to one endpoint."""

    event: Json
    endpoint: Endpoint
    account: Account
    created_at: datetime
    due_at: datetime
    number: int
    state: State = "pending"
    attempts: list[tuple[datetime, int]] = field(default_factory=list)
    in_flight: bool = False
    extra: bool = False

    def shown(self) -> Json:
        """Return the state for people and scripts; status 0 stands for no answer."""
        return {
            "event": self.event["id"],
            "type": self.event["type"],
            "url": self.endpoint.shown["url"],
            "state": self.state,
            "due_at": self.due_at.isoformat(),
            "attempts": [{"at": at.isoformat(), "status": status} for at, status in self.attempts],
        }


class Mailbox:
    """The queue of webhooks."""

    def __init__(self, deliver: Deliver | None, shuffler: random.Random) -> None:
        """Deliver by `deliver`; without it everything stays pending until one is set."""
        self.deliver = deliver
        self.endpoints: list[Endpoint] = []
        self.deliveries: list[Delivery] = []
        self.tampering = Tampering(shuffler)
        self._waiting: list[Delivery] = []
        self._lock = threading.RLock()

    def post(self, event: Json, account: Account, at: datetime) -> None:
        """Queue an event for each endpoint that listens."""
        with self._lock:
            listening = [endpoint for endpoint in self.endpoints if endpoint.listens(event, account)]
            event["pending_webhooks"] = len(listening)
            for endpoint in listening:
                self._queue(event, endpoint, account, at, extra=False)

    def _queue(self, event: Json, endpoint: Endpoint, account: Account, at: datetime, *, extra: bool) -> None:
        due_at = at + self.tampering.delay(event)
        made = Delivery(event, endpoint, account, at, due_at, len(self.deliveries), extra=extra)
        self.deliveries.append(made)
        self._waiting.append(made)

    def again(self, event: Json, account: Account, at: datetime) -> int:
        """Queue an event once more, as "resend" in the Dashboard does; return to how many endpoints."""
        with self._lock:
            listening = [endpoint for endpoint in self.endpoints if endpoint.listens(event, account)]
            for endpoint in listening:
                self._queue(event, endpoint, account, at, extra=True)
            return len(listening)

    def pump(self, now: datetime, *, limit: int | None = None) -> int:
        """Deliver what is due at `now`, each delivery once; return how many attempts were made.

        Events that the answers cause are delivered as well, until nothing is due. `limit` ends it earlier.
        """
        if self.deliver is None:
            return 0
        attempts = 0
        while limit is None or attempts < limit:
            taken = self._take(now)
            if taken is None:
                break
            attempts += self._attempt(taken, now)
        return attempts

    def _take(self, now: datetime) -> Delivery | None:
        with self._lock:
            due = [one for one in self._waiting if one.due_at <= now and not one.in_flight]
            due = [one for one in due if not self.tampering.holds(one.event)]
            chosen = self.tampering.next_of(due)
            if chosen is not None:
                chosen.in_flight = True
            return chosen

    def _attempt(self, delivery: Delivery, now: datetime) -> int:
        """Deliver once (twice when doubled), outside the lock: the receiver may call the API back."""
        assert self.deliver is not None
        with self._lock:
            plan = self.tampering.plan(delivery.event)
        statuses = []
        try:
            if plan.dropped:
                with self._lock:
                    self._settle(delivery, "dropped")
                return 0
            for _ in range(plan.copies):
                url, headers, body = self.request(delivery, now, plan.secret, plan.changes, plan.skew)
                try:
                    statuses.append(self.deliver(url, headers, body))
                except OSError:
                    statuses.append(0)
        finally:
            delivery.in_flight = False
        with self._lock:
            delivery.attempts += [(now, status) for status in statuses]
            self._conclude(delivery, now, done=any(200 <= status < 300 for status in statuses))
        return len(statuses)

    def _conclude(self, delivery: Delivery, now: datetime, *, done: bool) -> None:
        if done:
            self._settle(delivery, "delivered")
            return
        tries = len(delivery.attempts)
        wait = BACK_OFF[tries - 1] if tries <= len(BACK_OFF) else BACK_OFF_THEN
        if now + wait > delivery.created_at + GIVE_UP_AFTER:
            self._settle(delivery, "failed")
        else:
            delivery.due_at = now + wait

    def _settle(self, delivery: Delivery, state: State) -> None:
        delivery.state = state
        self._waiting.remove(delivery)
        if state == "delivered" and not delivery.extra:
            delivery.event["pending_webhooks"] = max(0, delivery.event["pending_webhooks"] - 1)

    def request(
        self, delivery: Delivery, now: datetime, secret: str | None, changes: Json, skew: timedelta
    ) -> tuple[str, dict[str, str], bytes]:
        """Return the signed request of a delivery: URL, headers, body.

        `secret` replaces the endpoint's own (a bad signature), `changes` are put over the event's fields
        before it is signed, `skew` moves the signature's timestamp.
        """
        event = copied(delivery.event)
        if delivery.endpoint.shown["api_version"] is not None:
            event["api_version"] = delivery.endpoint.shown["api_version"]
        event.update(changes)
        body = json.dumps(event, indent=2, ensure_ascii=False).encode()
        secrets = delivery.endpoint.signers(now) if secret is None else [secret]
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": signatures.header(secrets, seconds(now + skew), body),
        }
        return delivery.endpoint.shown["url"], headers, body

    def waiting(self) -> list[Delivery]:
        """Return what is still to be delivered, held back or not."""
        with self._lock:
            return list(self._waiting)

    def shown(self) -> list[Json]:
        """Return the state of every delivery, oldest first."""
        with self._lock:
            return [one.shown() for one in self.deliveries]

    def next_due_at(self) -> datetime | None:
        """Return when the next attempt is due, None when nothing waits."""
        with self._lock:
            return min((one.due_at for one in self._waiting), default=None)

    def roll(self, endpoint: Endpoint, new_secret: str, old_ends_at: datetime) -> None:
        """Sign with a new secret; the old ones sign too until `old_ends_at`."""
        with self._lock:
            kept = [
                (secret, old_ends_at if until is None else min(until, old_ends_at))
                for secret, until in endpoint.secrets
            ]
            endpoint.secrets = [*kept, (new_secret, None)]

    def delivered_to_all(self, event_ids: Iterable[str]) -> set[str]:
        """Return those of the events that no endpoint still waits for or failed to take."""
        with self._lock:
            unsettled = {
                one.event["id"] for one in self.deliveries if one.state in {"pending", "failed", "dropped"}
            }
            return {event_id for event_id in event_ids if event_id not in unsettled}
