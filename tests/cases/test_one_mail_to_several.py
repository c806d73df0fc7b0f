"""One email to several recipients: each one's fate is known, and the firm sees the worst."""

from __future__ import annotations

import csv
import io
from typing import Any

from local.mail.notices import Notice
from tests.cases.stage import Stage
from tests.integration.api.office import FIRM
from tests.integration.api.queue_events import failed


def bill_for_two(stage: Stage) -> tuple[dict[str, Any], str]:
    """Return a bill whose matter has a second recipient, Bo Reed, and who that is."""
    engagement = stage.engage(email="ann@example.com")
    bo = {
        "client_ids": [engagement.client_id],
        "first_name": "Bo",
        "last_name": "Reed",
        "email": "bo@example.com",
    }
    bo_id = stage.staff.post("/v1/contacts", bo).ok()["id"]
    recipients = [{"contact_id": engagement.contact_id}, {"contact_id": bo_id}]
    stage.staff.patch(f"/v1/matters/{engagement.matter_id}", {"recipients": recipients}).ok()
    return engagement.issued(number="96542"), bo_id


class TestOneMailToSeveral:
    def test_is_one_message_with_all_of_them_in_it(self, stage: Stage) -> None:
        bill, _ = bill_for_two(stage)

        stage.sent(bill, one_email=True)

        (letter,) = stage.mail.letters
        assert letter.recipients == ("ann@example.com", "bo@example.com")
        to = letter.message()["To"].addresses
        assert [address.addr_spec for address in to] == ["ann@example.com", "bo@example.com"]
        assert stage.read(bill)["times_sent"] == 1

    def test_that_bounces_for_one_marks_that_one_and_shows_on_the_bill(self, stage: Stage) -> None:
        bill, bo_id = bill_for_two(stage)
        stage.sent(bill, one_email=True)
        (letter,) = stage.mail.letters

        for what, recipient in (
            (Notice.BOUNCE, "bo@example.com"),
            (Notice.DELIVERY, "ann@example.com"),
            (Notice.BOUNCE, "bo@example.com"),
        ):
            assert failed(stage.notice(letter, what, recipients=(recipient,))) == []

        shown = stage.read(bill)
        assert (shown["delivery_state"], shown["times_sent"]) == ("bounced", 1)
        assert shown["delivery_text"] == "Not delivered: it came back. See the task for what to do."
        contacts = stage.staff.get("/v1/contacts", limit="50").ok()["items"]
        assert {one["id"] for one in contacts if one["email_state"] == "bounced"} == {bo_id}
        (task,) = stage.staff.get("/v1/tasks").ok()["items"]
        assert (task["kind"], task["contact_id"]) == ("not_delivered", bo_id)

    def test_is_told_in_the_exported_timeline_recipient_by_recipient(self, stage: Stage) -> None:
        bill, _ = bill_for_two(stage)
        stage.sent(bill, one_email=True)
        (letter,) = stage.mail.letters
        stage.clock.advance(minutes=1)
        stage.notice(letter, Notice.DELIVERY, recipients=("ann@example.com",))
        stage.clock.advance(minutes=1)
        stage.notice(letter, Notice.BOUNCE, recipients=("bo@example.com",))

        answer = stage.staff.get(f"/v1/bills/{bill['id']}/timeline.csv")

        rows = list(csv.DictReader(io.StringIO(answer.text[1:], newline="")))
        told = [(row["What"], row["To"]) for row in rows]
        assert told[-3:] == [
            ("Sent", "Maria Oduya, Bo Reed"),
            ("Delivered", "Maria Oduya"),
            ("Came back: the address takes no mail", "Bo Reed"),
        ]
        sent = rows[-3]
        assert (sent["Who"], sent["Revision"]) == ("ines@firm.example", "1")
        assert (sent["Template"], sent["Shared"]) == ("Feenote's own words", "secure link")
        assert "the mail server's code 5.1.1" in rows[-1]["Details"]
        assert "@example.com" not in answer.text

    def test_that_one_of_them_calls_unwanted_marks_only_that_one_for_good(self, stage: Stage) -> None:
        bill, bo_id = bill_for_two(stage)
        stage.sent(bill, one_email=True)
        (letter,) = stage.mail.letters

        stage.notice(letter, Notice.COMPLAINT, recipients=("bo@example.com",))
        stage.notice(letter, Notice.BOUNCE, recipients=("bo@example.com",))

        assert stage.system.records.get_contact(FIRM, bo_id).email_state.value == "complained"
        assert stage.read(bill)["delivery_state"] == "complained"
