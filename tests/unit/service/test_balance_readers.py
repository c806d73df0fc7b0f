"""Who reads which bills of a balance, as laws over any matters, recipients and bills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feenote.domain.accounts import ClientAccount
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill
from feenote.domain.records import BillRecipient, Client, Contact, Firm, Matter
from feenote.domain.shown_bills import asked_on
from feenote.service.balance_readers import Readers, readers_of
from feenote.service.ports import SendSources

CLIENT = "cli_1"
PEOPLE = tuple(f"con_{number}" for number in range(5))
MATTERS = tuple(f"mat_{number}" for number in range(4))
NOW = datetime(2026, 11, 23, tzinfo=UTC)

contact_ids = st.sampled_from(PEOPLE)
emails = st.sampled_from(["", "shared@example.com", "SHARED@example.com", "own"])


@dataclass(frozen=True)
class Case:
    """A client with what it owes, its matters, its people, and what the sender leaves out."""

    client: Client
    account: ClientAccount
    sources: SendSources
    left_out: tuple[str, ...]
    one_email: bool

    @property
    def bills(self) -> list[OpenBill]:
        """Return the bills that are to be in the balance."""
        return [bill for bill in self.account.open_bills.values() if bill.bill_id not in self.left_out]

    def read(self, chosen: tuple[str, ...] | None = None) -> Readers:
        """Say who reads what."""
        return readers_of(
            self.client,
            self.account,
            self.bills,
            self.sources,
            chosen=chosen,
            one_email=self.one_email,
            left_out=self.left_out,
        )

    def may_see(self, contact_id: str, bill: OpenBill) -> bool:
        """Say it as the product says it: a recipient on every matter; of none, the primary contact."""
        if any(matter_id not in self.sources.matters for matter_id in bill.matter_ids):
            return False
        of_each = [self._recipients(self.sources.matters[each]) for each in bill.matter_ids]
        return all(contact_id in found for found in of_each or [{self.client.primary_contact_id}])

    def _recipients(self, matter: Matter) -> set[str]:
        found = {one.contact_id for one in matter.recipients if one.every_future_bill}
        return found or {self.client.primary_contact_id}


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a case."""
    contacts = {}
    for contact_id in draw(st.sets(contact_ids)):
        email = draw(emails).replace("own", f"{contact_id}@example.com")
        contacts[contact_id] = Contact(contact_id, "firm_1", (CLIENT,), email=email)
    recipients = st.lists(st.builds(BillRecipient, contact_ids, st.booleans()), max_size=4).map(tuple)
    matters = {
        matter_id: Matter(matter_id, "firm_1", CLIENT, matter_id, recipients=draw(recipients))
        for matter_id in draw(st.sets(st.sampled_from(MATTERS)))
    }
    bills = {}
    for number in range(draw(st.integers(0, 6))):
        of_matters = tuple(draw(st.lists(st.sampled_from(MATTERS), max_size=3, unique=True)))
        bills[f"bill_{number}"] = OpenBill(
            f"bill_{number}",
            str(number),
            date(2026, 11, 1),
            date(2026, 11, 1) + timedelta(days=draw(st.integers(0, 60))),
            NOW,
            Money(10_000, draw(st.sampled_from(["USD", "EUR"]))),
            draw(st.sampled_from([0, 4_000])),
            of_matters,
            draw(st.booleans()),
        )
    client = Client(
        CLIENT, "firm_1", "1", "Northwind", primary_contact_id=draw(st.sampled_from(["", *PEOPLE]))
    )
    account = ClientAccount("firm_1", CLIENT, open_bills=bills)
    sources = SendSources(Firm("firm_1", "Firm"), {}, {CLIENT: client}, {CLIENT: account}, matters, contacts)
    left_out = draw(st.sets(st.sampled_from(sorted(bills)))) if bills else set()
    return Case(client, account, sources, tuple(sorted(left_out)), draw(st.booleans()))


