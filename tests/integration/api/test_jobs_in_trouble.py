"""A send in trouble: one bad or busy bill holds no other up, stopping stops, a repeated call is the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from feenote.domain.bills import BillError
from feenote.domain.deliveries import Delivery
from feenote.domain.sends import Send, SendResult
from feenote.service.ports import ChunkJob, MailContext, RenderError, StaleError
from feenote.service.prepare_chunk import prepare_chunk
from feenote.service.stop_send import resume_send, stop_send
from tests.integration.api.office import FIRM, Office, Staff
from tests.integration.api.samples import Engagement
from tests.integration.api.sending import Json, Sending, many
from tests.simulation.outside import SimMessages

WORDING = {"language": "en", "subject": "Bill {{ bill.number }}", "body": "{{ link.button }}"}
TEMPLATE = {"kind": "bill", "name": "Ours", "wordings": [WORDING]}


@pytest.fixture
def sending(office: Office, staff: Staff) -> Sending:
    return Sending(office, staff)


def counts(progress: Json) -> dict[str, int]:
    """Return the counts that are not zero."""
    return {name: count for name, count in progress["counts"].items() if count}


class TestOneBill:
    @pytest.mark.parametrize("error", [RenderError, KeyError, BillError])
    def test_whose_message_cannot_be_made_is_skipped_and_all_others_go_out(
        self,
        error: type[Exception],
        sending: Sending,
        engagement: Engagement,
        staff: Staff,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        staff.post("/v1/templates", {**TEMPLATE, "is_default": True}).ok()
        bills = many(sending.office, engagement, 130)

        def fell_back(_: SimMessages, context: MailContext, **_more: object) -> tuple[str, ...]:
            if context.delivery.bill_id == bills[3]:
                raise error("Nobody thought of this.")
            return ()

        monkeypatch.setattr(SimMessages, "fell_back", fell_back)

        send_id = sending.mailed(*bills)

        assert counts(sending.progress(send_id)) == {"accepted": 129, "failed": 1}
        assert sending.results(send_id)[bills[3]]["code"] == "not_rendered"

    def test_that_others_are_writing_waits_alone_and_goes_out_once(
        self, sending: Sending, engagement: Engagement, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bills = many(sending.office, engagement, 130)
        queue, busy = sending.office.store.deliveries.queue, [bills[3]]

        def busy_queue(
            send: Send,
            result: SendResult,
            deliveries: Sequence[Delivery],
            events: Sequence[Any],
            **more: Any,
        ) -> None:
            if result.bill_id in busy:
                raise StaleError("Others are writing the same records.")
            queue(send, result, deliveries, events, **more)

        monkeypatch.setattr(sending.office.store.deliveries, "queue", busy_queue)
        send_id = sending.send(*bills)

        sending.work_off_sends()
        sending.work_off_mail()
        meanwhile = counts(sending.progress(send_id))
        busy.clear()
        sending.work_off()

        assert meanwhile == {"waiting": 1, "accepted": 129}
        assert counts(sending.progress(send_id)) == {"accepted": 130}
        assert len(sending.to()) == 130


class TestAChunk:
    def test_read_while_its_send_goes_on_is_not_taken_away_from_the_sweep(
        self, sending: Sending, engagement: Engagement, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ports, sends = sending.office.ports, sending.office.store.sends
        send_id = sending.send(*many(sending.office, engagement, 20))
        whose = {"firm_id": FIRM, "send_id": send_id, "actor": "ines"}
        stop_send(ports, **whose, now=sending.office.clock.now())
        reads: Mapping[str, Any] = {"get": sends.get, "chunk": sends.chunk}
        seen: list[str] = []

        def between(name: str, *ids: Any) -> Any:
            found = reads[name](*ids)
            seen.append(name)
            if len(seen) == 1:
                # Its job is lost with the queue: only the sweep can bring it.
                resume_send(ports, **whose, now=sending.office.clock.now())
                sending.office.send_queue.take_all()
            return found

        monkeypatch.setattr(sends, "get", lambda *ids: between("get", *ids))
        monkeypatch.setattr(sends, "chunk", lambda *ids: between("chunk", *ids))
        prepare_chunk(ports, job=ChunkJob(FIRM, send_id, 0), now=sending.office.clock.now())
        sending.office.clock.advance(seconds=timedelta(minutes=6).total_seconds())
        sending.sweep()
        sending.work_off()

        assert counts(sending.progress(send_id)) == {"accepted": 20}


class TestALargeSend:
    def test_keeps_the_words_of_its_template_though_that_is_changed_while_it_is_stopped(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        template = staff.post("/v1/templates", TEMPLATE).ok()
        send_id = sending.send(*many(sending.office, engagement, 300), template_id=template["id"])
        later = sending.office.send_queue.jobs[1:]
        del sending.office.send_queue.jobs[1:]
        sending.work_off()
        staff.post(f"/v1/sends/{send_id}/stop", {}).ok()

        changed = {**TEMPLATE, "wordings": [{**WORDING, "subject": "Other words"}]}
        staff.put(f"/v1/templates/{template['id']}", changed).ok()
        staff.post(f"/v1/sends/{send_id}/resume", {}).ok()
        sending.office.send_queue.put(later)
        sending.work_off()

        assert counts(sending.progress(send_id)) == {"accepted": 300}
        assert len({delivery.wording_id for delivery in sending.office.store.all_deliveries()}) == 1
        assert not any("Other" in mail.subject for mail in sending.office.mailer.accepted)


class TestASmallSend:
    def test_that_is_stopped_waits_and_goes_out_once_when_it_is_taken_up(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        send_id = sending.send(*many(sending.office, engagement, 10))

        staff.post(f"/v1/sends/{send_id}/stop", {}).ok()
        sending.work_off()
        sending.office.clock.advance(seconds=120)
        sending.sweep()
        sending.work_off()
        stopped, gone = sending.progress(send_id), len(sending.to())
        staff.post(f"/v1/sends/{send_id}/resume", {}).ok()
        sending.work_off()

        assert (stopped["state"], counts(stopped), gone) == ("stopped", {"queued": 10}, 0)
        assert counts(sending.progress(send_id)) == {"accepted": 10}
        assert len(sending.to()) == 10


class TestASendWhoseAnswerWasLost:
    def test_is_answered_as_before_though_its_template_is_gone(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        template = staff.post("/v1/templates", TEMPLATE).ok()
        body = {"bill_ids": [engagement.issued()["id"]], "template_id": template["id"]}
        first = staff.post("/v1/sends", body, key="k1").ok()
        sending.office.store.world.answers.clear()
        staff.delete(f"/v1/templates/{template['id']}")

        again = staff.post("/v1/sends", body, key="k1").ok()
        sending.work_off()

        assert again == first
        assert len(sending.to()) == 1

    def test_is_not_taken_for_another_with_its_key_after_the_answer_was_dropped(
        self, sending: Sending, engagement: Engagement, staff: Staff
    ) -> None:
        bills = [engagement.issued()["id"] for _ in range(2)]
        staff.post("/v1/sends", {"bill_ids": bills[:1]}, key="monthly").ok()
        sending.work_off()
        sending.office.store.world.answers.clear()

        other = staff.post("/v1/sends", {"bill_ids": bills[1:]}, key="monthly")
        otherwise = staff.post(
            "/v1/sends", {"bill_ids": bills[:1], "channels": ["attachment"]}, key="monthly"
        )

        assert "make a new key" in other.problem(409)["detail"]
        assert otherwise.status == 409
        assert len(sending.to()) == 1
