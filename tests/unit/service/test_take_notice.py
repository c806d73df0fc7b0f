"""Notices in any order, doubled and late end in the same truth, for one recipient and for two."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feenote.domain.deliveries import Addressee, Delivery, DeliveryState, Notice
from feenote.domain.events import Task, TaskKind
from feenote.domain.records import EmailState
from feenote.service.take_notice import take_notice
from tests.integration.api.office import FIRM, Office
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.stores import NOW

ANN, BO = "ann@b.example", "bo@b.example"
CONTACTS = {"con_ann": ANN, "con_bo": BO}
TO_ANN = samples.delivery(state=DeliveryState.SENDING, to_address=ANN, contact_id="con_ann", attempts=1)
TO_BOTH = replace(TO_ANN, also_to=(Addressee("con_bo", BO, "Bo Reed"),))


@dataclass(frozen=True)
class Told:
    """A notice as it comes; each has its own time, the same when it comes again."""

    notice: Notice
    about: tuple[str, ...] = ()
    minute: int = 0
    sub_type: str = ""


SEND = Told(Notice.SEND)
ANN_DELIVERED = Told(Notice.DELIVERY, (ANN,), 1)
ANN_DELAYED = Told(Notice.DELAY, (ANN,), 2)
ANN_SOFT = Told(Notice.SOFT_BOUNCE, (ANN,), 3, "MailboxFull")
ANN_HARD = Told(Notice.HARD_BOUNCE, (ANN,), 4, "General")
ANN_COMPLAINED = Told(Notice.COMPLAINT, (ANN,), 5)
BO_DELIVERED = Told(Notice.DELIVERY, (BO,), 6)
BO_SOFT = Told(Notice.SOFT_BOUNCE, (BO,), 7)
BO_HARD = Told(Notice.HARD_BOUNCE, (BO,), 8)
BO_COMPLAINED = Told(Notice.COMPLAINT, (BO,), 9)
BOTH_HARD = Told(Notice.HARD_BOUNCE, (BO, ANN), 10)
BOTH_DELIVERED = Told(Notice.DELIVERY, (ANN, BO), 11)


def office_with(delivery: Delivery) -> Office:
    office = Office()
    office.store.bills.add(samples.bill(), ())
    for contact_id, address in CONTACTS.items():
        office.store.records.put_contact(samples.contact(contact_id, email=address))
    office.store.deliveries.add(delivery)
    return office


def take(office: Office, told: Told) -> bool:
    return take_notice(
        office.ports,
        firm_id=FIRM,
        delivery_id="dlv_1",
        notice=told.notice,
        message_id="0100-abc",
        at=NOW + timedelta(minutes=told.minute),
        addresses=told.about,
        sub_type=told.sub_type,
    )


def truth(office: Office) -> dict[str, Any]:
    """Return all that a notice may change, but for what depends on which came first."""
    delivery = office.store.deliveries.get(FIRM, "dlv_1")
    stamps = office.store.bills.get(FIRM, "bill_1").stamps
    timeline = office.store.bills.timeline(FIRM, "bill_1", limit=100, cursor=None).items
    tasks = office.store.tasks.list_open(FIRM, limit=100, cursor=None).items
    return {
        "state": delivery.state,
        "message": delivery.provider_message_id,
        "shown": stamps.delivery_state,
        "times sent": stamps.times_sent,
        "was sent": stamps.last_sent_at is not None and delivery.accepted_at is not None,
        "timeline": sorted(
            (event.kind.value, dict(event.details).get("contact_id", "")) for event in timeline
        ),
        "ids": len({event.id for event in timeline}) == len(timeline),
        "tasks": sorted((task.id, task.contact_id, task.what, task.to_do) for task in tasks),
        "contacts": {
            contact_id: office.store.records.get_contact(FIRM, contact_id).email_state
            for contact_id in CONTACTS
        },
    }


def truth_after(delivery: Delivery, notices: Iterable[Told]) -> dict[str, Any]:
    office = office_with(delivery)
    for told in notices:
        assert take(office, told)
    return truth(office)


ONE = (SEND, ANN_DELIVERED, ANN_DELAYED, ANN_SOFT, ANN_HARD, ANN_COMPLAINED)
TWO = (
    SEND,
    ANN_DELIVERED,
    ANN_SOFT,
    ANN_HARD,
    BO_DELIVERED,
    BO_SOFT,
    BO_COMPLAINED,
    BOTH_HARD,
    BOTH_DELIVERED,
)


class TestAnyOrder:
    @pytest.mark.parametrize("size", range(1, len(ONE) + 1))
    def test_of_notices_for_one_recipient_ends_in_the_same_truth(self, size: int) -> None:
        for chosen in itertools.combinations(ONE, size):
            expected = truth_after(TO_ANN, chosen)
            for order in itertools.permutations(chosen):
                assert truth_after(TO_ANN, order) == expected, order

    @pytest.mark.parametrize("size", [1, 2, 3])
    def test_of_notices_for_two_recipients_ends_in_the_same_truth(self, size: int) -> None:
        for chosen in itertools.combinations(TWO, size):
            expected = truth_after(TO_BOTH, chosen)
            for order in itertools.permutations(chosen):
                assert truth_after(TO_BOTH, order) == expected, order

    @given(
        st.lists(st.sampled_from(ONE), min_size=1, max_size=12).flatmap(lambda it: st.permutations(it * 2))
    )
    def test_and_doubled_for_one_changes_nothing_more(self, notices: list[Told]) -> None:
        once = list(dict.fromkeys(notices))

        assert truth_after(TO_ANN, notices) == truth_after(TO_ANN, once) == truth_after(TO_ANN, sorted_(once))

    @given(
        st.lists(st.sampled_from(TWO), min_size=1, max_size=12).flatmap(lambda it: st.permutations(it * 2))
    )
    def test_and_doubled_for_two_changes_nothing_more(self, notices: list[Told]) -> None:
        once = list(dict.fromkeys(notices))

        assert truth_after(TO_BOTH, notices) == truth_after(TO_BOTH, sorted_(once))

    @settings(max_examples=40)
    @given(st.lists(st.sampled_from(TWO), min_size=1, max_size=8))
    def test_counts_the_message_as_sent_once_and_sets_last_sent_once(self, notices: list[Told]) -> None:
        office = office_with(TO_BOTH)
        seen = []
        for told in notices:
            take(office, told)
            seen.append(office.store.bills.get(FIRM, "bill_1").stamps.last_sent_at)

        assert len(set(seen)) == 1
        assert office.store.bills.get(FIRM, "bill_1").stamps.times_sent == 1


def sorted_(notices: Iterable[Told]) -> list[Told]:
    return sorted(notices, key=lambda told: told.minute)


class TestTwoRecipients:
    def test_the_worst_of_them_is_the_messages_state(self) -> None:
        office = office_with(TO_BOTH)

        for told in (SEND, ANN_HARD, BO_DELIVERED):
            take(office, told)

        assert office.store.deliveries.get(FIRM, "dlv_1").state is DeliveryState.BOUNCED
        assert truth(office)["timeline"] == [
            ("delivered", "con_bo"),
            ("not_delivered", "con_ann"),
            ("sent", "con_ann"),
        ]

    def test_only_whom_a_notice_names_is_marked(self) -> None:
        office = office_with(TO_BOTH)

        for told in (ANN_DELIVERED, BO_HARD):
            take(office, told)

        assert truth(office)["contacts"] == {"con_ann": EmailState.OK, "con_bo": EmailState.BOUNCED}

    def test_each_bounce_asks_for_an_address_of_its_own(self) -> None:
        office = office_with(TO_BOTH)

        take(office, BOTH_HARD)

        tasks = office.store.tasks.list_open(FIRM, limit=9, cursor=None).items
        assert {task.contact_id for task in tasks} == {"con_ann", "con_bo"}
        assert {task.to_do for task in tasks} == {
            "Ask the client for another address, change the contact, and send again."
        }

    @pytest.mark.parametrize("about", [(), ("eve@elsewhere.example",)])
    def test_a_bounce_of_nobody_of_them_is_told_and_marks_nobody(self, about: tuple[str, ...]) -> None:
        office = office_with(TO_BOTH)

        take(office, Told(Notice.HARD_BOUNCE, about))

        found = truth(office)
        assert found["state"] is DeliveryState.BOUNCED
        assert set(found["contacts"].values()) == {EmailState.OK}
        assert ("not_delivered", "") in found["timeline"]
        assert [task[1] for task in found["tasks"]] == [""]


class TestAMark:
    @pytest.mark.parametrize(
        ("told", "becomes"),
        [
            (ANN_HARD, EmailState.BOUNCED),
            (Told(Notice.HARD_BOUNCE, (ANN,), sub_type="Suppressed"), EmailState.BOUNCED),
            (Told(Notice.HARD_BOUNCE, (ANN,), sub_type="OnAccountSuppressionList"), EmailState.BOUNCED),
            (Told(Notice.HARD_BOUNCE), EmailState.BOUNCED),
            (ANN_COMPLAINED, EmailState.COMPLAINED),
            (ANN_SOFT, EmailState.OK),
            (ANN_DELAYED, EmailState.OK),
            (Told(Notice.REJECT), EmailState.OK),
            (Told(Notice.HARD_BOUNCE, ("forwarded@elsewhere.example",)), EmailState.OK),
            (Told(Notice.HARD_BOUNCE, ("<ANN@B.Example>",)), EmailState.BOUNCED),
        ],
    )
    def test_is_what_the_notice_says_of_the_address(self, told: Told, becomes: EmailState) -> None:
        office = office_with(TO_ANN)

        take(office, told)

        assert office.store.records.get_contact(FIRM, "con_ann").email_state is becomes

    def test_is_not_put_on_an_address_that_the_contact_has_got_since(self) -> None:
        office = office_with(TO_ANN)
        contact = office.store.records.get_contact(FIRM, "con_ann")
        office.store.records.put_contact(replace(contact, email="new@b.example", version=2))

        take(office, ANN_HARD)

        assert office.store.records.get_contact(FIRM, "con_ann").email_state is EmailState.OK

    def test_finds_an_address_in_its_own_script(self) -> None:
        address = "ann@bücher.example"
        office = office_with(replace(TO_ANN, to_address=address))
        contact = office.store.records.get_contact(FIRM, "con_ann")
        office.store.records.put_contact(replace(contact, email=address, version=2))

        take(office, Told(Notice.HARD_BOUNCE, ("ann@xn--bcher-kva.example",)))

        assert office.store.records.get_contact(FIRM, "con_ann").email_state is EmailState.BOUNCED


class TestATask:
    @pytest.mark.parametrize(
        ("told", "what", "to_do"),
        [
            (ANN_HARD, "does not take mail", "another address"),
            (ANN_SOFT, "mailbox is full", "in a day or two"),
            (BO_SOFT, "for now", "later"),
            (ANN_COMPLAINED, "unwanted", "Call the client"),
            (Told(Notice.REJECT), "refused to send", "PDF"),
            (Told(Notice.RENDERING_FAILURE), "could not make", "again"),
            (Told(Notice.HARD_BOUNCE, (ANN,), sub_type="Suppressed"), "came back before", "suppression list"),
            (Told(Notice.SOFT_BOUNCE, (ANN,), sub_type="AttachmentRejected"), "attachment", "by secure link"),
            (Told(Notice.SOFT_BOUNCE, (ANN,), sub_type="NewSinceThen"), "for now", "later"),
        ],
    )
    def test_says_what_happened_and_what_to_do(self, told: Told, what: str, to_do: str) -> None:
        office = office_with(TO_BOTH)

        take(office, told)

        (task,) = office.store.tasks.list_open(FIRM, limit=9, cursor=None).items
        assert what in task.what
        assert to_do in task.to_do

    @pytest.mark.parametrize("delivery", [TO_ANN, TO_BOTH], ids=["to one", "to two"])
    def test_has_the_words_of_the_gravest_notice(self, delivery: Delivery) -> None:
        office = office_with(delivery)
        said = []
        for told in (ANN_SOFT, ANN_HARD, ANN_SOFT, ANN_COMPLAINED, ANN_HARD):
            take(office, told)
            said += [task.what for task in office.store.tasks.list_open(FIRM, limit=9, cursor=None).items]

        full, no_mail, unwanted = dict.fromkeys(said)
        assert said == [full, no_mail, no_mail, unwanted, unwanted]

    @pytest.mark.parametrize("told", [SEND, ANN_DELIVERED, ANN_DELAYED])
    def test_is_not_made_of_good_news_or_a_delay(self, told: Told) -> None:
        assert truth_after(TO_ANN, [told])["tasks"] == []

    @pytest.mark.parametrize("delivery", [TO_ANN, TO_BOTH], ids=["to one", "to two"])
    def test_that_was_ticked_off_does_not_come_back_by_the_same_notice(self, delivery: Delivery) -> None:
        office = office_with(delivery)
        take(office, ANN_HARD)
        (task,) = office.store.tasks.list_open(FIRM, limit=9, cursor=None).items
        office.store.tasks.done(FIRM, task.id, by="ines", at=NOW)

        take(office, ANN_HARD)
        take(office, ANN_SOFT)

        assert truth(office)["tasks"] == []

    @pytest.mark.parametrize("delivery", [TO_ANN, TO_BOTH], ids=["to one", "to two"])
    @pytest.mark.parametrize("told", [SEND, ANN_DELIVERED, ANN_DELAYED, BO_DELIVERED])
    def test_of_a_message_in_doubt_is_closed_by_any_answer(self, delivery: Delivery, told: Told) -> None:
        office = office_in_doubt(delivery)

        take(office, told)

        assert truth(office)["tasks"] == []

    @pytest.mark.parametrize(
        ("delivery", "told"),
        [(TO_ANN, ANN_HARD), (TO_BOTH, ANN_HARD), (TO_BOTH, BO_HARD), (TO_BOTH, BOTH_HARD)],
    )
    def test_of_a_message_in_doubt_becomes_what_the_bounce_asks(self, delivery: Delivery, told: Told) -> None:
        office = office_in_doubt(delivery)

        take(office, told)

        tasks = office.store.tasks.list_open(FIRM, limit=9, cursor=None).items
        assert {task.kind for task in tasks} == {TaskKind.NOT_DELIVERED}
        assert len(tasks) == len(told.about)


class TestTheLog:
    def test_names_ids_and_never_an_address(self) -> None:
        office = office_with(TO_BOTH)

        for told in (SEND, BOTH_HARD, ANN_COMPLAINED, Told(Notice.HARD_BOUNCE, ("eve@elsewhere.example",))):
            take(office, told)

        logged = repr((office.signals.lines, office.signals.counts))
        assert "con_bo" in logged
        assert "@" not in logged


class TestADeliveryThatIsNotOurs:
    def test_is_counted_and_changes_nothing(self) -> None:
        office = office_with(TO_ANN)

        taken = take_notice(
            office.ports,
            firm_id="firm_2",
            delivery_id="dlv_1",
            notice=Notice.HARD_BOUNCE,
            message_id="0100-abc",
            at=NOW,
        )

        assert not taken
        assert truth(office)["state"] is DeliveryState.SENDING


def office_in_doubt(delivery: Delivery) -> Office:
    """Return an office where a message had no answer, and a person was asked."""
    office = office_with(delivery)
    question = Task(
        "tsk_1", FIRM, TaskKind.DELIVERY_UNKNOWN, NOW, "Whether it went out is not known.", "Decide."
    )
    office.store.deliveries.became_unknown(delivery, at=NOW, task=question)
    assert len(office.store.tasks.list_open(FIRM, limit=9, cursor=None).items) == 1
    return office
