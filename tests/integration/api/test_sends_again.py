"""The same bill once more: new links beside the old ones, and a question when it is too soon."""

from __future__ import annotations

import pytest

from tests.integration.api.office import Office, Staff
from tests.integration.api.paying import browse
from tests.integration.api.samples import Engagement
from tests.integration.api.sending import Sending, codes, contact, matter


@pytest.fixture
def sending(office: Office, staff: Staff) -> Sending:
    return Sending(office, staff)


def tokens(sending: Sending) -> list[str]:
    """Return the tokens in the mails, oldest first."""
    return [mail.text.rpartition("/")[2] for mail in sending.office.mailer.accepted]


class TestABillSentAgain:
    def test_has_a_new_link_and_the_old_one_works_until_it_is_taken_back(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        bill = engagement.issued()
        sending.mailed(bill)
        sending.office.clock.advance(minutes=10)
        sending.mailed(bill)

        old, new = tokens(sending)
        before = [browse("GET", f"/l/{token}").status for token in (old, new)]
        oldest = min(sending.links(bill["id"]), key=lambda link: link["created_at"])
        staff.delete(f"/v1/links/{oldest['id']}")
        after = [browse("GET", f"/l/{token}").status for token in (old, new)]

        assert old != new
        assert before == [200, 200]
        assert after == [410, 200]

    def test_counts_each_time_and_shows_the_last(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        bill = engagement.issued()
        for _ in range(3):
            sending.mailed(bill)
            sending.office.clock.advance(hours=1)

        shown = staff.get(f"/v1/bills/{bill['id']}").ok()

        assert shown["times_sent"] == 3
        assert shown["last_sent_at"] == "2026-11-23T11:00:00.000Z"
        assert [event["kind"] for event in staff.get(f"/v1/bills/{bill['id']}/timeline").ok()["items"]].count(
            "sent"
        ) == 3

    def test_is_not_last_sent_before_the_provider_accepted_nor_without_its_answer(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        bill = engagement.issued()
        sending.office.mailer.next_answers = ["never"]

        sending.send(bill)
        queued = staff.get(f"/v1/bills/{bill['id']}").ok()
        sending.work_off()
        sending.office.clock.advance(minutes=16)
        sending.sweep()
        unanswered = staff.get(f"/v1/bills/{bill['id']}").ok()

        assert (queued["last_sent_at"], queued["times_sent"], queued["delivery_state"]) == (None, 0, "queued")
        assert (unanswered["last_sent_at"], unanswered["times_sent"]) == (None, 0)
        assert unanswered["delivery_state"] == "unknown"


class TestTheSameBillToTheSamePerson:
    @pytest.mark.parametrize(("seconds", "asked"), [(0, True), (599, True), (600, False), (3_600, False)])
    def test_is_asked_about_within_ten_minutes(
        self, sending: Sending, engagement: Engagement, seconds: int, asked: bool
    ) -> None:
        bill = engagement.issued()
        sending.mailed(bill)

        sending.office.clock.advance(seconds=seconds)
        preview, answer = sending.preview(bill), sending.asks(bill)

        assert codes(preview["warnings"]) == (["sent_just_now"] if asked else [])
        assert answer.status == (422 if asked else 202)

    def test_is_asked_about_while_the_first_one_still_waits(
        self, sending: Sending, engagement: Engagement
    ) -> None:
        bill = engagement.issued()
        sending.send(bill)

        assert sending.asks(bill).fields(422) == ["confirm"]

    def test_is_asked_about_where_it_was_one_of_several_in_one_email(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        other = contact(staff, engagement.client_id, "other@example.com")
        both = [(engagement.contact_id, True), (other, True)]
        bill = engagement.issued(matter_ids=[matter(staff, engagement.client_id, "9", *both)])
        sending.mailed(bill, one_email=True)

        preview = sending.preview(bill, recipients=[other])

        assert [(one["code"], one["contact_id"]) for one in preview["warnings"]] == [("sent_just_now", other)]

    def test_is_not_asked_about_for_somebody_else_or_another_bill(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        other = contact(staff, engagement.client_id, "other@example.com")
        bill = engagement.issued()
        sending.mailed(bill)

        to_another = sending.preview(bill, recipients=[other])
        another_bill = sending.preview(engagement.issued())

        assert codes(to_another["warnings"]) == ["not_on_every_matter"]
        assert another_bill["warnings"] == []

    def test_goes_out_again_with_one_yes(self, sending: Sending, engagement: Engagement) -> None:
        bill = engagement.issued()
        sending.mailed(bill)

        sending.mailed(bill, confirm=["sent_just_now"])

        assert sending.to() == [("maria@example.com",)] * 2

    def test_of_a_skipped_bill_is_no_second_time(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        draft = engagement.draft()
        sending.mailed(draft)

        bill = staff.post(f"/v1/bills/{draft['id']}/approve").ok()

        assert sending.preview(bill)["warnings"] == []


class TestASendAskedForTwice:
    def test_with_one_idempotency_key_is_one_send(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        body = {"bill_ids": [engagement.issued()["id"]]}

        first, second = (staff.post("/v1/sends", body, key="k1").ok() for _ in range(2))
        other = staff.post("/v1/sends", {"bill_ids": [engagement.issued()["id"]]}, key="k1")
        sending.work_off()

        assert first == second
        assert other.status == 422
        assert len(sending.to()) == 1

    def test_after_the_answer_was_lost_goes_on_with_what_was_stored(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        bills = [engagement.issued()["id"] for _ in range(12)]
        body = {"bill_ids": bills}
        first = staff.post("/v1/sends", body, key="k1").ok()
        sending.office.send_queue.take_all()
        sending.office.store.world.answers.clear()

        again = staff.post("/v1/sends", body, key="k1").ok()
        sending.work_off()

        assert again == first
        assert len(sending.to()) == 12
