"""How a reminder that a person sends gets out: as it was shown, in the right words, and once."""

from __future__ import annotations

import re

import pytest

from feenote.domain.deliveries import MessageKind
from tests.integration.api.office import Office, Staff
from tests.integration.api.reminder_desk import Desk, desk_in
from tests.integration.api.samples import Engagement


@pytest.fixture
def desk(office: Office, staff: Staff, engagement: Engagement) -> Desk:
    return desk_in(office, staff, engagement)


class TestThePreview:
    def test_is_the_mail_byte_for_byte_but_for_the_link(self, desk: Desk) -> None:
        house = desk.house
        house.bill(house.matter("1", house.ines))
        house.bill(house.matter("2", house.ines, house.otto))
        disputed = house.bill(house.matter("3", house.ines))
        desk.was_sent()
        house.dispute(disputed)
        shown = desk.preview(one_email=True)["messages"]

        desk.mailed(one_email=True)

        for message, mail in zip(shown, desk.mails(), strict=True):
            (link,) = message["links"]
            (token,) = set(re.findall(r"/l/([\w-]{43})", mail.text))
            real = link.replace("/l/preview", f"/l/{token}")
            assert message["subject"] == mail.subject
            assert message["html"].replace(link, real) == mail.html
            assert message["text"].replace(link, real) == mail.text
            assert (message["from"], message["reply_to"]) == (mail.from_name, mail.reply_to)
            assert message["recipient"]["email"] == mail.to_address
        assert len(shown) == 2

    def test_sends_nothing(self, desk: Desk) -> None:
        desk.house.bill(desk.house.matter("1"))

        desk.preview()

        assert desk.office.queue.jobs == []
        assert desk.office.store.world.deliveries == {}


class TestWords:
    def test_are_the_firms_default_or_the_clients_own_or_the_chosen_ones(self, desk: Desk) -> None:
        desk.house.bill(desk.house.matter("1"))
        desk.was_sent()
        shipped = desk.preview()["messages"][0]["subject"]
        desk.template("Balance", kind="balance", is_default=True)
        desk.template("Seventh day", stage="due+7", is_default=True)
        not_theirs = desk.preview()["messages"][0]["subject"]
        chosen = desk.template("Chosen {{ balance.bill_count }}")
        desk.template("Firm {{ balance.total }}", is_default=True)
        firms = desk.preview()["messages"][0]["subject"]
        desk.template("Client {{ balance.total }}", is_default=True, client_id=desk.house.client_id)
        picked = desk.preview(template_id=chosen)["messages"][0]

        desk.mailed()

        assert shipped == not_theirs
        assert firms == "Firm $630.00"
        assert (picked["subject"], picked["template_id"]) == ("Chosen 1", chosen)
        assert [mail.subject for mail in desk.mails()] == ["Client $630.00"]

    def test_of_another_kind_are_refused(self, desk: Desk) -> None:
        desk.house.bill(desk.house.matter("1"))
        of_balance, of_reminder = desk.template("B", kind="balance"), desk.template("R")

        as_reminder = desk.asks(template_id=of_balance).problem(422)["errors"]
        as_balance = desk.house.asks(template_id=of_reminder).problem(422)["errors"]

        assert [error["field"] for error in (*as_reminder, *as_balance)] == ["template_id"] * 2
        assert as_reminder[0]["message"].endswith("choose one for reminders.")
        assert as_balance[0]["message"].endswith("choose one for balances.")

    def test_may_be_edited_by_hand_with_the_fields_of_a_reminder(self, desk: Desk) -> None:
        desk.house.bill(desk.house.matter("1"))
        desk.was_sent()
        message = {"subject": "{{ reminder.days }} days: {{ balance.total }}", "body": "{{ reminder.news }}"}
        wrong = {"subject": "{{ bill.number }}", "body": "Hello"}

        refused = desk.house.asks(message=message)
        desk.mailed(message=message)

        assert refused.fields(422) == ["message.subject", "message.body"]
        assert [mail.subject for mail in desk.mails()] == ["0 days: $630.00"]
        assert desk.asks(message=wrong).fields(422) == ["message.subject"]


class TestASendThatIsInterrupted:
    def test_goes_on_where_it_was_left(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        house = desk.house
        bills = {house.bill(house.matter(str(number), house.ines)) for number in range(3)}
        desk.was_sent()
        with monkeypatch.context() as patched:
            house.break_results(patched)
            send_id = house.send(kind="reminder")
        desk.office.queue.take_all()

        house.sending.work_off()

        assert set(house.sending.results(send_id)) == bills
        assert desk.to() == ["ines@example.com"]
        assert house.sending.progress(send_id)["state"] == "done"

    def test_is_no_second_message_to_who_is_left_when_one_of_two_stops_meanwhile(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        house = desk.house
        house.bill(house.matter("1", house.ines, house.otto))
        desk.was_sent()
        with monkeypatch.context() as patched:
            house.break_results(patched)
            house.send(kind="reminder", one_email=True)
        desk.stop("ines@example.com")

        house.sending.work_off()

        made = [each for each in desk.office.store.all_deliveries() if each.kind is MessageKind.REMINDER]
        assert len(made) == 1
        assert "ines@example.com" not in {one for to in house.sending.to()[desk.before :] for one in to}

    def test_stops_and_is_taken_up_again(self, desk: Desk) -> None:
        house = desk.house
        house.bill(house.matter("1", house.ines, house.otto))
        desk.was_sent()
        send_id = house.send(kind="reminder")

        house.staff.post(f"/v1/sends/{send_id}/stop").ok()
        house.sending.work_off()
        stopped = desk.to()
        house.staff.post(f"/v1/sends/{send_id}/resume").ok()
        house.sending.work_off()

        assert stopped == []
        assert desk.to() == ["ines@example.com", "otto@example.com"]
        assert house.sending.progress(send_id)["counts"]["accepted"] == 2
