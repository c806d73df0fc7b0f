"""Mail: the same message never leaves twice, whatever dies, and none is lost."""

from __future__ import annotations

from typing import Any

import pytest

from local.dynamodb.faults import Fault
from local.mail.notices import Notice
from tests.cases.side_by_side import SideBySide
from tests.cases.stage import Stage
from tests.cases.wires import LOSE, Crash
from tests.integration.api.office import app
from tests.integration.api.queue_events import failed, sqs_event


def state(stage: Stage, bill: dict[str, Any]) -> str:
    (delivery,) = stage.deliveries(bill)
    return delivery.state.value


def queued(stage: Stage) -> dict[str, Any]:
    """Return a bill whose one message waits for the worker."""
    bill: dict[str, Any] = stage.bill()
    stage.staff.post("/v1/sends", {"bill_ids": [bill["id"]]}).ok()
    return bill


class TestCase25TheWorkerDiesAfterTheProviderAccepted:
    def test_there_is_no_second_mail_and_the_notice_resolves_it(self, stage: Stage) -> None:
        bill = queued(stage)
        stage.leaving.die_after("ses.SendEmail")

        with pytest.raises(Crash):
            stage.work_off_mail()
        for _ in range(5):
            stage.clock.advance(minutes=2)
            stage.work_off_mail()
            stage.sweep()
        in_between = (state(stage, bill), stage.read(bill)["last_sent_at"])
        stage.notice(stage.mail.letters[0], Notice.SEND)

        assert in_between == ("sending", None)
        assert stage.mail.requests == 1
        assert state(stage, bill) == "accepted"
        shown = stage.read(bill)
        assert (shown["times_sent"], shown["delivery_state"]) == (1, "accepted")
        assert shown["last_sent_at"] is not None
        assert stage.event_kinds(bill).count("sent") == 1
        assert stage.tasks() == []

    def test_or_before_it_called_the_provider_a_person_decides(self, stage: Stage) -> None:
        bill = queued(stage)
        stage.leaving.die_at("ses.SendEmail")

        with pytest.raises(Crash):
            stage.work_off_mail()
        stage.work_off_mail()
        stage.clock.advance(minutes=16)
        stage.sweep()

        assert stage.mail.requests == 0
        assert state(stage, bill) == "unknown"
        assert stage.tasks() == ["delivery_unknown"]

    def test_or_before_it_claimed_the_message_it_goes_out_later(self, stage: Stage) -> None:
        bill = queued(stage)
        stage.leaving.die_at("dynamodb.TransactWriteItems")

        with pytest.raises(Crash):
            stage.work_off_mail()
        stage.work_off_mail()

        assert stage.mail.requests == 1
        assert state(stage, bill) == "accepted"


class TestCase26TheAnswerIsLost:
    def test_exactly_one_request_left_and_the_message_is_sending(self, stage: Stage) -> None:
        bill = queued(stage)
        stage.mail.outcomes = [LOSE]

        stage.work_off_mail()
        stage.work_off_mail()

        assert stage.mail.requests == stage.leaving.calls.count("ses.SendEmail") == 1
        assert state(stage, bill) == "sending"
        assert stage.read(bill)["last_sent_at"] is None

    @pytest.mark.parametrize(
        ("notice", "then"),
        [(Notice.SEND, "accepted"), (Notice.DELIVERY, "delivered"), (Notice.BOUNCE, "bounced")],
    )
    def test_and_a_notice_moves_it_on(self, stage: Stage, notice: Notice, then: str) -> None:
        bill = queued(stage)
        stage.mail.outcomes = [LOSE]
        stage.work_off_mail()

        for _ in range(2):
            assert failed(stage.notice(stage.mail.letters[0], notice)) == []

        assert state(stage, bill) == then
        assert stage.read(bill)["times_sent"] == 1
        assert stage.mail.requests == 1

    def test_and_without_a_notice_it_is_unknown_after_fifteen_minutes_and_stays_so(
        self, stage: Stage
    ) -> None:
        bill = queued(stage)
        stage.mail.outcomes = [LOSE]
        stage.work_off_mail()

        states = []
        for minutes in (14, 2, 60, 60 * 24):
            stage.clock.advance(minutes=minutes)
            stage.sweep()
            stage.work_off_mail()
            states.append(state(stage, bill))

        assert states == ["sending", "unknown", "unknown", "unknown"]
        assert stage.tasks() == ["delivery_unknown"]
        assert stage.mail.requests == 1

    def test_and_a_notice_that_comes_later_still_settles_it(self, stage: Stage) -> None:
        bill = queued(stage)
        stage.mail.outcomes = [LOSE]
        stage.work_off_mail()
        stage.clock.advance(minutes=16)
        stage.sweep()

        stage.notice(stage.mail.letters[0], Notice.DELIVERY)

        assert state(stage, bill) == "delivered"
        assert stage.read(bill)["delivery_state"] == "delivered"

    def test_of_the_queue_itself_the_sweep_finds_the_message(self, stage: Stage) -> None:
        bill = queued(stage)
        stage.queue.take_all()

        stage.clock.advance(seconds=61)
        stage.sweep()
        stage.work_off_mail()

        assert state(stage, bill) == "accepted"
        assert stage.mail.requests == 1


class TestCase27TheQueueDeliversAJobTwiceAtOnce:
    @pytest.mark.parametrize("seed", range(4))
    def test_one_mail_goes_out(self, stage: Stage, seed: int) -> None:
        bill = queued(stage)
        batch = sqs_event(stage.queue.take_all())

        answers = SideBySide[dict[str, Any]](stage.leaving, seed).run(
            [lambda: app("deliver_mail").handler(batch, None)] * 3
        )

        assert [failed(answer) for answer in answers] == [[], [], []]
        assert stage.mail.requests == 1
        assert state(stage, bill) == "accepted"
        assert stage.read(bill)["times_sent"] == 1

    @pytest.mark.parametrize("seed", range(4))
    def test_also_where_the_table_is_busy(self, stage: Stage, seed: int) -> None:
        bill = queued(stage)
        batch = sqs_event(stage.queue.take_all())
        stage.engine.inject(Fault.CONFLICT, operation="TransactWriteItems", times=3, skip=seed)

        SideBySide[dict[str, Any]](stage.leaving, seed).run(
            [lambda: app("deliver_mail").handler(batch, None)] * 2
        )

        assert stage.mail.requests == 1
        assert state(stage, bill) == "accepted"
