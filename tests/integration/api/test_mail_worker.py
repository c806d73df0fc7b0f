"""The functions behind queues and the clock: what fails comes again, what is done does not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from feenote.service.ports import MailJob
from tests.integration.api.office import Office, Staff, app
from tests.integration.api.queue_events import failed, sqs_event
from tests.integration.api.samples import Engagement


def notice(about: dict[str, Any], kind: str, **details: Any) -> str:
    """Return a message as SNS puts SES's notice into a queue."""
    document = {
        "eventType": kind,
        "mail": {
            "timestamp": "2026-11-23T09:00:00.000Z",
            "messageId": "ses-1",
            "destination": [about["to"]],
            "tags": {"firm_id": ["firm_1"], "delivery_id": [about["id"]], "ses:operation": ["SendEmail"]},
        },
        **details,
    }
    envelope = {
        "Type": "Notification",
        "MessageId": "a",
        "TopicArn": "arn:aws:sns:us-east-1:000000000000:mail",
        "Message": json.dumps(document),
        "Timestamp": "2026-11-23T09:00:01.000Z",
        "SignatureVersion": "1",
    }
    return json.dumps(envelope)


@pytest.fixture
def jobs(staff: Staff, office: Office, engagement: Engagement) -> tuple[MailJob, ...]:
    bills = [engagement.issued()["id"] for _ in range(3)]
    staff.post("/v1/sends", {"bill_ids": bills}).ok()
    return office.queue.take_all()


