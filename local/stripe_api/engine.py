"""The stand-in itself: state, time, requests and webhooks."""

from __future__ import annotations

import random
import re
import threading
from typing import TYPE_CHECKING

from local.stripe_api import api, objects_after, sessions
from local.stripe_api.endpoints import PINNED_VERSION
from local.stripe_api.errors import ApiError
from local.stripe_api.faults import Faults
from local.stripe_api.ids import IdMaker
from local.stripe_api.mailbox import Deliver, Endpoint, Mailbox
from local.stripe_api.store import Account, Json, copied, instant, seconds
from local.stripe_api.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, timedelta

    from local.stripe_api.wire import Answer

DEFAULT_API_KEY = "sk_test_local"
DEFAULT_SECRET = "whsec_local"  # noqa: S105 - a secret of this machine, which protects nothing
_ACCOUNT = re.compile(r"acct_[A-Za-z0-9_]{1,60}")


class StripeStandIn:
    """Stripe on one machine. All public methods may be called from any thread."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        seed: str = "feenote",
        api_keys: Sequence[str] = (DEFAULT_API_KEY,),
        webhook_url: str | None = None,
        webhook_secrets: Sequence[str] = (DEFAULT_SECRET,),
        deliver: Deliver | None = None,
        connected_accounts: Sequence[str] | None = None,
        livemode: bool = False,
        page_base: str = "http://127.0.0.1:8080/_local/stripe",
    ) -> None:
        """Start with no objects.

        Args:
            clock: returns the instant, aware, in UTC.
            seed: makes ids and shuffles repeatable.
            api_keys: the secret keys that are taken; each has an account of its own.
            webhook_url: makes an endpoint for all events of the first account and of connected ones.
            webhook_secrets: the endpoint's secrets; several sign at once, as while a secret is rolled.
            deliver: takes a webhook to its receiver and returns the HTTP status; `OSError`: no answer.
            connected_accounts: what `Stripe-Account` may name; None admits every well-formed account.
            livemode: what objects and events say.
            page_base: the address under which the payment page is mounted.
        """
        self.clock = clock
        self.faults = Faults()
        self.livemode = livemode
        self.page_base = page_base.rstrip("/")
        self.ids = IdMaker(seed)
        shuffler = random.Random(seed)  # noqa: S311 - shuffles deliveries, keeps no secret
        self.mailbox = Mailbox(deliver, shuffler)
        self.tampering = self.mailbox.tampering
        self._lock = threading.RLock()
        self._observers: list[Callable[[str, str], None]] = []
        self._connected = None if connected_accounts is None else frozenset(connected_accounts)
        created = seconds(clock())
        self.accounts: dict[str, Account] = {}
        self._owners: dict[str, str] = {}
        for number, key in enumerate(api_keys, start=1):
            account_id = f"acct_local{number}"
            self._owners[key] = account_id
            self.accounts[account_id] = Account(account_id, connected=False, created=created)
        if webhook_url is not None:
            for connect in (False, True):
                self.add_endpoint(webhook_url, secrets=webhook_secrets, connect=connect)

    def add_endpoint(
        self,
        url: str,
        *,
        secrets: Sequence[str],
        enabled_events: Sequence[str] = ("*",),
        connect: bool = False,
    ) -> Endpoint:
        """Send webhooks of the first account (`connect`: of connected accounts) to a URL."""
        with self._lock:
            account = next(iter(self.accounts.values()))
            shown = objects_after.webhook_endpoint(
                endpoint_id=self.ids.new("we_"),
                created=seconds(self.clock()),
                url=url,
                livemode=self.livemode,
                asked={"enabled_events": list(enabled_events)},
            )
            endpoint = Endpoint(
                account.put(shown), [(secret, None) for secret in secrets], account.id, connect
            )
            self.mailbox.endpoints.append(endpoint)
            return endpoint

    def roll_secret(self, new_secret: str, *, old_ends_after: timedelta) -> None:
        """Sign with a new secret everywhere; the old ones sign too for that long."""
        for endpoint in self.mailbox.endpoints:
            self.mailbox.roll(endpoint, new_secret, self.clock() + old_ends_after)

    def observe(self, observer: Callable[[str, str], None]) -> None:
        """Call `observer(method, path_template)` for each API call that reaches the stand-in."""
        self._observers.append(observer)

    def account(self, account_id: str | None = None) -> Account:
        """Return an account; the first key's when none is named."""
        with self._lock:
            if account_id is None:
                return next(iter(self.accounts.values()))
            if account_id not in self.accounts:
                self._refuse_unless_connected(account_id)
                self.accounts[account_id] = Account(account_id, connected=True, created=seconds(self.clock()))
            return self.accounts[account_id]

    def _refuse_unless_connected(self, account_id: str) -> None:
        known = self._connected is None or account_id in self._connected
        if not known or not _ACCOUNT.fullmatch(account_id):
            raise ApiError(
                f"The provided key does not have access to account '{account_id}' (or that account does not "
                "exist). Application access may have been revoked.",
                status=403,
                code="account_invalid",
                executed=False,
            )

    def owner_of(self, api_key: str) -> str | None:
        """Return the account of an API key, None for a key that is not known."""
        return self._owners.get(api_key)

    def observed(self, method: str, template: str) -> None:
        """Tell the observers of one API call."""
        for observer in self._observers:
            observer(method, template)

    def turn(
        self,
        account: Account,
        *,
        at: datetime | None = None,
        api_version: str = PINNED_VERSION,
        request_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Turn:
        """Return a turn in an account, now unless `at` is given; the rest names the request behind it."""
        return Turn(
            account=account,
            at=at or self.clock(),
            ids=self.ids,
            mailbox=self.mailbox,
            livemode=self.livemode,
            api_version=api_version,
            page_base=self.page_base,
            request_id=request_id,
            idempotency_key=idempotency_key,
        )

    def act(self, action: Callable[[Turn], Json], account_id: str | None = None) -> Json:
        """Let something happen in an account now, and return a copy of what it returns.

        Raises:
            ApiError: it cannot happen.
        """
        with self._lock:
            self.tick()
            found: Json = copied(action(self.turn(self.account(account_id))))
            return found

    def tick(self) -> None:
        """Let time have its effects: sessions whose hour has come expire, with events of that second."""
        with self._lock:
            now = self.clock()
            for account in self.accounts.values():
                due = [one for one in account.open_sessions() if one["expires_at"] <= seconds(now)]
                for session in sorted(due, key=lambda one: (one["expires_at"], one["created"])):
                    sessions.expire(self.turn(account, at=instant(session["expires_at"])), session)

    def pump(self, *, limit: int | None = None) -> int:
        """Deliver the webhooks that are due now, and return how many attempts were made."""
        self.tick()
        return self.mailbox.pump(self.clock(), limit=limit)

    def handle(
        self, method: str, path: str, headers: Mapping[str, str], query: str = "", body: str = ""
    ) -> Answer:
        """Answer one API request.

        Args:
            method: `GET`, `POST` or `DELETE`.
            path: from `/v1` on.
            headers: with names of any case.
            query: the text after the question mark.
            body: form-encoded text.

        Raises:
            NoAnswer: a fault was asked for that gives no answer.
        """
        with self._lock:
            self.tick()
            return api.answer(self, method, path, headers, query=query, body=body)

    def find_session(self, session_id: str) -> tuple[str, Json, list[Json]] | None:
        """Return the account of a Checkout Session, a copy of it and its lines; None when there is none."""
        with self._lock:
            self.tick()
            for account in self.accounts.values():
                found = account.objects["checkout.session"].get(session_id)
                if found is not None:
                    return account.id, copied(found), copied(account.line_items[session_id])
        return None

    def snapshot(self) -> Json:
        """Return a copy of all objects by account and kind, and of the deliveries, for people and scripts."""
        with self._lock:
            self.tick()
            return {
                "now": self.clock().isoformat(),
                "accounts": [
                    {
                        "id": one.id,
                        **{kind: copied(list(found.values())) for kind, found in one.objects.items()},
                    }
                    for one in self.accounts.values()
                ],
                "deliveries": self.mailbox.shown(),
            }
