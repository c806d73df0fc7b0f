"""Case 37: two people at one bill. One wins, the other is told; numbers have no gap and no double."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest

from local.dynamodb.faults import Fault
from tests.cases.side_by_side import SideBySide
from tests.cases.stage import FIRM, Answer, Stage
from tests.integration.api.office import Staff
from tests.integration.api.samples import line

INES, OMAR = Staff(sub="user_ines"), Staff(sub="user_omar")


def busy(stage: Stage, seed: int) -> None:
    """Let some transactions meet others at the same items."""
    for number in range(4):
        stage.engine.inject(Fault.CONFLICT, operation="TransactWriteItems", skip=seed + 2 * number)


def entries(stage: Stage, bill: dict[str, Any]) -> list[str]:
    return [entry.kind.value for entry in stage.system.books.entries(FIRM, bill["client_id"])]


@pytest.mark.parametrize("seed", range(4))
class TestCase37TwoPeopleAtOneBillAtOnce:
    def test_approve_it_and_one_wins_and_the_other_is_told(self, stage: Stage, seed: int) -> None:
        bill = stage.engage().draft()
        busy(stage, seed)

        answers = SideBySide[Answer](stage.leaving, seed).run(
            [partial(who.post, f"/v1/bills/{bill['id']}/approve") for who in (INES, OMAR)]
        )

        assert sorted(answer.status for answer in answers) == [200, 409]
        assert stage.read(bill)["number"] == "00001"
        assert entries(stage, bill) == ["bill_issued"]
        assert stage.event_kinds(bill).count("approved") == 1

    def test_change_it_and_one_wins_and_the_other_is_told(self, stage: Stage, seed: int) -> None:
        bill = stage.bill()
        tag = stage.staff.get(f"/v1/bills/{bill['id']}").headers["etag"]
        busy(stage, seed)

        answers = SideBySide[Answer](stage.leaving, seed).run(
            [
                partial(who.patch, f"/v1/bills/{bill['id']}", {"lines": [line(minor)]}, if_match=tag)
                for who, minor in ((INES, 70000), (OMAR, 80000))
            ]
        )

        (won,) = [answer.json for answer in answers if answer.status == 200]
        (lost,) = [answer for answer in answers if answer.status != 200]
        lost.problem(412)
        assert stage.read(bill) == won
        assert won["revision"] == 2
        assert entries(stage, bill) == ["bill_issued", "bill_changed"]
        assert stage.system.books.account(FIRM, bill["client_id"]).owed("USD").minor == won["total"]["minor"]

    def test_one_approves_while_the_other_changes_and_what_is_owed_is_what_stands_on_the_bill(
        self, stage: Stage, seed: int
    ) -> None:
        bill = stage.engage().draft()
        tag = stage.staff.get(f"/v1/bills/{bill['id']}").headers["etag"]
        busy(stage, seed)

        answers = SideBySide[Answer](stage.leaving, seed).run(
            [
                lambda: INES.post(f"/v1/bills/{bill['id']}/approve", if_match=tag),
                lambda: OMAR.patch(f"/v1/bills/{bill['id']}", {"lines": [line(80000)]}, if_match=tag),
            ]
        )

        assert sorted(answer.status for answer in answers) == [200, 412]
        shown = stage.read(bill)
        owed = stage.system.books.account(FIRM, bill["client_id"]).owed("USD").minor
        assert owed == (shown["total"]["minor"] if shown["state"] == "awaiting_payment" else 0)

    def test_one_voids_while_the_client_pays_and_no_money_is_lost(self, stage: Stage, seed: int) -> None:
        bill = stage.bill()
        stage.pay_by_card(bill)
        (told,) = stage.told("checkout.session.completed")

        voided, taken = SideBySide[Answer](stage.leaving, seed).run(
            [lambda: INES.post(f"/v1/bills/{bill['id']}/void"), lambda: stage.post_webhook(told)]
        )

        assert voided.status == 409
        assert taken.json["taken"] == "booked"
        assert stage.read(bill)["state"] == "paid"


@pytest.mark.parametrize("seed", range(3))
def test_case_37_numbers_of_bills_approved_at_once_have_no_gap_and_no_double(stage: Stage, seed: int) -> None:
    clients = [stage.engage() for _ in range(3)]
    bills = [client.draft() for client in clients for _ in range(3)]
    busy(stage, seed)
    waiting, rounds = list(bills), 0

    while waiting:
        answers = SideBySide[Answer](stage.leaving, seed + rounds).run(
            [partial(stage.staff.post, f"/v1/bills/{bill['id']}/approve") for bill in waiting]
        )
        assert {answer.status for answer in answers} <= {200, 409}
        waiting = [bill for bill, answer in zip(waiting, answers, strict=True) if answer.status == 409]
        rounds += 1
        assert rounds < 5

    numbers = Counter(stage.read(bill)["number"] for bill in bills)
    assert numbers == Counter(f"{number:05d}" for number in range(1, 10))
