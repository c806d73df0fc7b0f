"""Case 19: one payment over 200 bills is booked whole, and a reader sees it whole or not at all.

A transaction has room for some forty bill rows: the rest wait in the client's account and are laid over what
is read. Lists of bills are projections that follow; a bill, a balance, a link's page and a payment are not.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from feenote.domain.ledger import recompute
from tests.cases.stage import FIRM, Stage
from tests.cases.test_payments import COMPLETED
from tests.cases.wires import Crash

BILLS = 200
EACH = 1000


@dataclass
class Owing:
    """A client with 200 open bills, the link in the mail for one of them, and what readers saw."""

    stage: Stage
    client_id: str = ""
    token: str = ""
    bill_ids: list[str] = field(default_factory=list)
    seen: list[tuple[int, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        engagement = self.stage.engage()
        self.client_id = engagement.client_id
        rows = ["bill_number,client_number,matter_number,issued_on,due_on,kind,amount"]
        rows += [f"B-{n:03d},00001,00001-003,2026-11-23,2026-12-23,fee,10.00" for n in range(BILLS)]
        self.bill_ids = [item["bill_id"] for item in self.stage.bring("\r\n".join(rows), approve="true")]
        self.token = self.stage.sent({"id": self.bill_ids[-1]}, accept_all_unpaid=True)

    def pay_all(self) -> None:
        session = self.stage.session(self.token, BILLS * EACH, what="all")
        self.stage.stripe_does("pay", session=session)

    def look(self, *, every: int = 1) -> tuple[int, int, int]:
        """Return how many payments, settled bills and bills off the balance a reader sees at this moment."""
        bills = self.bill_ids[::every]
        paid = [self.stage.system.bills.get(FIRM, bill_id).state.value == "paid" for bill_id in bills]
        account = self.stage.staff.get(f"/v1/balances/{self.client_id}").ok()
        still_open = sum(balance["bill_count"] for balance in account["balances"])
        page = self.stage.browse("GET", f"/l/{self.token}").text
        assert (f'action="/l/{self.token}/pay"' in page) is (still_open > 0)
        return len(self.stage.payments()), sum(paid) * every, BILLS - still_open

    def look_before_every_write(self) -> None:
        def watch(call: str) -> None:
            if call == "dynamodb.TransactWriteItems":
                self.seen.append(self.look(every=10))

        self.stage.leaving.watchers.append(watch)

    def is_booked_whole(self) -> None:
        (payment,) = self.stage.payments()
        entries = list(self.stage.system.books.entries(FIRM, self.client_id))
        assert len(payment["allocations"]) == BILLS
        assert payment["amount"]["minor"] == BILLS * EACH
        assert payment["client_credit"]["minor"] == 0
        assert recompute(entries).owed == {}
        assert self.look() == (1, BILLS, BILLS)

    def listed_as_paid(self) -> int:
        """Return how many bills the list shows as paid: a projection, which may follow later."""
        return len(self.stage.staff.get("/v1/bills", state="paid", limit="200").ok()["items"])


@pytest.fixture
def owing(stage: Stage) -> Owing:
    return Owing(stage)


NOTHING, ALL = (0, 0, 0), (1, BILLS, BILLS)


class TestCase19OnePaymentOver200Bills:
    def test_is_booked_whole_and_seen_whole_or_not_at_all_at_every_moment(self, owing: Owing) -> None:
        owing.pay_all()
        owing.look_before_every_write()

        assert owing.stage.take(COMPLETED) == ["booked"]
        owing.is_booked_whole()
        assert 0 < owing.listed_as_paid() < BILLS
        owing.stage.clock.advance(minutes=1)
        assert owing.stage.sweep()["projected"] == 1

        owing.stage.leaving.watchers.clear()
        assert owing.seen == [NOTHING] + [ALL] * (len(owing.seen) - 1)
        assert len(owing.seen) >= 5
        owing.is_booked_whole()
        assert list(owing.stage.system.books.account(FIRM, owing.client_id).unprojected) == []
        assert owing.listed_as_paid() == BILLS

    def test_also_when_processes_die_before_and_after_the_booking_and_another_sweep_heals_the_lists(
        self, owing: Owing
    ) -> None:
        stage = owing.stage
        owing.pay_all()
        (told,) = stage.told(COMPLETED)

        stage.leaving.die_at("dynamodb.TransactWriteItems", number=1)
        with pytest.raises(Crash):
            stage.post_webhook(told)
        after_the_first_crash = owing.look(every=10)
        assert stage.post_webhook(told).json["taken"] == "booked"
        stage.leaving.die_at("dynamodb.TransactWriteItems", number=2)
        with pytest.raises(Crash):
            stage.sweep()
        after_the_second_crash, listed = owing.look(), owing.listed_as_paid()
        again = stage.post_webhook(told)
        stage.clock.advance(minutes=2)
        swept = stage.sweep()
        stage.work_off_mail()

        assert after_the_first_crash == NOTHING
        assert after_the_second_crash == ALL
        assert 0 < listed < BILLS
        assert again.json["taken"] == "already_booked"
        assert swept["projected"] == 1
        owing.is_booked_whole()
        assert owing.listed_as_paid() == BILLS
        assert len([one for one in stage.mail.letters if ("kind", "receipt") in one.tags]) == 1
