"""In the second before a reminder goes: what does not stand any more is not asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from feenote.domain.deliveries import Addressee, DeliveryState
from feenote.domain.events import EventKind
from feenote.domain.records import EmailState
from feenote.domain.reminders.decisions import Outcome, Reason
from feenote.domain.reminders.policy import ReminderPolicy
from feenote.domain.reminders.switches import Mode, Setting
from feenote.domain.reminders.words import reason_in_words
from feenote.service.deliver_message import NOT_REMINDED, DeliveryPutOffError
from feenote.service.ports import StaleError, StoreUnavailableError
from tests.integration.api.office import FIRM
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import CLIENT, MATTER
from tests.unit.service.reminders.queued import ANA, BO, NOW, RUN, Queued, owed

HELD = Setting(hold_until=date(2026, 12, 1))
OFF = Setting(Mode.OFF)
EVENING = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)

Happens = Callable[[Queued], object]


def policy(**changes: object) -> Happens:
    """Return how the firm's policy changes."""
    made = replace(ReminderPolicy(FIRM, version=1), **changes)  # type: ignore[arg-type]  # as the case names them
    return lambda queued: queued.office.store.reminders.put_policy(made)


def address_becomes(state: EmailState) -> Happens:
    """Return how the contact's address goes bad."""
    return lambda queued: queued.office.store.records.mark_address(FIRM, "con_1", state, address=ANA)


def asked_by_another(queued: Queued) -> None:
    """Let another message ask the address for money."""
    queued.office.store.reminders.asked(FIRM, [ANA], delivery_id="dlv_9", at=NOW + timedelta(seconds=1))


def stopped(queued: Queued) -> None:
    """Let the recipient stop reminders, from another mail's link."""
    queued.office.store.reminders.stop(FIRM, ANA.upper(), by="page", at=NOW)


def contact_goes(queued: Queued) -> None:
    """Let the contact be deleted."""
    del queued.office.store.world.contacts[FIRM, "con_1"]


# What happens to one of the two bills, and why it is not asked for any more.
OF_A_BILL: dict[str, tuple[Happens, Reason]] = {
    "paid, or void": (lambda queued: queued.pay("bill_1"), Reason.PAID),
    "its payment is on its way": (lambda queued: queued.on_its_way("bill_1"), Reason.PENDING),
    "disputed": (lambda queued: queued.bill("bill_1", is_disputed=True), Reason.DISPUTED),
    "covered by credit": (lambda queued: queued.account(credit_minor={"USD": 300_00}), Reason.CREDIT),
    "not the reader's any more": (
        lambda queued: queued.bill("bill_1", matter_ids=("mat_other",)),
        Reason.NO_RECIPIENT,
    ),
}
BY_A_SWITCH: dict[str, tuple[Happens, Reason]] = {
    "its own switch is off": (lambda queued: queued.switch(bills={"bill_1": OFF}), Reason.OFF),
    "it is held itself": (lambda queued: queued.switch(bills={"bill_1": HELD}), Reason.HELD),
}
# What ends the whole message, of whatever bills.
OF_ALL: dict[str, tuple[Happens, Reason]] = {
    "everything is paid": (lambda queued: queued.pay("bill_1", "bill_2"), Reason.PAID),
    "everything is on its way": (lambda queued: queued.on_its_way("bill_1", "bill_2"), Reason.PENDING),
    "credit covers all": (lambda queued: queued.account(credit_minor={"USD": 600_00}), Reason.CREDIT),
    "the address bounced": (address_becomes(EmailState.BOUNCED), Reason.BOUNCED),
    "the address complained": (address_becomes(EmailState.COMPLAINED), Reason.COMPLAINED),
    "the address wants none": (stopped, Reason.STOPPED),
    "the contact is gone": (contact_goes, Reason.NO_RECIPIENT),
}
OF_ALL_BY_ITSELF: dict[str, tuple[Happens, Reason]] = {
    "the client is switched off": (lambda queued: queued.switch(client=OFF), Reason.OFF),
    "the client is held": (lambda queued: queued.switch(client=HELD), Reason.HELD),
    "its matter is switched off": (lambda queued: queued.switch(matters={MATTER: OFF}), Reason.OFF),
    "the firm is switched off": (policy(is_on=False), Reason.OFF),
    "the firm is held": (policy(hold_until=date(2026, 12, 1)), Reason.HELD),
    "it is below the minimum": (policy(minimum_minor=600_01), Reason.BELOW_MINIMUM),
    "the address was asked meanwhile": (asked_by_another, Reason.REMINDED_RECENTLY),
    "the day became a day off": (policy(days_off=(NOW.date(),)), Reason.CLOSED),
}


