"""One thing that happens at Stripe: a request, a payment on the page, a decision of a bank.

Everything in a turn happens at one instant in one account; its events carry the request that caused them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.stripe_api.store import copied, seconds

if TYPE_CHECKING:
    from datetime import datetime

    from local.stripe_api.ids import IdMaker
    from local.stripe_api.mailbox import Mailbox
    from local.stripe_api.store import Account, Json


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Where, when and why something happens."""

    account: Account
    at: datetime
    ids: IdMaker
    mailbox: Mailbox
    livemode: bool
    api_version: str
    page_base: str
    request_id: str | None = None
    idempotency_key: str | None = None

    @property
    def now(self) -> int:
        """Return the instant in whole seconds since 1970."""
        return seconds(self.at)

    def emit(self, kind: str, changed: Json, previous: Json | None = None) -> Json:
        """Record the event with a snapshot of `changed`, and queue it for the endpoints that listen to it.

        `previous` holds the old values of the fields that an `*.updated` event changed.
        """
        data: Json = {"object": copied(changed)}
        if previous is not None:
            data["previous_attributes"] = copied(previous)
        event: Json = {
            "id": self.ids.new("evt_"),
            "object": "event",
            "api_version": self.api_version,
            "created": self.now,
            "data": data,
            "livemode": self.livemode,
            "pending_webhooks": 0,
            "request": {"id": self.request_id, "idempotency_key": self.idempotency_key},
            "type": kind,
        }
        if self.account.connected:
            event["account"] = self.account.id
        self.account.put(event)
        self.mailbox.post(event, self.account, self.at)
        return event
