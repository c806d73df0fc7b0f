"""What the store of reminders promises: policies, switches, addresses, and what a look begins with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from feenote.domain.deliveries import Notice
from feenote.domain.records import BillRecipient
from feenote.domain.reminders.history import AddressFacts, BillHistory, ClientReminders
from feenote.domain.reminders.policy import Anchor, ReminderPolicy, Stage
from feenote.domain.reminders.switches import Mode, Setting
from feenote.service.ports import KeptReminders, StaleError
from local.dynamodb.faults import Fault
from tests.fakes.naughty_strings import NAUGHTY_STRINGS
from tests.integration.dynamodb import samples, sending
from tests.integration.dynamodb.commits import at_once
from tests.integration.dynamodb.reminding import ANA, TODAY, facts
from tests.integration.dynamodb.samples import CLIENT, FIRM, MATTER, minutes
from tests.integration.dynamodb.stores import NOW, DynamoStore, Store

POLICY = ReminderPolicy(
    FIRM,
    stages=(Stage(-5), Stage(30, Anchor.ISSUE, "tpl_1")),
    repeat_days=None,
    most=3,
    minimum_minor=0,
    is_on=False,
    hold_until=date(2027, 1, 4),
    country="DE",
    subdivision="BY",
    days_off=(date(2026, 12, 24), date(2026, 12, 31)),
    version=1,
)
REMINDERS = ClientReminders(
    FIRM,
    CLIENT,
    setting=Setting(Mode.OFF, note="They asked.", changed_by="usr_1", changed_at=NOW),
    matters={MATTER: Setting(hold_until=date(2027, 2, 1))},
    bills={"bill_1": Setting(Mode.ON)},
    history={
        "bill_1": BillHistory(2, TODAY, TODAY - timedelta(days=8), "run_1"),
        "bill_2": BillHistory(told="below_minimum", is_ended=True),
    },
    planned_at=minutes(60),
    version=1,
)


class TestAPolicy:
    def test_is_the_default_until_the_firm_chooses_one(self, store: Store) -> None:
        assert store.reminders.policy(FIRM) == ReminderPolicy(FIRM)

    @pytest.mark.parametrize("policy", [POLICY, ReminderPolicy(FIRM, version=1)])
    def test_comes_back_as_it_was(self, store: Store, policy: ReminderPolicy) -> None:
        store.reminders.put_policy(policy)

        assert store.reminders.policy(FIRM) == policy
        assert store.reminders.policy("firm_2") == ReminderPolicy("firm_2")

    @pytest.mark.parametrize("version", [0, 1, 3])
    def test_is_stored_over_what_was_read_only(self, store: Store, version: int) -> None:
        store.reminders.put_policy(POLICY)

        with pytest.raises(StaleError):
            store.reminders.put_policy(replace(POLICY, most=5, version=version))

        assert store.reminders.policy(FIRM) == POLICY

    def test_is_changed_by_one_of_two_at_once(self, store: Store) -> None:
        store.reminders.put_policy(POLICY)
        changes = [replace(POLICY, most=most, version=2) for most in (4, 5)]

        outcomes = at_once([partial(store.reminders.put_policy, each) for each in changes])

        assert sorted(outcomes) == ["StaleError", "done"]


class TestAClientsReminders:
    def test_are_empty_until_something_is_kept(self, store: Store) -> None:
        assert store.reminders.of_client(FIRM, CLIENT) == ClientReminders(FIRM, CLIENT)
        assert store.reminders.of_clients(FIRM, [CLIENT]) == KeptReminders(ReminderPolicy(FIRM), {})

    def test_come_back_as_they_were(self, store: Store) -> None:
        store.reminders.put(REMINDERS)

        assert store.reminders.of_client(FIRM, CLIENT) == REMINDERS
        assert store.reminders.of_client("firm_2", CLIENT) == ClientReminders("firm_2", CLIENT)

    def test_are_stored_over_what_was_read_only(self, store: Store) -> None:
        store.reminders.put(REMINDERS)
        after = replace(REMINDERS, setting=Setting(Mode.ON), planned_at=None, version=2)
        store.reminders.put(after)

        for version in (1, 2, 4):
            with pytest.raises(StaleError):
                store.reminders.put(replace(REMINDERS, version=version))

        assert store.reminders.of_client(FIRM, CLIENT) == after

    def test_are_changed_by_one_of_two_at_once(self, store: Store) -> None:
        changes = [replace(REMINDERS, setting=Setting(mode)) for mode in (Mode.ON, Mode.OFF)]

        outcomes = at_once([partial(store.reminders.put, each) for each in changes])

        assert sorted(outcomes) == ["StaleError", "done"]

    def test_of_many_are_those_that_are_kept(self, store: Store) -> None:
        kept = [replace(REMINDERS, client_id=f"cli_{number}") for number in range(120)]
        for each in kept:
            store.reminders.put(each)

        store.reminders.put_policy(POLICY)

        found = store.reminders.of_clients(FIRM, [*(each.client_id for each in kept), "cli_none", "a#b", ""])

        assert found == KeptReminders(POLICY, {each.client_id: each for each in kept})


class TestAnAddress:
    def test_that_nothing_is_known_of_is_there_all_the_same(self, store: Store) -> None:
        assert store.reminders.addresses(FIRM, ["Ana@Meridian.Example"]) == {ANA: AddressFacts(ANA)}

    def test_is_one_however_it_is_cased(self, store: Store) -> None:
        assert store.reminders.stop(FIRM, "ANA@meridian.EXAMPLE", by="page", at=NOW)

        found = store.reminders.addresses(FIRM, [ANA, "Ana@Meridian.example"])

        assert found == {ANA: AddressFacts(ANA, stopped_at=NOW, stopped_by="page")}

    def test_is_each_firms_own(self, store: Store) -> None:
        store.reminders.stop(FIRM, ANA, by="page", at=NOW)

        assert store.reminders.addresses("firm_2", [ANA]) == {ANA: AddressFacts(ANA)}

    def test_is_stopped_once_and_started_once(self, store: Store) -> None:
        assert not store.reminders.start(FIRM, ANA)
        assert store.reminders.stop(FIRM, ANA, by="one_click", at=NOW)
        assert not store.reminders.stop(FIRM, ANA, by="page", at=minutes(1))
        assert store.reminders.stop(FIRM, ANA, by="one_click", at=NOW), "the same call again"
        assert facts(store) == AddressFacts(ANA, stopped_at=NOW, stopped_by="one_click")

        assert store.reminders.start(FIRM, ANA)
        assert not store.reminders.start(FIRM, ANA)

        assert facts(store) == AddressFacts(ANA)
        assert store.reminders.stop(FIRM, ANA, by="usr_1", at=minutes(2))

    def test_that_stops_is_told_so_though_the_answer_was_lost(self, dynamo: DynamoStore) -> None:
        dynamo.engine.inject(Fault.LOST_ANSWER, operation="UpdateItem", times=2)

        assert dynamo.store.reminders.stop(FIRM, ANA, by="one_click", at=NOW)

        assert not dynamo.store.reminders.stop(FIRM, ANA, by="one_click", at=minutes(1))

    def test_that_stops_forgets_nothing_of_when_it_was_asked(self, store: Store) -> None:
        store.reminders.asked(FIRM, [ANA], delivery_id="dlv_1", at=NOW)
        store.reminders.stop(FIRM, ANA, by="page", at=minutes(1))
        store.reminders.start(FIRM, ANA)

        assert facts(store) == AddressFacts(ANA, NOW, "dlv_1")

    def test_is_asked_at_the_latest_instant(self, store: Store) -> None:
        other = "Bo@Meridian.example"
        store.reminders.asked(FIRM, [ANA, other], delivery_id="dlv_2", at=minutes(2))

        store.reminders.asked(FIRM, [ANA.upper()], delivery_id="dlv_1", at=minutes(1))
        store.reminders.asked(FIRM, [other], delivery_id="dlv_3", at=minutes(3))

        assert facts(store) == AddressFacts(ANA, minutes(2), "dlv_2")
        assert facts(store, other) == AddressFacts(other.casefold(), minutes(3), "dlv_3")

    @pytest.mark.parametrize(
        "address", [*NAUGHTY_STRINGS[::12], "Straße@Müller.example", "İ@x.example", "#@#.x"]
    )
    def test_may_be_any_text(self, store: Store, address: str) -> None:
        assert store.reminders.stop(FIRM, address, by="page", at=NOW)
        store.reminders.asked(FIRM, [address], delivery_id="dlv_1", at=NOW)

        known = facts(store, address)

        assert known == AddressFacts(address.casefold(), NOW, "dlv_1", stopped_at=NOW, stopped_by="page")

    def test_stands_in_no_key(self, dynamo: DynamoStore) -> None:
        dynamo.store.reminders.stop(FIRM, ANA, by="page", at=NOW)
        (item,) = dynamo.items()
        places = {name: value for name, value in item.items() if name.endswith(("pk", "sk"))}
        assert set(places) == {"pk", "sk"}
        assert "meridian" not in str(places)
        assert places["pk"]["S"].startswith(f"F#{FIRM}#")


class TestWhatStands:
    def test_is_policy_reminders_and_addresses(self, store: Store) -> None:
        store.reminders.put_policy(POLICY)
        store.reminders.put(REMINDERS)
        store.reminders.stop(FIRM, ANA, by="page", at=NOW)

        found = store.reminders.standing(FIRM, CLIENT, [ANA.upper(), "bo@meridian.example"])

        assert (found.policy, found.reminders) == (POLICY, REMINDERS)
        assert found.addresses == {
            ANA: AddressFacts(ANA, stopped_at=NOW, stopped_by="page"),
            "bo@meridian.example": AddressFacts("bo@meridian.example"),
        }

    def test_is_the_default_where_nothing_was_ever_kept(self, store: Store) -> None:
        found = store.reminders.standing(FIRM, CLIENT, [])

        assert (found.policy, found.reminders) == (ReminderPolicy(FIRM), ClientReminders(FIRM, CLIENT))
        assert found.addresses == {}


class TestWhatALookBeginsWith:
    def test_is_each_client_with_its_account_and_reminders(self, store: Store) -> None:
        samples.records(store)
        store.records.put_client(samples.client("cli_2"))
        samples.issued(store)
        store.reminders.put_policy(POLICY)
        store.reminders.put(REMINDERS)

        found = store.reminders.looks(FIRM, [CLIENT, "cli_2", "cli_none", "a#b", CLIENT])

        assert (found.firm, found.policy) == (samples.firm(), POLICY)
        assert list(found.clients) == [CLIENT, "cli_2"]
        first, second = found.clients[CLIENT], found.clients["cli_2"]
        assert (first.client, first.reminders) == (samples.client(), REMINDERS)
        assert first.account == store.books.account(FIRM, CLIENT)
        assert set(first.account.open_bills) == {"bill_1"}
        assert second.account == store.books.account(FIRM, "cli_2")
        assert second.reminders == ClientReminders(FIRM, "cli_2")

    def test_needs_the_firm(self, store: Store) -> None:
        with pytest.raises(KeyError):
            store.reminders.looks("firm_none", [CLIENT])


class TestDetails:
    def test_are_bills_matters_people_and_their_addresses(self, store: Store) -> None:
        samples.records(store)
        sent(store, "bill_1")
        store.bills.add(samples.bill("bill_2"), [])
        store.records.put_matter(
            samples.matter("mat_2", recipients=tuple(map(BillRecipient, ("con_2", "con_1", "con_none"))))
        )
        store.records.put_contact(samples.contact("con_2", email="Bo@Meridian.example"))
        store.records.put_contact(samples.contact("con_3", email=""))
        store.reminders.stop(FIRM, "bo@meridian.example", by="page", at=NOW)

        found = store.reminders.details(
            FIRM,
            bill_ids=["bill_1", "bill_2", "bill_none", "a#b"],
            matter_ids=[MATTER, "mat_2", "mat_none"],
            contact_ids=["con_1", "con_3", "con_none", ""],
        )

        assert found.sent == {"bill_1": minutes(2), "bill_2": None}
        assert set(found.matters) == {MATTER, "mat_2"}
        assert {each: contact.email for each, contact in found.contacts.items()} == {
            "con_1": ANA,
            "con_2": "Bo@Meridian.example",
            "con_3": "",
        }
        assert found.addresses == {
            ANA: AddressFacts(ANA),
            "bo@meridian.example": AddressFacts("bo@meridian.example", stopped_at=NOW, stopped_by="page"),
        }

    def test_of_nothing_are_nothing(self, store: Store) -> None:
        found = store.reminders.details(FIRM, bill_ids=[], matter_ids=[], contact_ids=[])

        assert (found.sent, found.matters, found.contacts, found.addresses) == ({}, {}, {}, {})


def sent(store: Store, bill_id: str) -> None:
    """Store a bill that went out."""
    (claimed,) = sending.claimed(store, sending.message(bill_id=bill_id))
    store.deliveries.noticed(claimed, Notice.SEND, message_id="m1", at=minutes(2), event=None, task=None)