class TestAReminderOfTheMachine:
    def test_goes_while_all_stands(self) -> None:
        queued = Queued()

        assert queued.deliver() is DeliveryState.ACCEPTED
        assert queued.stored.bill_ids == ("bill_1", "bill_2")

    @pytest.mark.parametrize("case", OF_A_BILL | BY_A_SWITCH)
    def test_goes_without_the_bill_that_stands_no_more(self, case: str) -> None:
        queued = Queued()
        (OF_A_BILL | BY_A_SWITCH)[case][0](queued)

        assert queued.deliver() is DeliveryState.ACCEPTED

        assert queued.stored.bill_ids == ("bill_2",)
        kinds = [each.kind for each in queued.office.store.world.events[FIRM, "bill_1"].values()]
        assert EventKind.SENT not in kinds

    @pytest.mark.parametrize("case", OF_ALL | OF_ALL_BY_ITSELF)
    def test_does_not_go_where_nothing_of_it_stands(self, case: str) -> None:
        happens, reason = (OF_ALL | OF_ALL_BY_ITSELF)[case]
        queued = Queued()
        happens(queued)

        assert queued.deliver() is DeliveryState.REFUSED

        assert queued.office.mailer.requests == []
        assert queued.stored.reason.startswith(f"{NOT_REMINDED} ")
        assert self.told(queued) == {reason}

    @pytest.mark.parametrize("case", OF_A_BILL | BY_A_SWITCH)
    def test_says_why_its_only_bill_stands_no_more(self, case: str) -> None:
        happens, reason = (OF_A_BILL | BY_A_SWITCH)[case]
        queued = Queued((owed(1),))
        happens(queued)

        assert queued.deliver() is DeliveryState.REFUSED
        assert self.told(queued) == {reason}

    def told(self, queued: Queued) -> set[Reason | None]:
        """Return the reasons of the bills in the kept decision, none of them sent."""
        lines = queued.office.store.reminders.decisions(FIRM, client_id=CLIENT, limit=9, cursor=None).items[0]
        assert {line.outcome for line in lines.bills} == {Outcome.NOT_SENT}
        return {line.reason for line in lines.bills}

    @pytest.mark.parametrize(
        ("at", "goes"),
        [
            (datetime(2026, 11, 23, 17, 59, 59, tzinfo=UTC), True),
            (EVENING, False),
            (datetime(2026, 11, 24, 8, 59, 59, tzinfo=UTC), False),
            (datetime(2026, 11, 24, 9, 0, tzinfo=UTC), True),
            (datetime(2026, 11, 28, 10, 0, tzinfo=UTC), False),
            (datetime(2026, 12, 25, 10, 0, tzinfo=UTC), False),
        ],
        ids=["before six", "at six", "before nine", "at nine", "on a Saturday", "at Christmas"],
    )
    def test_goes_in_the_sending_hours_of_a_sending_day_alone(self, at: datetime, *, goes: bool) -> None:
        queued = Queued()

        assert queued.deliver(at) is (DeliveryState.ACCEPTED if goes else DeliveryState.REFUSED)
        assert (queued.stored.reason == "") == goes

    def test_knows_the_hours_of_the_clients_own_zone(self) -> None:
        queued = Queued()
        queued.office.store.records.put_client(
            samples.client(primary_contact_id="con_1", time_zone="America/New_York", version=2)
        )

        assert queued.deliver() is DeliveryState.REFUSED
        assert queued.stored.reason == f"{NOT_REMINDED} {reason_in_words(Reason.CLOSED)}"

    def test_gives_back_what_the_run_took_and_asks_nobody_to_do_anything(self) -> None:
        queued = Queued()
        queued.pay("bill_1", "bill_2")

        queued.deliver()

        reminders = queued.office.store.reminders
        history = reminders.of_client(FIRM, CLIENT).history
        assert {one.done_through for one in history.values()} == {None}
        assert reminders.addresses(FIRM, [ANA])[ANA].asked_at is None
        assert queued.office.store.tasks.list_open(FIRM, limit=10, cursor=None).items == ()

    def test_is_not_in_its_own_way(self) -> None:
        queued = Queued()
        known = queued.office.store.reminders.addresses(FIRM, [ANA])[ANA]

        assert known.asked_by == queued.delivery.id
        assert queued.deliver(NOW + timedelta(hours=2)) is DeliveryState.ACCEPTED

    def test_asks_for_the_rest_where_credit_covers_a_part(self) -> None:
        queued = Queued((owed(1),))
        queued.account(credit_minor={"USD": 299_00})

        # A dollar is left, and the firm asks for five at the least.
        assert queued.deliver() is DeliveryState.REFUSED
        assert queued.stored.reason == f"{NOT_REMINDED} {reason_in_words(Reason.BELOW_MINIMUM)}"

    def test_says_whose_switch_decided_and_until_when(self) -> None:
        queued = Queued((owed(1),))
        queued.switch(matters={MATTER: HELD})

        queued.deliver()

        assert queued.stored.reason == f"{NOT_REMINDED} Reminders are held for its matter until 2026-12-01."

    def test_goes_where_a_nearer_switch_is_on(self) -> None:
        queued = Queued((owed(1), owed(2, matter_ids=("mat_2",))))
        queued.switch(client=OFF, matters={"mat_2": Setting(Mode.ON)})

        assert queued.deliver() is DeliveryState.ACCEPTED
        assert queued.stored.bill_ids == ("bill_2",)

    def test_lists_its_bills_the_oldest_first(self) -> None:
        queued = Queued((owed(3), owed(1), owed(2)))

        queued.deliver()

        assert queued.stored.bill_ids == ("bill_1", "bill_2", "bill_3")


