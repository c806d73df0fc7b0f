"""What a reminder that a person asks for says, to whom, and after which yes: laws over any client."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import cast

from hypothesis import event, given, settings
from hypothesis import strategies as st

from feenote.domain.allocation import oldest_first
from feenote.domain.records import BillRecipient, EmailState, Matter
from feenote.domain.reminders.history import AddressFacts
from feenote.domain.reminders.switches import Mode, Setting
from feenote.service.balance_readers import Readers, readers_of
from feenote.service.ports import Details, Ports, SendSources, Standing
from feenote.service.reminders import by_hand
from feenote.service.reminders.by_hand import ByHand
from feenote.service.reminders.decide import above_minimum, owed_reason
from feenote.service.reminders.due_bills import ruling_of
from feenote.service.reminders.facts import ReminderFacts
from tests.unit.service.reminders.drawn_facts import (
    CLIENT,
    FIRM,
    MATTERS,
    NOW,
    PEOPLE,
    TODAY,
    bill,
    contact,
    drawn_facts,
    facts,
)


@dataclass(frozen=True)
class KnownReminders:
    """The reads of the port `Reminders`, over facts that are there already."""

    of: ReminderFacts

    def standing(self, firm_id: str, client_id: str, addresses: Sequence[str]) -> Standing:
        """Return policy and switches, and what is known of these addresses."""
        assert (firm_id, client_id) == (FIRM, CLIENT)
        folded = {each.casefold(): AddressFacts(each.casefold()) for each in addresses}
        known = {each: self.of.addresses.get(each, nothing) for each, nothing in folded.items()}
        return Standing(self.of.policy, self.of.reminders, known)

    def details(
        self, firm_id: str, *, bill_ids: Sequence[str], matter_ids: Sequence[str], contact_ids: Sequence[str]
    ) -> Details:
        """Return when these bills were sent."""
        assert (firm_id, matter_ids, contact_ids) == (FIRM, (), ())
        return Details({each: self.of.sent.get(each) for each in bill_ids})


def sources_of(of: ReminderFacts) -> SendSources:
    """Return what a balance of the client is made from."""
    return SendSources(of.firm, {}, {CLIENT: of.client}, {CLIENT: of.account}, of.matters, of.contacts)


def whole(of: ReminderFacts, *, one_email: bool = False) -> Readers:
    """Return who reads what of the whole balance."""
    bills = sorted(of.account.open_bills.values(), key=oldest_first)
    return readers_of(
        of.client, of.account, bills, sources_of(of), chosen=None, one_email=one_email, left_out=()
    )


def looked_at(of: ReminderFacts, readers: Readers) -> ByHand:
    """Look at the balance as a reminder."""
    ports = cast("Ports", SimpleNamespace(reminders=KnownReminders(of)))
    return by_hand.look(ports, sources_of(of), of.client, of.account, readers, NOW)


def named(looked: ByHand) -> set[str]:
    """Return the bills that somebody is reminded of."""
    return {bill_id for group in looked.readers.groups for bill_id in group.bill_ids}


class TestWhateverThereIs:
    @given(drawn_facts(), st.booleans())
    @settings(max_examples=100)
    def test_only_what_is_owed_is_asked_of_who_takes_it(self, of: ReminderFacts, one_email: bool) -> None:
        looked = looked_at(of, whole(of, one_email=one_email))

        for group in looked.readers.groups:
            assert group.contacts
            assert group.bill_ids
            assert [owed_reason(of, each) for each in group.bill_ids] == [None] * len(group.bill_ids)
            for one in group.contacts:
                assert one.email_state is EmailState.OK
                assert of.addresses[one.email.casefold()].stopped_at is None
                assert all(group.visibility.shows(of.account.open_bills[each]) for each in group.bill_ids)

    @given(drawn_facts(), st.booleans())
    @settings(max_examples=100)
    def test_each_bill_of_the_balance_is_asked_for_or_told_why_not(
        self, of: ReminderFacts, one_email: bool
    ) -> None:
        readers = whole(of, one_email=one_email)

        looked = looked_at(of, readers)

        shown = {bill_id for group in readers.groups for bill_id in group.bill_ids}
        assert named(looked) | set(looked.kept_back) == shown
        assert named(looked).isdisjoint(looked.kept_back)
        assert all(reason and code for reason, code in looked.kept_back.values())
        assert (looked.nobody is not None) == (bool(shown) and not looked.readers.groups)
        for code in {code for _, code in looked.kept_back.values()}:
            event(code)

    @given(drawn_facts(), st.booleans())
    @settings(max_examples=100)
    def test_who_reads_the_balance_gets_it_or_is_named_as_left_out(
        self, of: ReminderFacts, one_email: bool
    ) -> None:
        readers = whole(of, one_email=one_email)

        looked = looked_at(of, readers)

        before = {one.id for group in readers.groups for one in group.contacts}
        after = {one.id for group in looked.readers.groups for one in group.contacts}
        assert after <= before
        assert before - after <= {one.contact_id for one in looked.readers.excluded}

    @given(drawn_facts())
    @settings(max_examples=100)
    def test_each_reason_to_keep_quiet_is_a_warning_and_nothing_else_is(self, of: ReminderFacts) -> None:
        looked = looked_at(of, whole(of))

        bills = [of.account.open_bills[each] for each in named(looked)]
        rulings = [ruling_of(of, one, TODAY) for one in bills]
        people = [one for group in looked.readers.groups for one in group.contacts]
        expected = {
            "reminders_off": any(not one.allows and one.until is None for one in rulings),
            "reminders_held": any(one.until is not None for one in rulings),
            "never_sent": any(of.sent.get(one.bill_id) is None for one in bills),
            "below_minimum": any(
                above_minimum(of, group.bill_ids) != group.bill_ids for group in looked.readers.groups
            ),
            "reminded_recently": any(not of.addresses[one.email.casefold()].has_room(NOW) for one in people),
        }
        for code in (code for code, is_expected in expected.items() if is_expected):
            event(code)
        codes = {finding.code for finding in looked.warnings}
        assert codes == {code for code, is_expected in expected.items() if is_expected}

    @given(drawn_facts())
    @settings(max_examples=100)
    def test_what_a_link_shows_is_as_for_the_balance(self, of: ReminderFacts) -> None:
        readers = whole(of)

        looked = looked_at(of, readers)

        before = {group.contacts[0].id: group.visibility for group in readers.groups}
        for group in looked.readers.groups:
            assert group.visibility == before[group.contacts[0].id]


class TestAMessageForSeveral:
    def test_keeps_its_name_when_its_first_reader_stops_reminders(self) -> None:
        people = {each: contact(each, f"{each}@client.example") for each in PEOPLE[:2]}
        both = tuple(BillRecipient(each, every_future_bill=True) for each in PEOPLE[:2])
        matter = Matter(MATTERS[0], FIRM, CLIENT, "1", recipients=both)
        of = facts([bill(1, TODAY, matter_ids=(matter.id,))], people=people, matters={matter.id: matter})
        stopped = AddressFacts("con_0@client.example", stopped_at=NOW)

        (before,) = looked_at(of, whole(of, one_email=True)).readers.groups
        after_stop = replace(of, addresses={stopped.address: stopped})
        (after,) = looked_at(after_stop, whole(after_stop, one_email=True)).readers.groups

        assert [one.id for one in before.contacts] == [PEOPLE[0], PEOPLE[1]]
        assert [one.id for one in after.contacts] == [PEOPLE[1]]
        assert before.made_for == after.made_for == PEOPLE[0]


class TestSwitches:
    def test_of_several_scopes_are_each_named_with_their_bills(self) -> None:
        matter = Matter(MATTERS[0], FIRM, CLIENT, "2026-17")
        of = facts(
            [bill(1, TODAY), bill(2, TODAY, matter_ids=(matter.id,)), bill(3, TODAY)],
            matters={matter.id: matter},
        )
        kept = replace(
            of.reminders,
            setting=Setting(Mode.OFF),
            matters={matter.id: Setting(hold_until=TODAY.replace(day=30))},
            bills={"bill_3": Setting(Mode.OFF)},
        )
        with_switches = replace(of, reminders=kept)

        found = looked_at(with_switches, whole(with_switches)).warnings

        assert [(one.code, one.message, one.bill_id) for one in found] == [
            (
                "reminders_off",
                "Reminders are switched off by the setting of the client: bill 00001.",
                "bill_1",
            ),
            (
                "reminders_held",
                "Reminders are held until 2026-11-30 by the setting of the matter 2026-17: bill 00002.",
                "bill_2",
            ),
            ("reminders_off", "Reminders are switched off by the setting of the bill: bill 00003.", "bill_3"),
        ]
