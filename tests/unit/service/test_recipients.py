"""The rule of who gets a bill, as laws over any matters and contacts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feenote.domain.records import BillRecipient, Client, Contact, Matter
from feenote.service.recipients import recipients_of

CLIENT = "cli_1"
PEOPLE = tuple(f"con_{number}" for number in range(5))

contact_ids = st.sampled_from(PEOPLE)
people = st.fixed_dictionaries(
    {
        contact_id: st.builds(
            Contact,
            id=st.just(contact_id),
            firm_id=st.just("firm_1"),
            client_ids=st.sampled_from([(CLIENT,), ()]),
            email=st.sampled_from(["", "a@example.com", "A@example.com", f"{contact_id}@example.com"]),
        )
        for contact_id in PEOPLE
    }
)
matters = st.lists(
    st.builds(
        Matter,
        id=st.just("mat_1"),
        firm_id=st.just("firm_1"),
        client_id=st.just(CLIENT),
        number=st.just("1"),
        recipients=st.lists(st.builds(BillRecipient, contact_ids, st.booleans()), max_size=4).map(tuple),
    ),
    min_size=1,
    max_size=3,
)
clients = st.builds(
    Client,
    id=st.just(CLIENT),
    firm_id=st.just("firm_1"),
    number=st.just("1"),
    name=st.just("Northwind"),
    primary_contact_id=st.one_of(st.just(""), contact_ids),
)


def on(matter: Matter, client: Client) -> set[str]:
    """Return who gets every bill of a matter."""
    found = {one.contact_id for one in matter.recipients if one.every_future_bill}
    return found or {client.primary_contact_id} - {""}


class TestTheRule:
    @given(client=clients, of_bill=matters, contacts=people)
    def test_writes_to_nobody_who_is_not_on_every_matter(
        self, client: Client, of_bill: list[Matter], contacts: dict[str, Contact]
    ) -> None:
        found = recipients_of(client, of_bill, contacts, chosen=None)

        assert {one.id for one in found.contacts} <= set.intersection(*(on(one, client) for one in of_bill))
        assert found.by_hand == ()

    @given(client=clients, of_bill=matters, contacts=people)
    def test_writes_to_each_address_once_or_says_why_to_nobody(
        self, client: Client, of_bill: list[Matter], contacts: dict[str, Contact]
    ) -> None:
        found = recipients_of(client, of_bill, contacts, chosen=None)

        addresses = [one.email.casefold() for one in found.contacts]
        assert len(set(addresses)) == len(addresses)
        assert "" not in addresses
        assert bool(found.refusal) is not bool(found.contacts)

    @given(client=clients, of_bill=matters, contacts=people)
    def test_forgets_nobody(
        self, client: Client, of_bill: list[Matter], contacts: dict[str, Contact]
    ) -> None:
        found = recipients_of(client, of_bill, contacts, chosen=None)

        reached = {one.email.casefold() for one in found.contacts}
        left_out = {one.contact_id for one in found.excluded}
        for contact_id in set.union(*(on(one, client) for one in of_bill)):
            email = contacts[contact_id].email
            assert contact_id in left_out or email.casefold() in reached or found.refusal

    @given(client=clients, of_bill=matters, contacts=people, gone=contact_ids)
    def test_does_not_fail_where_a_contact_is_gone(
        self, client: Client, of_bill: list[Matter], contacts: dict[str, Contact], gone: str
    ) -> None:
        left = {contact_id: one for contact_id, one in contacts.items() if contact_id != gone}

        found = recipients_of(client, of_bill, left, chosen=None)

        assert gone not in {one.id for one in found.contacts}


class TestRecipientsChosenByHand:
    @given(
        client=clients,
        of_bill=matters,
        contacts=people,
        chosen=st.lists(contact_ids, min_size=1, max_size=4, unique=True),
    )
    def test_who_is_no_recipient_of_every_matter_or_not_the_clients_needs_a_second_yes(
        self, client: Client, of_bill: list[Matter], contacts: dict[str, Contact], chosen: list[str]
    ) -> None:
        found = recipients_of(client, of_bill, contacts, chosen=chosen)

        asked = {one.id for one in found.by_hand}
        is_limited = any(one.every_future_bill for matter in of_bill for one in matter.recipients)
        for one in found.contacts:
            is_on_every = all(
                one.id in on(matter, client) | {other.contact_id for other in matter.recipients}
                for matter in of_bill
            )
            is_the_clients = CLIENT in one.client_ids
            assert (one.id in asked) is (not is_on_every and (is_limited or not is_the_clients))
        assert bool(found.refusal) is not bool(found.contacts)

    @given(client=clients, of_bill=matters, contacts=people, chosen=st.lists(contact_ids, max_size=4))
    def test_are_the_only_ones_written_to(
        self, client: Client, of_bill: list[Matter], contacts: dict[str, Contact], chosen: list[str]
    ) -> None:
        found = recipients_of(client, of_bill, contacts, chosen=chosen)

        assert {one.id for one in found.contacts} <= set(chosen)
        assert found.excluded == ()