class TestAReminderThatAPersonAskedFor:
    @pytest.mark.parametrize("case", OF_A_BILL)
    def test_goes_without_the_bill_that_is_not_owed(self, case: str) -> None:
        queued = Queued(by_itself=False)
        OF_A_BILL[case][0](queued)

        assert queued.deliver() is DeliveryState.ACCEPTED
        assert queued.stored.bill_ids == ("bill_2",)

    @pytest.mark.parametrize("case", OF_ALL)
    def test_does_not_go_where_nothing_is_owed_or_the_address_takes_none(self, case: str) -> None:
        happens, reason = OF_ALL[case]
        queued = Queued(by_itself=False)
        happens(queued)

        assert queued.deliver() is DeliveryState.REFUSED
        assert queued.stored.reason == f"{NOT_REMINDED} {reason_in_words(reason)}"
        assert queued.office.mailer.requests == []

    @pytest.mark.parametrize("case", OF_ALL_BY_ITSELF | BY_A_SWITCH)
    def test_goes_whatever_binds_the_machine(self, case: str) -> None:
        queued = Queued(by_itself=False)
        (OF_ALL_BY_ITSELF | BY_A_SWITCH)[case][0](queued)

        assert queued.deliver() is DeliveryState.ACCEPTED
        assert queued.stored.bill_ids == ("bill_1", "bill_2")

    def test_goes_at_any_hour(self) -> None:
        assert Queued(by_itself=False).deliver(EVENING) is DeliveryState.ACCEPTED

    def test_goes_to_nobody_where_one_of_several_wants_none(self) -> None:
        queued = Queued(by_itself=False, changes={"also_to": (Addressee("con_2", BO),)})
        queued.office.store.records.put_contact(samples.contact("con_2", email=BO))
        queued.office.store.reminders.stop(FIRM, BO, by="page", at=NOW)

        assert queued.deliver() is DeliveryState.REFUSED
        assert queued.office.mailer.requests == []


class Failing:
    """Reminders that cannot be read or written at this moment."""

    def __init__(self, queued: Queued, call: str, error: Exception) -> None:
        self._reminders = queued.office.store.reminders
        self._call = call
        self._error = error

    def __getattr__(self, name: str) -> object:
        if name == self._call:
            raise self._error
        return getattr(self._reminders, name)


class TestWhatCannotBeLookedAt:
    @pytest.mark.parametrize(
        ("call", "error"),
        [
            ("standing", StoreUnavailableError("away")),
            ("came_to_nothing", StoreUnavailableError("away")),
            ("came_to_nothing", StaleError("others")),
        ],
    )
    def test_waits_in_the_queue_and_is_told_once_when_it_comes_again(
        self, call: str, error: Exception
    ) -> None:
        queued = Queued()
        queued.pay("bill_1", "bill_2")
        ports = queued.office.ports
        whole = ports.reminders
        vars(ports)["reminders"] = Failing(queued, call, error)
        with pytest.raises(DeliveryPutOffError):
            queued.deliver()
        assert queued.stored.state is DeliveryState.QUEUED

        vars(ports)["reminders"] = whole
        assert queued.deliver() is DeliveryState.REFUSED

        decision = queued.office.store.world.decisions[FIRM, RUN]
        assert {line.reason for line in decision.bills} == {Reason.PAID}
        assert queued.office.mailer.requests == []
