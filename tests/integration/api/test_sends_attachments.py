"""The PDF in the mail: where it is wanted and small enough; else the link, and everybody is told."""

from __future__ import annotations

import pytest

from tests.integration.api.office import Office, Staff
from tests.integration.api.samples import Engagement
from tests.integration.api.sending import Json, Sending, codes

LEFT_OUT = "The PDF is larger than the firm attaches: the link was sent instead."
BOTH = ["link", "attachment"]


@pytest.fixture
def sending(office: Office, staff: Staff) -> Sending:
    return Sending(office, staff)


def sent_details(staff: Staff, bill: Json) -> Json:
    """Return what the timeline tells of the message that went out."""
    items = staff.get(f"/v1/bills/{bill['id']}/timeline").ok()["items"]
    (event,) = [item for item in items if item["kind"] == "sent"]
    return event["details"]


class TestAPdf:
    @pytest.mark.parametrize(
        ("channels", "attached"), [(["link"], 0), (["attachment"], 1), (BOTH, 1), (BOTH[::-1], 1)]
    )
    def test_comes_along_where_that_was_chosen(
        self, sending: Sending, engagement: Engagement, staff: Staff, channels: list[str], attached: int
    ) -> None:
        bill = engagement.issued()

        (shown,) = sending.preview(bill, channels=channels)["messages"]
        sending.mailed(bill, channels=channels)

        (mail,) = sending.office.mailer.accepted
        assert len(mail.attachments) == len(shown["attachments"]) == attached
        assert sent_details(staff, bill)["shared"] == ", ".join(channels)
        assert "attachment_left_out" not in sent_details(staff, bill)

    def test_is_the_very_file_behind_the_link(self, sending: Sending, engagement: Engagement) -> None:
        bill = engagement.issued()

        sending.mailed(bill, channels=["attachment"])

        ((attachment,),) = [mail.attachments for mail in sending.office.mailer.accepted]
        (stored,) = sending.office.documents.files.values()
        assert (attachment.filename, attachment.content_type) == ("Bill 00001.pdf", "application/pdf")
        assert attachment.content == stored.content

    @pytest.mark.parametrize(("limit", "attached"), [(64, 1), (63, 0), (0, 0)])
    def test_above_the_firms_limit_is_left_out_and_the_sender_told(
        self, sending: Sending, engagement: Engagement, staff: Staff, limit: int, attached: int
    ) -> None:
        staff.patch("/v1/firm", {"settings": {"attachment_limit_bytes": limit}}).ok()
        bill = engagement.issued()

        preview = sending.preview(bill, channels=["attachment"])
        send_id = sending.mailed(bill, channels=["attachment"])

        (delivery,) = sending.results(send_id)[bill["id"]]["deliveries"]
        (mail,) = sending.office.mailer.accepted
        told = "" if attached else LEFT_OUT
        assert len(mail.attachments) == len(preview["messages"][0]["attachments"]) == attached
        assert [one["message"] for one in preview["notices"]] == ([] if attached else [LEFT_OUT])
        assert codes(preview["notices"]) == ([] if attached else ["attachment_left_out"])
        assert preview["warnings"] == preview["errors"] == []
        assert delivery["attachment_left_out"] == told
        assert sent_details(staff, bill).get("attachment_left_out", "") == told
        assert "/l/" in mail.text

    def test_that_is_not_wanted_is_not_missed(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        staff.patch("/v1/firm", {"settings": {"attachment_limit_bytes": 0}}).ok()
        bill = engagement.issued()

        preview = sending.preview(bill)
        sending.mailed(bill)

        assert preview["notices"] == []
        assert "attachment_left_out" not in sent_details(staff, bill)
