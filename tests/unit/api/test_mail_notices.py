"""SES's notices read: what happened, to which addresses, why; and nothing that is no notice."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from feenote.api.mail_notices import BadNoticeError, MailNotice, notice_in
from feenote.domain.deliveries import Notice
from local.mail import notices
from local.mail.letters import Letter

SENT_AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AT = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
LETTER = Letter(
    id="0100-abc",
    sent_at=SENT_AT,
    source="bills@firm.example",
    recipients=("ann@b.example", "bo@b.example"),
    tags=(("firm_id", "firm_1"), ("delivery_id", "dlv_1")),
    configuration_set="feenote",
    raw=b"From: bills@firm.example\r\nTo: ann@b.example, bo@b.example\r\nSubject: Bill\r\n\r\nDear both",
)


def document(what: notices.Notice, **more: Any) -> dict[str, Any]:
    return notices.notice_document(LETTER, what, at=AT, **more)


def read(event: dict[str, Any]) -> MailNotice | None:
    return notice_in(json.dumps({"Type": "Notification", "Message": json.dumps(event)}))


def told(event: dict[str, Any]) -> MailNotice:
    found = read(event)
    assert found is not None
    return found


class TestANotice:
    @pytest.mark.parametrize(
        ("what", "notice", "addresses", "at"),
        [
            (notices.Notice.SEND, Notice.SEND, (), SENT_AT),
            (notices.Notice.DELIVERY, Notice.DELIVERY, ("bo@b.example",), AT),
            (notices.Notice.BOUNCE, Notice.HARD_BOUNCE, ("bo@b.example",), AT),
            (notices.Notice.COMPLAINT, Notice.COMPLAINT, ("bo@b.example",), AT),
            (notices.Notice.DELAY, Notice.DELAY, ("bo@b.example",), AT),
            (notices.Notice.REJECT, Notice.REJECT, (), SENT_AT),
            (notices.Notice.RENDERING_FAILURE, Notice.RENDERING_FAILURE, (), SENT_AT),
        ],
    )
    def test_says_what_when_and_to_whom(
        self, what: notices.Notice, notice: Notice, addresses: tuple[str, ...], at: datetime
    ) -> None:
        found = told(document(what, recipients=("bo@b.example",)))

        assert (found.firm_id, found.delivery_id, found.message_id) == ("firm_1", "dlv_1", "0100-abc")
        assert (found.notice, found.addresses, found.at) == (notice, addresses, at)

    def test_names_every_recipient_that_it_is_about(self) -> None:
        assert told(document(notices.Notice.BOUNCE)).addresses == LETTER.recipients

    @pytest.mark.parametrize(
        ("bounce_type", "sub_type", "notice"),
        [
            ("Permanent", "General", Notice.HARD_BOUNCE),
            ("Permanent", "NoEmail", Notice.HARD_BOUNCE),
            ("Permanent", "Suppressed", Notice.HARD_BOUNCE),
            ("Permanent", "OnAccountSuppressionList", Notice.HARD_BOUNCE),
            ("Transient", "General", Notice.SOFT_BOUNCE),
            ("Transient", "MailboxFull", Notice.SOFT_BOUNCE),
            ("Undetermined", "Undetermined", Notice.SOFT_BOUNCE),
        ],
    )
    def test_of_a_bounce_is_hard_where_it_is_permanent(
        self, bounce_type: str, sub_type: str, notice: Notice
    ) -> None:
        found = told(document(notices.Notice.BOUNCE, bounce_type=bounce_type, bounce_sub_type=sub_type))

        assert (found.notice, found.sub_type) == (notice, sub_type)

    def test_tells_the_mail_servers_code_and_not_its_words(self) -> None:
        event = document(notices.Notice.BOUNCE)
        event["bounce"]["bouncedRecipients"][0]["diagnosticCode"] = "smtp; 550 5.1.1 <ann@b.example> unknown"

        found = told(event)

        assert found.status == "5.1.1"
        assert "550" not in repr(found)

    @pytest.mark.parametrize("odd", ["ann@b.example", "5.1.1; ann", "x" * 500, "", None])
    def test_takes_no_code_that_is_none(self, odd: str | None) -> None:
        event = document(notices.Notice.BOUNCE, bounce_sub_type="Ann <ann@b.example>")
        event["bounce"]["bouncedRecipients"][0]["status"] = odd

        found = told(event)

        assert (found.status, found.sub_type) == ("", "")

    @pytest.mark.parametrize("odd", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"])
    def test_is_none_of_a_time_outside_the_calendar(self, odd: str) -> None:
        event = document(notices.Notice.DELIVERY)
        event["delivery"]["timestamp"] = odd

        with pytest.raises(BadNoticeError, match="outside the calendar"):
            read(event)

    @pytest.mark.parametrize("kind", ["abuse", "fraud", "virus", "other", None])
    def test_is_a_complaint_where_a_recipient_complains(self, kind: str | None) -> None:
        event = document(notices.Notice.COMPLAINT)
        event["complaint"]["complaintFeedbackType"] = kind

        assert told(event).notice is Notice.COMPLAINT

    @pytest.mark.parametrize("kind", ["not-spam", "auth-failure"])
    def test_is_none_where_nobody_complains(self, kind: str) -> None:
        event = document(notices.Notice.COMPLAINT)
        event["complaint"]["complaintFeedbackType"] = kind

        assert read(event) is None

    def test_without_the_words_that_newer_kinds_have_is_still_one(self) -> None:
        event = document(notices.Notice.COMPLAINT)
        event["complaint"] = {"complainedRecipients": [{"emailAddress": "ann@b.example"}], "news": 1}

        found = told(event)

        assert (found.addresses, found.at) == (("ann@b.example",), SENT_AT)


class TestWhatIsNoNotice:
    @pytest.mark.parametrize(
        "change",
        [
            {"bounce": {"bounceType": "Permanent", "bouncedRecipients": "ann@b.example"}},
            {"bounce": {"bounceType": "Permanent", "bouncedRecipients": [{}]}},
            {"eventType": "Open"},
            {"mail": {}},
        ],
    )
    def test_is_refused_with_the_fields_at_fault_and_nothing_of_what_it_holds(
        self, change: dict[str, Any]
    ) -> None:
        with pytest.raises(BadNoticeError) as refused:
            read({**document(notices.Notice.BOUNCE), **change})

        assert "ann@" not in str(refused.value)
        assert refused.value.__cause__ is None

    def test_of_a_mail_without_our_tags_is_nothing(self) -> None:
        event = document(notices.Notice.BOUNCE)
        event["mail"]["tags"] = {}

        assert read(event) is None