class TestByTheRule:
    @given(case=cases())
    def test_nobody_sees_a_bill_that_is_not_theirs_in_the_mail_or_behind_the_link(self, case: Case) -> None:
        for group in case.read().groups:
            for contact in group.contacts:
                for bill in case.account.open_bills.values():
                    if bill.bill_id in group.bill_ids or group.visibility.shows(bill):
                        assert case.may_see(contact.id, bill)
                        assert bill.bill_id not in case.left_out

    @given(case=cases())
    def test_the_link_shows_exactly_the_bills_of_the_mail(self, case: Case) -> None:
        for group in case.read().groups:
            shown = {bill.bill_id for bill in case.bills if group.visibility.shows(bill)}
            assert shown == set(group.bill_ids)

    @given(case=cases())
    def test_every_bill_with_a_recipient_is_in_someones_mail_or_said_to_be_in_none(self, case: Case) -> None:
        readers = case.read()

        mailed = {bill_id for group in readers.groups for bill_id in group.bill_ids}
        for bill in case.bills:
            reachable = [
                contact
                for contact in case.sources.contacts.values()
                if contact.email and case.may_see(contact.id, bill)
            ]
            if reachable and asked_on(case.account, bill):
                assert bill.bill_id in mailed
            if not reachable:
                assert bill.bill_id not in mailed
                assert readers.unseen[bill.bill_id]
                assert any(item.bill_id == bill.bill_id for item in readers.excluded)

    @given(case=cases())
    def test_each_reader_gets_all_that_is_theirs_in_one_message(self, case: Case) -> None:
        readers = case.read()

        everyone = [contact.id for group in readers.groups for contact in group.contacts]
        assert len(everyone) == len(set(everyone))
        for group in readers.groups:
            for contact in group.contacts:
                theirs = {bill.bill_id for bill in case.bills if case.may_see(contact.id, bill)}
                assert set(group.bill_ids) == theirs

    @given(case=cases())
    def test_no_address_is_written_to_twice_about_the_same_bills(self, case: Case) -> None:
        by_address: dict[str, list[set[str]]] = {}
        for group in case.read().groups:
            for contact in group.contacts:
                by_address.setdefault(contact.email.casefold(), []).append(set(group.bill_ids))

        for mails in by_address.values():
            for at, bills in enumerate(mails):
                assert not any(bills <= other for place, other in enumerate(mails) if place != at)

    @given(case=cases())
    def test_nobody_is_written_to_about_nothing(self, case: Case) -> None:
        for group in case.read().groups:
            assert any(asked_on(case.account, case.account.open_bills[each]) for each in group.bill_ids)


class TestByHand:
    @given(case=cases(), chosen=st.lists(contact_ids, min_size=1, max_size=3, unique=True))
    def test_the_chosen_get_every_bill_of_a_matter_that_is_there(self, case: Case, chosen: list[str]) -> None:
        readers = case.read(tuple(chosen))

        known = {bill.bill_id for bill in case.bills if case.sources.matters.keys() >= set(bill.matter_ids)}
        for group in readers.groups:
            assert set(group.bill_ids) == known
            assert {contact.id for contact in group.contacts} <= set(chosen)

    @given(case=cases(), contact_id=contact_ids)
    def test_who_may_not_see_one_of_them_is_told_apart(self, case: Case, contact_id: str) -> None:
        readers = case.read((contact_id,))

        limited = any(
            one.every_future_bill
            for bill in case.bills
            for each in bill.matter_ids
            if case.sources.matters.keys() >= set(bill.matter_ids)
            for one in case.sources.matters[each].recipients
        )
        asked = [contact.id for contact in readers.recipients.by_hand]
        is_any_matters = any(
            contact_id == one.contact_id
            for matter in case.sources.matters.values()
            for one in matter.recipients
        )
        if readers.groups and limited and not is_any_matters and contact_id != case.client.primary_contact_id:
            assert asked == [contact_id]
