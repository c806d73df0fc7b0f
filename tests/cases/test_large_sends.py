"""What a large send costs: as many calls to answer, to follow and to stop as one of ten bills."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from tests.cases.stage import Stage


def calls_of(stage: Stage, act: Callable[[], object]) -> Counter[str]:
    """Return what left while something was done."""
    before = len(stage.leaving.calls)
    act()
    return Counter(stage.leaving.calls[before:])


def sent_of(stage: Stage, count: int) -> str:
    """Return a send of so many bills, of which one is there, so far as to have results for all."""
    bills = [stage.bill()["id"], *(f"bill_missing{number}" for number in range(count - 1))]
    send_id: str = stage.staff.post("/v1/sends", {"bill_ids": bills}).ok()["send_id"]
    while stage.work_off_sends():
        pass
    stage.work_off_mail()
    return send_id


class TestAskingForALargeSend:
    def test_makes_as_few_calls_for_ten_thousand_bills_as_for_a_thousand(self, stage: Stage) -> None:
        stage.engage()
        counted = []
        for count in (1_000, 10_000):
            bills = [f"bill_{count}x{number}" for number in range(count)]
            counted.append(
                calls_of(stage, lambda: stage.staff.post("/v1/sends", {"bill_ids": bills}).ok())  # noqa: B023 - called at once
            )
            assert len(stage.send_queue.take_all()) == count // 125

        assert counted[0] == counted[1]
        assert counted[0]["dynamodb.TransactWriteItems"] == 1
        assert counted[0].total() <= 3

    def test_with_an_idempotency_key_adds_only_what_keeps_the_answer(self, stage: Stage) -> None:
        bills = [f"bill_{number}" for number in range(10_000)]

        counted = calls_of(stage, lambda: stage.staff.post("/v1/sends", {"bill_ids": bills}, key="k1").ok())

        assert counted["dynamodb.TransactWriteItems"] == 1
        assert counted.total() <= 6

    def test_takes_the_most_bills_with_the_longest_ids_and_what_was_seen_of_each(self, stage: Stage) -> None:
        bills = [f"bill_{number:095d}" for number in range(10_000)]
        message = {"subject": "é" * 300, "body": "é" * 20_000}
        body = {
            "bill_ids": bills,
            "seen": dict.fromkeys(bills, "r" * 60),
            "message": message,
            "recipients": [f"con_{number:096d}" for number in range(50)],
        }

        send_id = stage.staff.post("/v1/sends", body, key="k" * 60).ok()["send_id"]
        stage.send_queue.jobs = [stage.send_queue.jobs[0], stage.send_queue.jobs[-1]]
        stage.work_off_sends()

        shown = stage.staff.get(f"/v1/sends/{send_id}").ok()
        assert (shown["counts"]["skipped"], shown["counts"]["waiting"]) == (250, 9_750)


class TestFollowingALargeSend:
    def test_makes_as_few_calls_for_a_thousand_bills_as_for_ten(self, stage: Stage) -> None:
        small, large = sent_of(stage, 10), sent_of(stage, 1_000)

        for what in ("", "/results"):
            counted = [
                calls_of(stage, lambda: stage.staff.get(f"/v1/sends/{send_id}{what}", **asked).ok())  # noqa: B023 - called at once
                for send_id in (small, large)
                for asked in ({"limit": "10"} if what else {},)
            ]
            assert counted[0] == counted[1]
            assert counted[0].total() <= 3

    def test_a_page_of_two_hundred_results_costs_one_call_for_each_hundred_messages(
        self, stage: Stage
    ) -> None:
        owner = stage.engage()
        bills = [stage.bill(owner)["id"] for _ in range(12)]
        send_id = stage.staff.post("/v1/sends", {"bill_ids": bills}).ok()["send_id"]
        stage.work_off_sends()

        counted = calls_of(stage, lambda: stage.staff.get(f"/v1/sends/{send_id}/results", limit="200").ok())

        assert counted == Counter({"dynamodb.GetItem": 1, "dynamodb.Query": 1, "dynamodb.BatchGetItem": 1})

    def test_stopping_costs_the_same_and_resuming_a_call_for_each_chunk(self, stage: Stage) -> None:
        counted = []
        for count in (1_000, 10_000):
            bills = [f"bill_{count}x{number}" for number in range(count)]
            send_id = stage.staff.post("/v1/sends", {"bill_ids": bills}).ok()["send_id"]
            stopped = calls_of(stage, lambda: stage.staff.post(f"/v1/sends/{send_id}/stop").ok())  # noqa: B023 - called at once
            resumed = calls_of(stage, lambda: stage.staff.post(f"/v1/sends/{send_id}/resume").ok())  # noqa: B023 - called at once
            counted.append((stopped, resumed))

        assert counted[0][0] == counted[1][0]
        assert counted[1][0].total() <= 6
        assert counted[1][1].total() <= 10
