"""A large send on the whole local system: it keeps to the provider's rate, and what is prompt goes first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from local.demo.api import StaffApi
from local.demo.story import Place, import_file, set_up_firm, wait_for
from local.machine import Machine, Plan
from local.testing import running_machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.mail.letters import Letter

RATE = 5
LARGE = 30


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Machine, Place]]:
    for machine in running_machine(Plan(mail_rate=RATE)):
        place = Place(machine.base_url, StaffApi(machine.base_url, machine.staff_token), machine.settle)
        set_up_firm(place)
        import_file(place, "forty_bills_clients.csv", "kind=clients", "text/csv")
        yield machine, place


def send(place: Place, bill_ids: list[str]) -> str:
    wish = {"bill_ids": bill_ids, "confirm": ["due_date_passed", "sent_just_now"]}
    send_id: str = place.staff.post("/v1/sends", wish)["send_id"]
    return send_id


def is_done(place: Place, send_id: str) -> bool:
    return bool(place.staff.get(f"/v1/sends/{send_id}")["state"] == "done")


def letters_of(machine: Machine, place: Place, send_id: str) -> list[Letter]:
    results = place.staff.get(f"/v1/sends/{send_id}/results", limit="200")["items"]
    ids = {delivery["id"] for result in results for delivery in result["deliveries"]}
    return [letter for letter in machine.inbox.letters() if any(value in ids for _, value in letter.tags)]


class TestALargeSend:
    def test_keeps_to_the_rate_and_lets_a_prompt_message_by(self, place: tuple[Machine, Place]) -> None:
        machine, office = place
        quota = machine.mail_service.quota
        imported = import_file(office, "forty_bills.ledes.txt", "approve=true", "text/plain")
        bills = [result["bill_id"] for result in imported]

        large = send(office, bills[:LARGE])
        wait_for("The first mail of many", machine.inbox.letters)
        prompt = send(office, bills[LARGE : LARGE + 1])
        for send_id in (large, prompt):
            wait_for(f"The end of {send_id}", partial(is_done, office, send_id))

        many, (one,) = letters_of(machine, office, large), letters_of(machine, office, prompt)
        took = (many[-1].sent_at - many[0].sent_at).total_seconds()
        assert len(many) == LARGE
        assert quota.refused == 0, "nothing came faster than the account may send"
        assert took >= (LARGE - RATE) / RATE
        assert sum(letter.sent_at > one.sent_at for letter in many) >= RATE
