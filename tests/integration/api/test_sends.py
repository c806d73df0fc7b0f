"""Sends: previewed, started, followed; messages resolved, links taken back."""

from __future__ import annotations

from datetime import timedelta

from tests.integration.api.office import Office, Staff, app
from tests.integration.api.queue_events import sqs_event
from tests.integration.api.samples import Engagement, engage


def sent(staff: Staff, office: Office, bill_id: str, *answers: str) -> str:
    """Send a bill and let the worker do its work; return the id of its message."""
    office.mailer.next_answers = list(answers)
    send = staff.post("/v1/sends", {"bill_ids": [bill_id]}).ok()
    app("deliver_mail").handler(sqs_event(office.queue.take_all()), None)
    (result,) = staff.get(f"/v1/sends/{send['send_id']}/results").ok()["items"]
    delivery_id: str = result["deliveries"][0]["id"]
    return delivery_id


class TestAPreview:
    def test_shows_each_message_and_sends_nothing(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued()

        request = {"bill_ids": [bill["id"]], "channels": ["link", "attachment"]}
        preview = staff.post("/v1/sends/preview", request).ok()

        (message,) = preview["messages"]
        assert message["recipient"] == {
            "contact_id": engagement.contact_id,
            "name": "Maria Oduya",
            "email": "maria@example.com",
        }
        assert message["attachments"] == [
            {"filename": "Bill 00001.pdf", "content_type": "application/pdf", "bytes": 64}
        ]
        assert preview["errors"] == preview["warnings"] == []
        assert office.queue.jobs == []
        assert staff.get(f"/v1/bills/{bill['id']}").ok()["times_sent"] == 0

    def test_names_what_blocks(self, staff: Staff, engagement: Engagement) -> None:
        preview = staff.post("/v1/sends/preview", {"bill_ids": [engagement.draft()["id"]]}).ok()

        assert [error["code"] for error in preview["errors"]] == ["not_sendable"]
        assert preview["messages"] == []


class TestASend:
    def test_is_accepted_and_followed_until_it_is_done(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued()

        answer = staff.post("/v1/sends", {"bill_ids": [bill["id"]]})
        address = f"/v1/sends/{answer.ok()['send_id']}"
        before = staff.get(address).ok()
        app("deliver_mail").handler(sqs_event(office.queue.take_all()), None)
        after = staff.get(address).ok()

        assert answer.status == 202
        assert (before["state"], before["counts"]["queued"]) == ("running", 1)
        assert (after["state"], after["counts"]["queued"], after["counts"]["accepted"]) == ("done", 0, 1)
        assert after["total"] == 1
        (result,) = staff.get(f"{address}/results").ok()["items"]
        assert (result["outcome"], result["bill_number"]) == ("sent", "00001")
        shown = staff.get(f"/v1/bills/{bill['id']}").ok()
        assert shown["last_sent_at"] == "2026-11-23T09:00:00.000Z"
        assert shown["times_sent"] == 1

    def test_skips_what_cannot_be_sent_and_says_why(self, staff: Staff, engagement: Engagement) -> None:
        without_address = engage(staff, number="2", email=None)
        bills = [engagement.issued()["id"], without_address.issued()["id"], engagement.draft()["id"]]

        send = staff.post("/v1/sends", {"bill_ids": bills}).ok()

        results = staff.get(f"/v1/sends/{send['send_id']}/results").ok()["items"]
        outcomes = {result["bill_id"]: result["outcome"] for result in results}
        assert outcomes == dict(zip(bills, ["sent", "skipped", "skipped"], strict=True))
        assert all(result["reason"] for result in results if result["outcome"] == "skipped")
        assert staff.get(f"/v1/sends/{send['send_id']}").ok()["counts"]["skipped"] == 2

    def test_asks_once_about_a_warning(self, staff: Staff, engagement: Engagement) -> None:
        bill = engagement.issued(issued_on="2026-09-01", due_on="2026-10-01")
        request = {"bill_ids": [bill["id"]]}

        assert staff.post("/v1/sends", request).fields(422) == ["confirm"]
        staff.post("/v1/sends", request | {"confirm": ["due_date_passed"]}).ok()

    def test_has_no_portal_to_go_through(self, staff: Staff, engagement: Engagement) -> None:
        request = {"bill_ids": [engagement.issued()["id"]], "channels": ["portal"]}

        assert staff.post("/v1/sends", request).fields(422) == ["channels"]

    def test_goes_to_a_stranger_only_with_a_second_yes(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        other = staff.post("/v1/contacts", {"email": "other@example.com"}).ok()
        request = {"bill_ids": [engagement.issued()["id"]], "recipients": [other["id"]]}

        assert staff.post("/v1/sends", request).fields(422) == ["confirm"]
        staff.post("/v1/sends", request | {"confirm": ["not_the_clients"]}).ok()

        assert [job.contact_id for job in office.queue.jobs] == [other["id"]]


class TestAMessageWithoutAnAnswer:
    def test_is_listed_as_unknown_and_marked_as_sent(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        delivery_id = self._unknown(staff, engagement, office)
        (listed,) = staff.get("/v1/deliveries", state="unknown").ok()["items"]

        resolved = staff.post(f"/v1/deliveries/{delivery_id}/resolve", {"action": "mark_sent"}).ok()

        assert listed["id"] == delivery_id
        assert resolved["state"] == "accepted"
        assert staff.get("/v1/deliveries", state="unknown").ok()["items"] == []
        assert staff.get("/v1/tasks").ok()["items"] == []
        staff.post(f"/v1/deliveries/{delivery_id}/resolve", {"action": "mark_sent"}).problem(409)
        assert resolved["provider_message_id"] is None

    def test_that_was_marked_as_sent_says_who_said_so(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        delivery_id = self._unknown(staff, engagement, office)

        marked = staff.post(f"/v1/deliveries/{delivery_id}/resolve", {"action": "mark_sent"}).ok()

        timeline = f"/v1/bills/{marked['bill_id']}/timeline"
        (event,) = (one for one in staff.get(timeline).ok()["items"] if one["kind"] == "sent")
        (queued,) = (one for one in staff.get(timeline).ok()["items"] if one["kind"] == "queued")
        assert event["details"]["marked_by_hand"] == "yes"
        assert event["actor"] == queued["actor"]
        assert "Sent (marked by hand)" in staff.get(f"{timeline}.csv").text

    def test_is_sent_again_as_one_new_message(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        delivery_id = self._unknown(staff, engagement, office)
        address = f"/v1/deliveries/{delivery_id}/resolve"

        again = staff.post(address, {"action": "send_again"}).ok()
        app("deliver_mail").handler(sqs_event(office.queue.take_all()), None)

        assert again["id"] != delivery_id
        assert again["state"] == "queued"
        assert len(office.mailer.accepted) == 1
        assert staff.get("/v1/deliveries", state="unknown").ok()["items"] == []
        staff.post(address, {"action": "send_again"}).problem(409)

    def test_is_not_decided_about_while_it_is_known(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        delivery_id = sent(staff, office, engagement.issued()["id"])

        staff.post(f"/v1/deliveries/{delivery_id}/resolve", {"action": "send_again"}).problem(409)
        staff.post("/v1/deliveries/dlv_none/resolve", {"action": "send_again"}).problem(404)

    def _unknown(self, staff: Staff, engagement: Engagement, office: Office) -> str:
        delivery_id = sent(staff, office, engagement.issued()["id"], "never")
        office.clock.at += timedelta(minutes=16)
        swept = app("sweep_deliveries").handler({}, None)
        assert swept["unknown"] == 1
        return delivery_id


class TestAMessageWhoseBillEnded:
    def test_stays_here_and_the_timeline_says_why(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued()
        staff.post("/v1/sends", {"bill_ids": [bill["id"]]}).ok()
        jobs = office.queue.take_all()
        staff.post(f"/v1/bills/{bill['id']}/void").ok()

        for _ in range(2):
            app("deliver_mail").handler(sqs_event(jobs), None)

        assert office.mailer.accepted == []
        timeline = f"/v1/bills/{bill['id']}/timeline"
        (event,) = (one for one in staff.get(timeline).ok()["items"] if one["kind"] == "not_delivered")
        assert event["details"] == {
            "delivery_id": jobs[0].delivery_id,
            "kind": "bill",
            "contact_id": engagement.contact_id,
            "why": "bill_voided",
        }
        assert "Not sent: the bill was made void before" in staff.get(f"{timeline}.csv").text
        (refused,) = staff.get("/v1/deliveries", state="refused").ok()["items"]
        assert refused["id"] == jobs[0].delivery_id


class TestALink:
    def test_is_listed_without_what_opens_it_and_taken_back(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued()
        sent(staff, office, bill["id"])
        token = office.mailer.accepted[0].text.rpartition("/")[2]
        listed = staff.get("/v1/links", bill_id=bill["id"])
        link_id = next(link["id"] for link in listed.ok()["items"] if link["contact_id"])

        first, second = (staff.delete(f"/v1/links/{link_id}") for _ in range(2))

        assert first.status == second.status == 204
        assert token not in listed.text
        after = {
            link["id"]: link["withdrawn_at"]
            for link in staff.get("/v1/links", bill_id=bill["id"]).ok()["items"]
        }
        assert after[link_id] == "2026-11-23T09:00:00.000Z"
        timeline = staff.get(f"/v1/bills/{bill['id']}/timeline").ok()["items"]
        (withdrawn,) = (event for event in timeline if event["kind"] == "link_withdrawn")
        assert withdrawn["details"] == {"link_id": link_id, "contact_id": engagement.contact_id}
        staff.delete("/v1/links/lnk_none").problem(404)
