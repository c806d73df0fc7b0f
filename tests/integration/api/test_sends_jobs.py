"""Many bills as one send: answered at once, prepared in chunks, followed, stopped and taken up again."""

from __future__ import annotations

from collections import Counter

import pytest

from feenote.domain.deliveries import Lane
from feenote.domain.sends import BILLS_IN_A_CHUNK
from feenote.service.ports import StoreUnavailableError
from tests.integration.api.office import Office, Staff
from tests.integration.api.samples import Engagement, engage
from tests.integration.api.sending import Json, Sending, many


@pytest.fixture
def sending(office: Office, staff: Staff) -> Sending:
    return Sending(office, staff)


def counts(progress: Json) -> dict[str, int]:
    """Return the counts that are not zero."""
    return {name: count for name, count in progress["counts"].items() if count}


class TestALargeSend:
    def test_of_ten_thousand_bills_is_answered_at_once_and_prepared_by_the_queue(
        self, sending: Sending, engagement: Engagement
    ) -> None:
        bills = many(sending.office, engagement, 10_000)

        send_id = sending.send(*bills)
        begun = sending.progress(send_id)
        waiting = len(sending.office.send_queue.jobs)
        nothing_yet = sending.office.queue.jobs == []
        sending.work_off_sends()
        prepared = sending.progress(send_id)

        assert (begun["state"], begun["total"], counts(begun)) == ("running", 10_000, {"waiting": 10_000})
        assert (waiting, nothing_yet) == (10_000 / BILLS_IN_A_CHUNK, True)
        assert (prepared["state"], counts(prepared)) == ("running", {"queued": 10_000})
        assert len({job.delivery_id for job in sending.office.queue.jobs}) == 10_000

    def test_shows_its_results_page_by_page_each_bill_once(
        self, sending: Sending, engagement: Engagement
    ) -> None:
        bills = many(sending.office, engagement, 450)
        send_id = sending.mailed(*bills)

        pages = list(sending.pages(send_id))

        assert [len(page) for page in pages] == [200, 200, 50]
        assert sorted(item["bill_id"] for page in pages for item in page) == bills
        assert {item["deliveries"][0]["state"] for page in pages for item in page} == {"accepted"}
        too_many = sending.staff.get(f"/v1/sends/{send_id}/results", limit="201")
        assert too_many.fields(400) == ["limit"]

    def test_shows_how_far_it_is_while_it_runs(self, sending: Sending, engagement: Engagement) -> None:
        send_id = sending.send(*many(sending.office, engagement, 300))
        rest = sending.office.send_queue.jobs[1:]
        del sending.office.send_queue.jobs[1:]

        sending.work_off_sends()
        sending.work_off_mail(batches=3)
        shown = sending.progress(send_id)
        sending.office.send_queue.put(rest)
        sending.work_off()

        assert shown["state"] == "running"
        assert counts(shown) == {"waiting": 175, "queued": 95, "accepted": 30}
        assert len(sending.results(send_id)) == 300
        assert counts(sending.progress(send_id)) == {"accepted": 300}

    def test_is_not_held_up_by_a_bad_bill_here_and_there(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        bills = many(sending.office, engagement, 130)
        lonely = engage(staff, number="2", email=None).issued()["id"]
        late = engagement.issued(issued_on="2026-09-01", due_on="2026-10-01")["id"]
        bad = {
            "bill_none": "no_such_bill",
            engagement.draft()["id"]: "not_sendable",
            lonely: "no_address",
            late: "due_date_passed",
        }
        for place, bill in enumerate(bad):
            bills.insert(30 * place, bill)

        send_id = sending.mailed(*bills)

        results = sending.results(send_id)
        assert {bill: results[bill]["code"] for bill in bad} == bad
        assert all(results[bill]["reason"] and results[bill]["outcome"] == "skipped" for bill in bad)
        assert {one["outcome"] for bill, one in results.items() if bill not in bad} == {"sent"}
        assert counts(sending.progress(send_id)) == {"accepted": 130, "skipped": len(bad)}

    def test_of_which_every_bill_is_skipped_is_done(self, sending: Sending) -> None:
        send_id = sending.mailed(*(f"bill_missing{number}" for number in range(101)))

        progress = sending.progress(send_id)
        assert (progress["state"], counts(progress)) == ("done", {"skipped": 101})


class TestALane:
    @pytest.mark.parametrize(("bills", "lane"), [(1, Lane.PROMPT), (10, Lane.PROMPT), (11, Lane.BULK)])
    def test_is_prompt_up_to_ten_bills(
        self, sending: Sending, engagement: Engagement, bills: int, lane: Lane
    ) -> None:
        sending.send(*many(sending.office, engagement, bills))
        at_once = len(sending.office.queue.jobs)
        sending.work_off_sends()

        assert at_once == (bills if lane is Lane.PROMPT else 0)
        assert {job.lane for job in sending.office.queue.jobs} == {lane}
        assert len(sending.office.queue.jobs) == bills

    def test_a_large_sends_messages_are_not_swept_while_their_turn_has_not_come(
        self, sending: Sending, engagement: Engagement
    ) -> None:
        sending.office.pace.rate = 1.0
        sending.send(*many(sending.office, engagement, 60))
        sending.work_off_sends()
        sending.office.queue.take_all()

        swept = []
        for _ in range(5):
            sending.office.clock.advance(seconds=61)
            swept.append(sending.sweep()["requeued"])

        # Two seconds for each of sixty bills, and two minutes more.
        assert swept == [0, 0, 0, 60, 60]


class TestAQueueThatIsAway:
    def test_loses_no_chunk_the_sweep_brings_it_after_five_minutes(
        self, sending: Sending, engagement: Engagement
    ) -> None:
        sending.office.send_queue.broken = StoreUnavailableError("away")
        send_id = sending.send(*many(sending.office, engagement, 130))
        sending.office.send_queue.broken = None

        swept = []
        for minutes in (4, 2):
            sending.office.clock.advance(minutes=minutes)
            swept.append(sending.sweep()["chunks"])
        sending.work_off()

        assert swept == [0, 2]
        assert counts(sending.progress(send_id)) == {"accepted": 130}
        sending.office.clock.advance(minutes=10)
        assert sending.sweep() == {"requeued": 0, "unknown": 0, "projected": 0, "chunks": 0, "refunds": 0}

    def test_a_chunk_that_comes_twice_makes_no_second_message(
        self, sending: Sending, engagement: Engagement
    ) -> None:
        send_id = sending.send(*many(sending.office, engagement, 30))
        sending.office.send_queue.jobs *= 3

        sending.work_off()

        assert counts(sending.progress(send_id)) == {"accepted": 30}
        assert len(sending.to()) == 30


class TestStopping:
    def test_leaves_what_did_not_go_out_and_resuming_sends_it_once(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        send_id = sending.send(*many(sending.office, engagement, 300))
        rest = sending.office.send_queue.jobs[2:]
        del sending.office.send_queue.jobs[2:]
        sending.work_off_sends()
        sending.work_off_mail(batches=4)
        sending.office.send_queue.put(rest)

        sending.office.clock.advance(minutes=1)
        stopped = staff.post(f"/v1/sends/{send_id}/stop").ok()
        sending.work_off()
        at_rest = sending.progress(send_id)
        sending.office.clock.advance(hours=30)
        swept = sending.sweep()
        sending.work_off()
        still = sending.progress(send_id)
        resumed = staff.post(f"/v1/sends/{send_id}/resume").ok()
        sending.work_off()

        assert (stopped["state"], stopped["changed_by"]) == ("stopped", "ines@firm.example")
        assert stopped["changed_at"] == "2026-11-23T09:01:00.000Z"
        assert counts(at_rest) == counts(still) == {"waiting": 50, "queued": 210, "accepted": 40}
        assert (at_rest["state"], still["state"], resumed["state"]) == ("stopped", "stopped", "running")
        assert (swept["requeued"], swept["chunks"]) == (0, 0)
        done = sending.progress(send_id)
        assert (done["state"], counts(done)) == ("done", {"accepted": 300})
        assert set(Counter(sending.office.mailer.requests).values()) == {1}

    def test_twice_is_once_and_so_is_resuming(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        send_id = sending.send(*many(sending.office, engagement, 20))

        stopped = [staff.post(f"/v1/sends/{send_id}/stop").ok() for _ in range(2)]
        sending.office.clock.advance(minutes=1)
        resumed = [staff.post(f"/v1/sends/{send_id}/resume").ok() for _ in range(2)]
        sending.work_off()

        assert stopped[0] == stopped[1]
        assert resumed[0] == resumed[1]
        assert counts(sending.progress(send_id)) == {"accepted": 20}
        assert len(sending.to()) == 20

    def test_before_anything_was_prepared_keeps_all_bills_waiting(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        send_id = sending.send(*many(sending.office, engagement, 20))

        staff.post(f"/v1/sends/{send_id}/stop").ok()
        sending.work_off()

        assert counts(sending.progress(send_id)) == {"waiting": 20}
        assert sending.to() == []

    def test_and_resuming_again_and_again_loses_and_doubles_nothing(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        send_id = sending.send(*many(sending.office, engagement, 60))

        for _ in range(5):
            sending.work_off_sends()
            sending.work_off_mail(batches=1)
            staff.post(f"/v1/sends/{send_id}/stop").ok()
            sending.work_off_mail()
            staff.post(f"/v1/sends/{send_id}/resume").ok()
        sending.work_off()

        assert counts(sending.progress(send_id)) == {"accepted": 60}
        assert set(Counter(sending.office.mailer.requests).values()) == {1}

    def test_what_is_done_is_a_conflict_and_resuming_it_changes_nothing(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        send_id = sending.mailed(engagement.issued())

        staff.post(f"/v1/sends/{send_id}/stop").problem(409)
        resumed = staff.post(f"/v1/sends/{send_id}/resume").ok()

        assert resumed == sending.progress(send_id)
        assert sending.office.queue.jobs == []
        assert sending.office.send_queue.jobs == []

    def test_a_running_one_is_not_resumed(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        send_id = sending.send(*many(sending.office, engagement, 20))

        resumed = staff.post(f"/v1/sends/{send_id}/resume").ok()

        assert (resumed["state"], resumed["changed_at"]) == ("running", None)
        assert len(sending.office.send_queue.jobs) == 1

    def test_holds_no_other_send_up(self, sending: Sending, engagement: Engagement, staff: Staff) -> None:
        bills = many(sending.office, engagement, 40)
        first, second = sending.send(*bills[:20]), sending.send(*bills[20:])
        sending.work_off_sends()

        staff.post(f"/v1/sends/{first}/stop").ok()
        sending.work_off()

        assert counts(sending.progress(first)) == {"queued": 20}
        assert counts(sending.progress(second)) == {"accepted": 20}


class TestAnotherFirm:
    def test_sees_nothing_of_a_send_and_moves_nothing(self, sending: Sending, engagement: Engagement) -> None:
        send_id = sending.send(*many(sending.office, engagement, 20))
        stranger = Staff(firm_id="firm_2")

        for what in ("", "/results"):
            stranger.get(f"/v1/sends/{send_id}{what}").problem(404)
        for act in ("stop", "resume"):
            stranger.post(f"/v1/sends/{send_id}/{act}").problem(404)

        assert sending.progress(send_id)["state"] == "running"

    def test_cannot_send_these_bills(self, sending: Sending, engagement: Engagement) -> None:
        bills = many(sending.office, engagement, 20)
        stranger = Sending(sending.office, Staff(firm_id="firm_2"))

        stranger.asks(*bills).problem(404)
        theirs = stranger.results(stranger.mailed(*bills, *(f"bill_none{n}" for n in range(90))))

        assert {one["code"] for one in theirs.values()} == {"no_such_bill"}
        assert {one["bill_number"] for one in theirs.values()} == {None}
        assert sending.to() == []
