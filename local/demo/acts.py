"""What people do while reminders go out: one pays by the link, one by cheque, one stops them, one is held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import requests

from local.demo.api import TIMEOUT_S
from local.demo.story import Place, StepFailedError, link_in, pay_on_page
from local.demo.strip import Mark

if TYPE_CHECKING:
    from local.demo.sixty_days import Message

HELD, HELD_DAYS = "00734", 30
STOPS = "00718"
PAYS_BY_LINK = {"00712": 2, "00760": 1, "00758": 3}
"""Clients of the examples by number, and after how many reminders they pay all that they owe."""
PAYS_BY_CHEQUE = {"00711": 3}
_ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@dataclass(frozen=True)
class Act:
    """What somebody did on a day."""

    on: date
    client_id: str
    mark: Mark


class Acts:
    """The people of the examples."""

    def __init__(self, place: Place, clients: Sequence[dict[str, Any]]) -> None:
        """Play them at this place."""
        self._place = place
        self._by_number = {client["number"]: client for client in clients}
        self._numbers = {client["id"]: client["number"] for client in clients}
        self._reminded: dict[str, int] = {}

    def at_first(self, today: date) -> list[Act]:
        """Hold one client's reminders for a month, as after a call."""
        if HELD not in self._by_number:
            return []
        client_id = self._by_number[HELD]["id"]
        until = today + timedelta(days=HELD_DAYS)
        body = {"hold_until": until.isoformat(), "note": "They asked for a month."}
        held = self._place.staff.put(f"/v1/clients/{client_id}/reminders", body)
        if held["effective"]["allows"]:
            raise StepFailedError(f"Client {HELD} is not held.")
        return [Act(today, client_id, Mark.HELD), Act(until, client_id, Mark.FREED)]

    def after(self, went: Sequence[Message], mails: Sequence[dict[str, Any]]) -> list[Act]:
        """Let those act who got a reminder."""
        by_address = {address: mail for mail in mails for address in mail["to"]}
        for message in went:
            self._reminded[message.client_id] = self._reminded.get(message.client_id, 0) + 1
        return [
            Act(message.on, message.client_id, mark)
            for message in went
            for mark in self._reaction(message, by_address[message.address])
        ]

    def _reaction(self, message: Message, mail: dict[str, Any]) -> Iterator[Mark]:
        number = self._numbers[message.client_id]
        times = self._reminded[message.client_id]
        if number == STOPS and times == 1:
            self._stop(mail)
            yield Mark.STOPPED
        if PAYS_BY_LINK.get(number) == times:
            with requests.Session() as browser:
                pay_on_page(browser, self._place, link_in(mail), email=message.address, name=message.client)
            yield self._paid(message)
        if PAYS_BY_CHEQUE.get(number) == times:
            self._pay_by_cheque(message)
            yield self._paid(message)

    def _stop(self, mail: dict[str, Any]) -> None:
        """Do what a mail program does when its reader presses "unsubscribe" (RFC 8058)."""
        address = mail["headers"]["List-Unsubscribe"].strip("<>")
        answer = requests.post(address, data=_ONE_CLICK, timeout=TIMEOUT_S)
        if not answer.ok:
            raise StepFailedError(f"Stopping by one click answered {answer.status_code}.")

    def _pay_by_cheque(self, message: Message) -> None:
        for owed in self._owed(message.client_id):
            payment = {
                "client_id": message.client_id,
                "amount": owed,
                "method": "cheque",
                "received_on": message.on.isoformat(),
                "reference": "Cheque 2207",
            }
            self._place.staff.post("/v1/payments", payment)
        self._place.settle()

    def _paid(self, message: Message) -> Mark:
        left = self._owed(message.client_id)
        if left:
            raise StepFailedError(f"{message.client} still owes {left} after paying.")
        return Mark.PAID

    def _owed(self, client_id: str) -> list[dict[str, Any]]:
        balances = self._place.staff.get(f"/v1/balances/{client_id}")["balances"]
        return [row["owed"] for row in balances if row["owed"]["minor"]]