def deliveries(staff: Staff, state: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = staff.get("/v1/deliveries", state=state).ok()["items"]
    return found


class TestTheMailWorker:
    def test_sends_each_message_once_though_the_queue_brings_it_twice(
        self, staff: Staff, office: Office, jobs: tuple[MailJob, ...]
    ) -> None:
        first = app("deliver_mail").handler(sqs_event(jobs), None)
        second = app("deliver_mail").handler(sqs_event(jobs), None)

        assert failed(first) == failed(second) == []
        assert len(office.mailer.accepted) == 3
        assert len(deliveries(staff, "accepted")) == 3

    def test_leaves_one_that_was_throttled_to_the_sweep(
        self, office: Office, jobs: tuple[MailJob, ...]
    ) -> None:
        office.mailer.next_answers = ["ok", "throttled", "ok"]

        answer = app("deliver_mail").handler(sqs_event(jobs), None)
        office.clock.advance(seconds=61)
        app("sweep_deliveries").handler({}, None)
        brought_again = office.queue.take_all()
        app("deliver_mail").handler(sqs_event(brought_again), None)

        assert failed(answer) == []
        assert brought_again == jobs[1:2]
        assert len(office.mailer.accepted) == 3

    def test_brings_one_that_is_throttled_for_hours_once_a_minute_and_never_to_the_dead_letters(
        self, staff: Staff, office: Office, jobs: tuple[MailJob, ...]
    ) -> None:
        office.mailer.next_answers = ["throttled"] * 3 * 240
        batch, brought, dead = jobs, [], []

        for _ in range(240):
            dead += failed(app("deliver_mail").handler(sqs_event(batch), None))
            office.clock.advance(seconds=61)
            app("sweep_deliveries").handler({}, None)
            batch = office.queue.take_all()
            brought.append(len(batch))
        app("deliver_mail").handler(sqs_event(batch), None)

        assert dead == []
        assert set(brought) == {3}
        assert len(deliveries(staff, "accepted")) == len(office.mailer.accepted) == 3

    def test_tells_in_the_log_why_a_message_failed_and_nothing_of_what_it_holds(
        self, office: Office, caplog: pytest.LogCaptureFixture
    ) -> None:
        answer = app("deliver_mail").handler(sqs_event(['{"to": "a@example.com"}', "{"]), None)

        assert failed(answer) == ["message-0", "message-1"]
        assert caplog.text.count("BadJobError: The message is not a job of ours") == 2
        assert "a@example.com" not in caplog.text

    def test_leaves_a_poisoned_message_to_the_dead_letters(
        self, office: Office, jobs: tuple[MailJob, ...]
    ) -> None:
        answer = app("deliver_mail").handler(sqs_event(["{", jobs[0], "{}"]), None)

        assert failed(answer) == ["message-0", "message-2"]
        assert len(office.mailer.accepted) == 1


class TestNoticesOfAMail:
    def test_move_its_delivery_on_in_any_order(
        self, staff: Staff, office: Office, jobs: tuple[MailJob, ...]
    ) -> None:
        app("deliver_mail").handler(sqs_event(jobs[:1]), None)
        (sent,) = deliveries(staff, "accepted")
        told = [
            notice(sent, "Delivery", delivery={"timestamp": "2026-11-23T09:00:04.000Z"}),
            notice(sent, "Send", send={}),
        ]

        answer = app("mail_events").handler(sqs_event([*told, *told]), None)

        assert failed(answer) == []
        (delivered,) = deliveries(staff, "delivered")
        bill = staff.get(f"/v1/bills/{delivered['bill_id']}").ok()
        assert bill["last_delivered_at"] == "2026-11-23T09:00:04.000Z"
        assert bill["delivery_state"] == "delivered"
        assert bill["times_sent"] == 1

    @pytest.mark.parametrize(
        ("kind", "details", "state", "email_state"),
        [
            ("Bounce", {"bounce": {"bounceType": "Permanent"}}, "bounced", "bounced"),
            ("Bounce", {"bounce": {"bounceType": "Transient"}}, "bounced", "ok"),
            ("Complaint", {"complaint": {"timestamp": "2026-11-23T09:01:00Z"}}, "complained", "complained"),
            ("DeliveryDelay", {"deliveryDelay": {"timestamp": "2026-11-23T09:01:00Z"}}, "delayed", "ok"),
        ],
    )
    def test_mark_what_went_wrong(
        self,
        staff: Staff,
        engagement: Engagement,
        jobs: tuple[MailJob, ...],
        kind: str,
        details: dict[str, Any],
        state: str,
        email_state: str,
    ) -> None:
        app("deliver_mail").handler(sqs_event(jobs[:1]), None)
        (sent,) = deliveries(staff, "accepted")

        app("mail_events").handler(sqs_event([notice(sent, kind, **details)]), None)

        assert len(deliveries(staff, state)) == 1
        contact = staff.get(f"/v1/contacts/{engagement.contact_id}").ok()
        assert contact["email_state"] == email_state
        assert len(staff.get("/v1/tasks").ok()["items"]) == (1 if kind != "DeliveryDelay" else 0)

    def test_that_are_not_ours_are_passed_over(self, office: Office) -> None:
        stranger = {"id": "dlv_none", "to": "a@example.com"}
        untagged = json.loads(notice(stranger, "Send"))
        document = json.loads(untagged["Message"])
        document["mail"]["tags"] = {}
        untagged["Message"] = json.dumps(document)

        answer = app("mail_events").handler(sqs_event([notice(stranger, "Send"), json.dumps(untagged)]), None)

        assert failed(answer) == []

    def test_does_not_take_the_word_that_the_topic_is_set_up_for_a_poisoned_message(
        self, office: Office
    ) -> None:
        word = {
            "Type": "Notification",
            "Subject": "Amazon SES Email Event Notification",
            "Message": "Successfully validated SNS topic for Amazon SES event publishing.",
        }

        assert failed(app("mail_events").handler(sqs_event([json.dumps(word)]), None)) == []

    def test_that_cannot_be_read_go_to_the_dead_letters(self, office: Office) -> None:
        stranger = {"id": "dlv_none", "to": "a@example.com"}
        bad = ["{", "{}", '{"Type":"Notification","Message":"{"}', notice(stranger, "Subscription")]

        answer = app("mail_events").handler(sqs_event(bad), None)

        assert len(failed(answer)) == 4


class TestTheSweep:
    def test_queues_again_what_a_crash_left(self, office: Office, jobs: tuple[MailJob, ...]) -> None:
        assert app("sweep_deliveries").handler({}, None)["requeued"] == 0

        office.clock.advance(seconds=61)
        swept = app("sweep_deliveries").handler({}, None)

        assert swept == {"requeued": 3, "unknown": 0, "projected": 0, "chunks": 0, "refunds": 0}
        assert set(office.queue.take_all()) == set(jobs)
        assert office.clock.now() == datetime(2026, 11, 23, 9, 1, 1, tzinfo=UTC)
