"""The functions behind the mail queues and the send queue: turns, lanes, messages that are none of ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feenote.domain.deliveries import Lane
from feenote.service.ports import ChunkJob, MailJob, StoreUnavailableError
from tests.integration.api.office import Office, Staff, app
from tests.integration.api.queue_events import failed, sqs_event
from tests.integration.api.samples import Engagement


@pytest.fixture
def jobs(staff: Staff, office: Office, engagement: Engagement) -> tuple[MailJob, ...]:
    bills = [engagement.issued()["id"] for _ in range(3)]
    staff.post("/v1/sends", {"bill_ids": bills}).ok()
    return office.queue.take_all()


def states(staff: Staff, state: str) -> int:
    return len(staff.get("/v1/deliveries", state=state).ok()["items"])


class TestTheMailWorker:
    def test_asks_once_for_the_turns_of_a_batch_in_its_lane(
        self, office: Office, jobs: tuple[MailJob, ...]
    ) -> None:
        app("deliver_mail").handler(sqs_event(jobs[:1]), None)
        app("deliver_mail").handler(sqs_event([replace(job, lane=Lane.BULK) for job in jobs[1:]]), None)

        assert office.pace.asked == [((1,), Lane.PROMPT), ((1, 1), Lane.BULK)]

    def test_takes_no_turn_for_what_went_out_before_nor_two_for_one_message(
        self, office: Office, jobs: tuple[MailJob, ...]
    ) -> None:
        app("deliver_mail").handler(sqs_event(jobs[:2]), None)
        office.pace.turns_left = 1

        answer = app("deliver_mail").handler(sqs_event([*jobs[:2], jobs[2], jobs[2]]), None)

        assert failed(answer) == []
        assert office.pace.asked[1] == ((1,), Lane.PROMPT)
        assert len(office.mailer.accepted) == 3

    def test_takes_no_turn_for_what_it_cannot_read(self, office: Office, jobs: tuple[MailJob, ...]) -> None:
        answer = app("deliver_mail").handler(sqs_event([jobs[0], "{", jobs[1]]), None)

        assert failed(answer) == ["message-1"]
        assert office.pace.asked == [((1, 1), Lane.PROMPT)]
        assert len(office.mailer.accepted) == 2

    def test_leaves_what_gets_no_turn_to_the_sweep(
        self, staff: Staff, office: Office, jobs: tuple[MailJob, ...]
    ) -> None:
        office.pace.turns_left = 1

        answer = app("deliver_mail").handler(sqs_event(jobs), None)
        gone, queued = len(office.mailer.accepted), states(staff, "queued")
        office.pace.turns_left = None
        office.clock.advance(seconds=61)
        app("sweep_deliveries").handler({}, None)
        app("deliver_mail").handler(sqs_event(office.queue.take_all()), None)

        assert failed(answer) == []
        assert (gone, queued) == (1, 2)
        assert office.signals.counts["DeliveryWithoutTurn"] == 2
        assert len(office.mailer.accepted) == 3


class TestWhatPreparesSends:
    def test_leaves_a_poisoned_message_to_the_dead_letters_and_does_the_others(
        self, staff: Staff, office: Office, engagement: Engagement
    ) -> None:
        bills = [engagement.issued()["id"] for _ in range(12)]
        send_id = staff.post("/v1/sends", {"bill_ids": bills}).ok()["send_id"]
        (chunk,) = office.send_queue.take_all()

        answer = app("prepare_sends").handler(sqs_event(["{", chunk, "{}"]), None)

        assert failed(answer) == ["message-0", "message-2"]
        assert chunk.send_id == send_id
        assert {job.lane for job in office.queue.jobs} == {Lane.BULK}
        assert len(office.queue.jobs) == 12

    def test_has_done_with_a_chunk_of_no_send(self, office: Office) -> None:
        answer = app("prepare_sends").handler(sqs_event([ChunkJob("firm_1", "snd_none", 0)]), None)

        assert failed(answer) == []
        assert office.queue.jobs == []

    def test_is_brought_again_what_the_store_did_not_answer_for(
        self, staff: Staff, office: Office, engagement: Engagement, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bills = [engagement.issued()["id"] for _ in range(12)]
        staff.post("/v1/sends", {"bill_ids": bills}).ok()
        jobs = office.send_queue.take_all()

        def away(*_: object) -> None:
            raise StoreUnavailableError("away")

        with monkeypatch.context() as broken:
            broken.setattr(office.store.sends, "chunk", away)
            first = app("prepare_sends").handler(sqs_event(jobs), None)
        second = app("prepare_sends").handler(sqs_event(jobs), None)

        assert (failed(first), failed(second)) == (["message-0"], [])
        assert len(office.queue.jobs) == 12
