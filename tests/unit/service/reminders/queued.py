"""A reminder in the queue: a run has stored it and claimed its address, and now its turn comes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from feenote.domain.accounts import ClientAccount, LiveCheckout
from feenote.domain.allocation import Allocation
from feenote.domain.bills import BillState, SendStamps
from feenote.domain.deliveries import Delivery, DeliveryState, MessageKind
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill
from feenote.domain.payments import CheckoutState
from feenote.domain.records import Firm
from feenote.domain.reminders.decisions import BillLine, Decision, Outcome, PersonLine
from feenote.domain.reminders.history import AddressFacts, BillHistory, ClientReminders
from feenote.domain.reminders.switches import Setting
from feenote.domain.visibility import Visibility
from feenote.service.deliver_message import deliver_message
from feenote.service.mail_jobs import job_of
from feenote.service.ports import Run
from tests.integration.api.office import FIRM, Office
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import CLIENT, MATTER

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""A Monday, half past nine in London."""
RUN = f"run_{CLIENT}_2026-11-23"
SENT_AT = NOW - timedelta(days=40)
ANA, BO = "ana@meridian.example", "bo@meridian.example"
VISIBLE = Visibility((MATTER, "mat_2"))


def owed(number: int = 1, *, minor: int = 300_00, matter_ids: tuple[str, ...] = (MATTER,)) -> OpenBill:
    """Return an open bill, the lower its number the older."""
    due_on = NOW.date() - timedelta(days=30 - number)
    created_at = NOW - timedelta(days=60)
    issued_on = due_on - timedelta(days=30)
    total = Money(minor, "USD")
    return OpenBill(
        f"bill_{number}", f"1000{number}", issued_on, due_on, created_at, total, matter_ids=matter_ids
    )


def reminder(*bill_ids: str, **changes: Any) -> Delivery:
    """Return the message as the run made it."""
    made = samples.delivery(
        kind=MessageKind.REMINDER,
        bill_id="",
        bill_ids=bill_ids,
        visibility=VISIBLE,
        run_id=RUN,
        stage="due+30",
        created_at=NOW,
        state_since_at=NOW,
    )
    return replace(made, **changes)


@dataclass
class Queued:
    """An office in London with a reminder of a client's bills; `by_itself` says that a run made it."""

    bills: tuple[OpenBill, ...] = (owed(1), owed(2))
    by_itself: bool = True
    changes: dict[str, Any] = field(default_factory=dict)
    office: Office = field(default_factory=Office)

    def __post_init__(self) -> None:
        store = self.office.store
        store.records.put_firm(
            Firm(FIRM, "Hartwell", time_zone="Europe/London", locale="en-GB", currency="USD", version=2)
        )
        store.records.put_client(samples.client(primary_contact_id="con_1"))
        store.records.put_contact(samples.contact(email=ANA))
        for matter_id in (MATTER, "mat_2"):
            store.records.put_matter(samples.matter(matter_id))
        for bill in self.bills:
            made = samples.bill(bill.bill_id, number=bill.number, state=BillState.AWAITING_PAYMENT)
            store.bills.add(replace(made, stamps=SendStamps(last_sent_at=SENT_AT, times_sent=1)), ())
        self.account(open_bills={bill.bill_id: bill for bill in self.bills})
        bill_ids = tuple(bill.bill_id for bill in self.bills)
        own = {} if self.by_itself else {"run_id": "", "send_id": "snd_1", "stage": "", "sender": "user_1"}
        self.delivery = reminder(*bill_ids, **own, **self.changes)
        self._store(bill_ids)

    def _store(self, bill_ids: tuple[str, ...]) -> None:
        store = self.office.store
        if not self.by_itself:
            store.deliveries.add(self.delivery)
            return
        history = {each: BillHistory(1, NOW.date(), None, RUN) for each in bill_ids}
        lines = tuple(
            BillLine(each, each, Outcome.SENT, delivery_ids=(self.delivery.id,)) for each in bill_ids
        )
        person = PersonLine("con_1", Outcome.SENT, bill_ids, delivery_id=self.delivery.id)
        store.reminders.record_run(
            Run(
                ClientReminders(FIRM, CLIENT, history=history, version=1),
                Decision(RUN, FIRM, CLIENT, NOW, NOW.date(), lines, (person,)),
                (self.delivery,),
                (AddressFacts(ANA),),
            )
        )

    # What happens between the run and its turn

    def account(self, **changes: Any) -> None:
        """Change what the client owes."""
        world = self.office.store.world
        before = world.accounts.get((FIRM, CLIENT), ClientAccount(FIRM, CLIENT))
        world.accounts[FIRM, CLIENT] = replace(before, **changes)

    def bill(self, bill_id: str, **changes: Any) -> None:
        """Change an open bill."""
        opened = self.office.store.world.accounts[FIRM, CLIENT].open_bills
        self.account(open_bills={**opened, bill_id: replace(opened[bill_id], **changes)})

    def pay(self, *bill_ids: str) -> None:
        """Take bills off what is owed: paid, or void."""
        opened = self.office.store.world.accounts[FIRM, CLIENT].open_bills
        self.account(open_bills={key: bill for key, bill in opened.items() if key not in bill_ids})

    def on_its_way(self, *bill_ids: str) -> None:
        """Let a bank debit of these bills be on its way."""
        opened = self.office.store.world.accounts[FIRM, CLIENT].open_bills
        split = tuple(Allocation(each, opened[each].total) for each in bill_ids)
        live = LiveCheckout("chk_1", CheckoutState.PROCESSING, "f", split, NOW + timedelta(days=5))
        self.account(checkouts={"chk_1": live})

    def switch(
        self,
        *,
        client: Setting | None = None,
        matters: dict[str, Setting] | None = None,
        bills: dict[str, Setting] | None = None,
    ) -> None:
        """Turn switches of the client, its matters and its bills."""
        reminders = self.office.store.reminders
        before = reminders.of_client(FIRM, CLIENT)
        reminders.put(
            replace(
                before,
                setting=client or before.setting,
                matters=matters or {},
                bills=bills or {},
                version=before.version + 1,
            )
        )

    # Its turn

    def deliver(self, now: datetime = NOW) -> DeliveryState | None:
        """Let the message have its turn."""
        stored = self.office.store.deliveries.get(FIRM, self.delivery.id)
        return deliver_message(self.office.ports, job=job_of(stored), now=now)

    @property
    def stored(self) -> Delivery:
        """Return the message as it stands."""
        return self.office.store.deliveries.get(FIRM, self.delivery.id)
