"""Cases 25 to 27 and 30 with a send of many bills: whatever dies or comes twice, each mail goes once."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from local.mail.notices import Notice
from tests.cases.side_by_side import SideBySide
from tests.cases.stage import Stage
from tests.cases.wires import LOSE, PAUSE, Crash
from tests.integration.api.office import Answer, app
from tests.integration.api.queue_events import failed, sqs_event
from tests.simulation.outside import SimRenderer

BILLS = 12

Json = Any


def begun(stage: Stage, count: int = BILLS) -> str:
    """Return a send of many bills of which nothing is prepared yet."""
    # What is tried is the way of the mails: how a PDF looks is another matter, and takes its time.
    stage.system.renderer = SimRenderer()
    owner = stage.engage()
    bills = [stage.bill(owner)["id"] for _ in range(count)]
    send_id: str = stage.staff.post("/v1/sends", {"bill_ids": bills}).ok()["send_id"]
    return send_id


def progress(stage: Stage, send_id: str) -> tuple[str, dict[str, int]]:
    """Return how far a send is: its state, and the counts that are not zero."""
    shown = stage.staff.get(f"/v1/sends/{send_id}").ok()
    return shown["state"], {name: count for name, count in shown["counts"].items() if count}


def mails(stage: Stage) -> Counter[str]:
    """Return how often each message went out."""
    return Counter(dict(letter.tags)["delivery_id"] for letter in stage.mail.letters)


def work_on(stage: Stage, minutes: int = 40) -> None:
    """Let queues and sweep do their work for a while."""
    for _ in range(minutes // 4):
        stage.work_off_sends()
        stage.work_off_mail()
        stage.clock.advance(minutes=4)
        stage.sweep()


class TestCase25AWorkerDiesInTheMiddleOfASend:
    @pytest.mark.parametrize("number", [1, 2, 7, 12])
    def test_while_it_prepares_a_chunk_and_each_bill_is_mailed_once(self, stage: Stage, number: int) -> None:
        send_id = begun(stage)
        stage.leaving.die_at("dynamodb.TransactWriteItems", number=number)

        with pytest.raises(Crash):
            stage.work_off_sends()
        work_on(stage)

        assert progress(stage, send_id) == ("done", {"accepted": BILLS})
        assert sorted(mails(stage).values()) == [1] * BILLS

    def test_also_where_the_queue_forgot_the_chunk(self, stage: Stage) -> None:
        send_id = begun(stage)
        stage.leaving.die_at("dynamodb.TransactWriteItems", number=5)
        with pytest.raises(Crash):
            stage.work_off_sends()
        stage.send_queue.take_all()
        stage.queue.take_all()

        work_on(stage)

        assert progress(stage, send_id) == ("done", {"accepted": BILLS})
        assert sorted(mails(stage).values()) == [1] * BILLS

    def test_after_the_provider_took_a_mail_and_only_its_notice_tells(self, stage: Stage) -> None:
        send_id = begun(stage)
        stage.work_off_sends()
        stage.leaving.die_after("ses.SendEmail")

        with pytest.raises(Crash):
            stage.work_off_mail()
        work_on(stage, minutes=12)
        in_between = progress(stage, send_id)
        stage.notice(stage.mail.letters[0], Notice.SEND)

        assert in_between == ("running", {"accepted": BILLS - 1, "sending": 1})
        assert progress(stage, send_id) == ("done", {"accepted": BILLS})
        assert sorted(mails(stage).values()) == [1] * BILLS


class TestCase26AnswersAreLostInTheMiddleOfASend:
    def test_these_are_unknown_and_a_persons_and_all_others_are_done(self, stage: Stage) -> None:
        send_id = begun(stage)
        stage.work_off_sends()
        stage.mail.outcomes = ["accept", LOSE, "accept", LOSE]

        work_on(stage)

        assert progress(stage, send_id) == ("done", {"accepted": BILLS - 2, "unknown": 2})
        assert stage.tasks() == ["delivery_unknown"] * 2
        assert stage.mail.requests == BILLS
        assert sorted(mails(stage).values()) == [1] * BILLS


class TestCase27TheQueueBringsAChunkTwiceAtOnce:
    @pytest.mark.parametrize("seed", range(3))
    def test_each_bill_is_mailed_once(self, stage: Stage, seed: int) -> None:
        send_id = begun(stage)
        batch = sqs_event(stage.send_queue.take_all())

        answers = SideBySide[Json](stage.leaving, seed).run(
            [lambda: app("prepare_sends").handler(batch, None)] * 2
        )
        again = [bool(failed(answer)) for answer in answers]
        if any(again):
            app("prepare_sends").handler(batch, None)
        work_on(stage, minutes=8)

        assert not all(again)
        assert progress(stage, send_id) == ("done", {"accepted": BILLS})
        assert sorted(mails(stage).values()) == [1] * BILLS


class TestASendAskedForTwiceAtOnce:
    @pytest.mark.parametrize("seed", range(6))
    def test_with_one_idempotency_key_is_one_send(self, stage: Stage, seed: int) -> None:
        stage.system.renderer = SimRenderer()
        body = {"bill_ids": [stage.bill()["id"] for _ in range(2)]}

        answers = SideBySide[Answer](stage.leaving, seed).run(
            [lambda: stage.staff.post("/v1/sends", body, key="k1")] * 2
        )
        again = stage.staff.post("/v1/sends", body, key="k1")
        work_on(stage, minutes=12)

        assert {answer.status for answer in answers} <= {202, 409}
        assert {answer.json["send_id"] for answer in (*answers, again) if answer.status == 202} == {
            again.ok()["send_id"]
        }
        assert sorted(mails(stage).values()) == [1, 1]


class TestCase30SendingIsPausedInTheMiddle:
    def test_by_the_provider_and_goes_on_later_without_a_double(self, stage: Stage) -> None:
        send_id = begun(stage)
        stage.work_off_sends()
        stage.mail.outcomes = ["accept"] * 4 + [PAUSE] * 100

        stage.work_off_mail()
        before = progress(stage, send_id)
        for _ in range(6):
            stage.clock.advance(hours=12)
            stage.sweep()
            stage.work_off_mail()
        three_days_later = progress(stage, send_id)
        stage.mail.outcomes = []
        work_on(stage, minutes=8)

        assert before == three_days_later == ("running", {"accepted": 4, "queued": BILLS - 4})
        assert progress(stage, send_id) == ("done", {"accepted": BILLS})
        assert sorted(mails(stage).values()) == [1] * BILLS
        assert stage.tasks() == []

    def test_by_a_person_and_goes_on_when_it_is_taken_up(self, stage: Stage) -> None:
        send_id = begun(stage)
        stage.work_off_sends()
        jobs = stage.queue.take_all()
        stage.queue.put(jobs[:5])
        stage.work_off_mail()

        stage.staff.post(f"/v1/sends/{send_id}/stop").ok()
        stage.queue.put(jobs[5:])
        stage.work_off_mail()
        work_on(stage, minutes=60)
        paused = progress(stage, send_id)
        stage.staff.post(f"/v1/sends/{send_id}/resume").ok()
        work_on(stage, minutes=8)

        assert paused == ("stopped", {"accepted": 5, "queued": BILLS - 5})
        assert progress(stage, send_id) == ("done", {"accepted": BILLS})
        assert sorted(mails(stage).values()) == [1] * BILLS

    @pytest.mark.parametrize("seed", range(6))
    def test_and_taken_up_while_workers_are_at_it_mails_each_bill_once(self, stage: Stage, seed: int) -> None:
        send_id = begun(stage)
        stop, resume = (
            functools.partial(stage.staff.post, f"/v1/sends/{send_id}/{act}") for act in ("stop", "resume")
        )

        turns: Sequence[Sequence[Callable[[], object]]] = (
            [stage.work_off_sends, stop],
            [stage.work_off_mail, resume, stage.work_off_sends],
            [stop, stage.work_off_mail, resume],
        )
        for acts in turns:
            SideBySide[object](stage.leaving, seed).run(acts)
        resume()
        work_on(stage)

        assert progress(stage, send_id) == ("done", {"accepted": BILLS})
        assert sorted(mails(stage).values()) == [1] * BILLS

    @pytest.mark.parametrize("dies", ["stop", "resume"])
    @pytest.mark.parametrize("number", [1, 2, 3])
    def test_and_a_crash_while_it_is_stopped_or_taken_up_loses_nothing(
        self, stage: Stage, dies: str, number: int
    ) -> None:
        send_id = begun(stage)
        stage.work_off_sends()
        acts = ["stop", "resume"]
        for act in acts:
            if act == dies:
                calls = _count_writes(stage, number)
                try:
                    stage.staff.post(f"/v1/sends/{send_id}/{act}")
                except Crash:
                    assert len(calls) == number
            stage.staff.post(f"/v1/sends/{send_id}/{act}")
        work_on(stage)

        assert progress(stage, send_id) == ("done", {"accepted": BILLS})
        assert sorted(mails(stage).values()) == [1] * BILLS


def _count_writes(stage: Stage, number: int) -> list[str]:
    """Let the process die just before the so-manieth call from now; return those that wanted to leave."""
    calls: list[str] = []

    def watch(call: str) -> None:
        calls.append(call)
        if len(calls) == number:
            stage.leaving.watchers.remove(watch)
            raise Crash(call)

    stage.leaving.watchers.append(watch)
    return calls
