"""A timeline in words: which revision, whose words, to whom, what was shared, who did it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feenote.domain.deliveries import MessageKind, Notice
from feenote.domain.events import BillEvent, EventKind
from feenote.domain.records import Contact
from feenote.domain.templates import Template
from feenote.service.errors import NotFoundError
from feenote.service.export_timeline import TimelineRow, export_timeline
from tests.integration.api.office import FIRM, OTHER_FIRM, Office
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.stores import NOW

BILL = samples.bill()


@pytest.fixture
def office() -> Office:
    """Return an office with one bill and two contacts in it."""
    office = Office()
    office.store.bills.add(BILL, ())
    for contact_id, first, last in (("con_ann", "Ann", "Bell"), ("con_bo", "Bo", "Reed")):
        office.store.records.put_contact(
            Contact(contact_id, FIRM, (BILL.client_id,), first, last, email=f"{first}@b.example", version=1)
        )
    return office


def happened(
    office: Office, event_kind: EventKind, actor: str = "ines@firm.example", /, **details: str
) -> TimelineRow:
    """Record one event and return its row."""
    office.store.bills.record(FIRM, BillEvent("evt_1", BILL.id, NOW, event_kind, actor, details))
    (row,) = export_timeline(office.ports, firm_id=FIRM, bill_id=BILL.id).rows
    return row


class TestASentBill:
    def test_tells_revision_template_recipients_and_what_was_shared(self, office: Office) -> None:
        office.store.templates.put(Template("tpl_1", FIRM, MessageKind.BILL, "Warm words", (), version=1))

        row = happened(
            office,
            EventKind.SENT,
            kind="bill",
            delivery_id="dlv_1",
            contact_id="con_ann",
            also_to="con_bo, con_gone",
            revision="2",
            template_id="tpl_1",
            shared="link, attachment",
        )

        assert (row.what, row.who) == ("Sent", "ines@firm.example")
        assert row.to == "Ann Bell, Bo Reed, con_gone"
        assert (row.revision, row.template) == ("2", "Warm words")
        assert row.shared == "secure link, PDF attached"
        assert row.details == "message dlv_1"

    def test_tells_what_was_left_out_and_why(self, office: Office) -> None:
        row = happened(
            office, EventKind.SENT, shared="link, attachment", attachment_left_out="It is larger than 7 MB."
        )

        assert row.shared == "secure link, PDF left out: It is larger than 7 MB."

    @pytest.mark.parametrize(
        ("used", "shown"),
        [("", "Feenote's own words"), ("edited by hand", "edited by hand"), ("tpl_gone", "tpl_gone")],
    )
    def test_tells_whose_words_it_had(self, office: Office, used: str, shown: str) -> None:
        assert happened(office, EventKind.SENT, template_id=used).template == shown

    @pytest.mark.parametrize("kind", list(MessageKind))
    def test_tells_what_kind_of_message_it_was(self, office: Office, kind: MessageKind) -> None:
        what = happened(office, EventKind.SENT, kind=kind.value).what

        assert what != "Message sent"
        assert (what == "Sent") == (kind is MessageKind.BILL)


class TestAnEvent:
    @pytest.mark.parametrize("kind", list(EventKind))
    def test_of_every_kind_has_words_of_its_own(self, office: Office, kind: EventKind) -> None:
        what = happened(office, kind).what

        assert what
        assert "_" not in what

    @pytest.mark.parametrize(
        "why",
        [Notice.HARD_BOUNCE, Notice.SOFT_BOUNCE, Notice.COMPLAINT, Notice.REJECT, Notice.RENDERING_FAILURE],
    )
    def test_of_a_message_not_delivered_tells_why_in_words(self, office: Office, why: Notice) -> None:
        row = happened(office, EventKind.NOT_DELIVERED, "mail provider", why=why.value, status="5.1.1")

        assert row.what not in {"Not delivered", why.value}
        assert row.details == "the mail server's code 5.1.1"

    def test_shows_who_looked_by_name(self, office: Office) -> None:
        assert happened(office, EventKind.HUMAN_VIEWED, "con_ann", link_id="lnk_1").who == "Ann Bell"

    def test_shows_money_as_people_write_it(self, office: Office) -> None:
        row = happened(office, EventKind.PAID, "stripe", payment_id="pay_1", amount_minor="123456")

        assert row.details == "payment pay_1, amount 1234.56 USD"

    def test_shows_which_way_a_payment_moved(self, office: Office) -> None:
        row = happened(
            office, EventKind.PAYMENT_MOVED, "ines@firm.example", amount_minor="3000", now_minor="0"
        )

        assert row.what == "Payment moved between bills"
        assert row.details == "amount 30.00 USD, now 0.00 USD"

    def test_shows_the_time_on_the_firms_clock_too(self, office: Office) -> None:
        row = happened(office, EventKind.CREATED)

        assert row.at == row.local_at == NOW
        assert row.local_at.utcoffset() == timedelta(hours=-5)


class TestATimeline:
    def test_is_read_page_by_page_oldest_first(self, office: Office) -> None:
        for number in range(1_203):
            event = BillEvent(
                f"evt_{number}", BILL.id, NOW + timedelta(seconds=number), EventKind.CHANGED, f"user_{number}"
            )
            office.store.bills.record(FIRM, event)

        found = export_timeline(office.ports, firm_id=FIRM, bill_id=BILL.id)

        assert [row.who for row in found.rows] == [f"user_{number}" for number in range(1_203)]
        assert found.is_whole

    @pytest.mark.parametrize(("most", "is_whole"), [(4, False), (5, True), (6, True)])
    def test_ends_after_so_many_events_and_says_so(self, office: Office, most: int, is_whole: bool) -> None:
        for number in range(5):
            office.store.bills.record(
                FIRM, BillEvent(f"evt_{number}", BILL.id, NOW, EventKind.CHANGED, "ines")
            )

        found = export_timeline(office.ports, firm_id=FIRM, bill_id=BILL.id, most_events=most)

        assert len(found.rows) == min(most, 5)
        assert found.is_whole is is_whole

    def test_reads_each_name_once(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = []
        read = office.store.records.get_contact

        def counted(firm_id: str, contact_id: str) -> Contact:
            asked.append(contact_id)
            return read(firm_id, contact_id)

        monkeypatch.setattr(office.store.records, "get_contact", counted)
        for number in range(5):
            details = {"contact_id": "con_ann", "also_to": "con_gone"}
            event = BillEvent(f"evt_{number}", BILL.id, NOW, EventKind.SENT, "con_ann", details)
            office.store.bills.record(FIRM, event)

        export_timeline(office.ports, firm_id=FIRM, bill_id=BILL.id)

        assert sorted(asked) == ["con_ann", "con_gone"]

    def test_of_another_firm_is_not_there(self, office: Office) -> None:
        with pytest.raises(NotFoundError):
            export_timeline(office.ports, firm_id=OTHER_FIRM, bill_id=BILL.id)
