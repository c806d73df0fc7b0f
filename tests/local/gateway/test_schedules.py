"""Schedules run by the clock that can be moved, and by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from local.loops.schedules import next_run
from local.testing import call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.machine import Machine

TABLE = "feenote-Data-Table"
SWITCH: dict[str, Any] = {"pk": {"S": "SWITCH"}, "sk": {"S": "FAIL"}}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def in_june(machine: Machine) -> Iterator[Machine]:
    """The clock stands at 08:00 in New York on 1 June 2027."""
    before = machine.clock.offset
    call(machine.base_url, "POST", "/_local/clock", body={"now": "2027-06-01T12:00:00Z"})
    yield machine
    machine.clock.advance(before - machine.clock.offset)


def ticks(machine: Machine) -> list[str]:
    answer = machine.clients.dynamodb.query(
        TableName=TABLE,
        KeyConditionExpression="pk = :tick",
        ExpressionAttributeValues={":tick": {"S": "TICK"}},
    )
    return [item["sk"]["S"] for item in answer["Items"]]


class TestNextRun:
    def test_of_a_rate_is_that_much_later(self) -> None:
        assert next_run("rate(1 minute)", after=at("2026-11-22T09:00:30")) == at("2026-11-22T09:01:30")
        assert next_run("rate(6 hours)", after=at("2026-11-22T09:00")) == at("2026-11-22T15:00")

    def test_of_a_time_of_day_follows_the_time_zone(self) -> None:
        due = next_run("cron(0 9 * * ? *)", after=at("2026-06-01T12:00"), time_zone="America/New_York")

        assert due == at("2026-06-01T13:00")

    def test_counts_the_days_of_the_week_as_eventbridge_does(self) -> None:
        # 22 November 2026 is a Sunday; 2 is Monday there.
        assert next_run("cron(0 9 ? * 2 *)", after=at("2026-11-22T09:00")) == at("2026-11-23T09:00")
        assert next_run("cron(0 9 ? * MON-FRI *)", after=at("2026-11-22T09:00")) == at("2026-11-23T09:00")

    def test_of_anything_else_is_refused(self) -> None:
        with pytest.raises(ValueError, match="not a schedule"):
            next_run("daily", after=at("2026-11-22T09:00"))


class TestAMovedClock:
    def test_runs_what_became_due_with_the_products_clock_at_that_time(self, in_june: Machine) -> None:
        reply = call(in_june.base_url, "POST", "/_local/clock", body={"now": "2027-06-01T13:00:01Z"})

        assert reply.json()["ran"] == ["tick"]
        assert ticks(in_june)[-1].startswith("2027-06-01T13:00:0")

    def test_runs_nothing_before_its_time(self, in_june: Machine) -> None:
        reply = call(in_june.base_url, "POST", "/_local/clock", body={"advance_seconds": 3000})

        assert reply.json()["ran"] == []

    def test_runs_once_after_a_long_jump(self, in_june: Machine) -> None:
        before = len(ticks(in_june))

        reply = call(in_june.base_url, "POST", "/_local/clock", body={"advance_seconds": 30 * 86400})

        assert reply.json()["ran"] == ["tick"]
        assert len(ticks(in_june)) == before + 1

    def test_tells_the_time_and_how_far_it_is_ahead(self, in_june: Machine) -> None:
        told = call(in_june.base_url, "GET", "/_local/clock").json()

        assert told["now"].startswith("2027-06-01T12:00:")
        assert told["ahead_seconds"] == pytest.approx(in_june.clock.offset.total_seconds())

    @pytest.mark.parametrize("wish", [{}, {"now": "soon"}, {"advance_seconds": "60"}, [1]])
    def test_refuses_what_is_no_time(self, machine: Machine, wish: Any) -> None:
        assert call(machine.base_url, "POST", "/_local/clock", body=wish).status == 400


class TestARunByHand:
    def test_answers_what_the_function_answered(self, machine: Machine) -> None:
        reply = call(machine.base_url, "POST", "/_local/run/tick")

        assert reply.status == 200
        assert reply.json()["answer"]["at"] in ticks(machine)

    def test_of_a_function_that_does_not_exist_is_404(self, machine: Machine) -> None:
        assert call(machine.base_url, "POST", "/_local/run/nothing").status == 404


class TestAScheduledFunctionThatFails:
    def test_is_tried_three_times_and_its_event_becomes_a_dead_letter(self, in_june: Machine) -> None:
        before = len(ticks(in_june))
        in_june.clients.dynamodb.put_item(TableName=TABLE, Item=SWITCH)

        call(in_june.base_url, "POST", "/_local/clock", body={"now": "2027-06-01T13:00:01Z"})

        in_june.clients.dynamodb.delete_item(TableName=TABLE, Key=SWITCH)
        url = in_june.clients.sqs.get_queue_url(QueueName="feenote-Mail-ScheduleDeadLetters")["QueueUrl"]
        letters = in_june.clients.sqs.receive_message(QueueUrl=url)["Messages"]
        assert len(ticks(in_june)) == before + 3
        assert '"aws.scheduler"' in letters[0]["Body"]
