"""The line before the mail provider: never faster than the quota, never idle, prompt mail ahead of bulk."""

from __future__ import annotations

import bisect
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feenote.adapters.dynamodb.kept_rate import SHARE_OF_QUOTA
from feenote.adapters.dynamodb.pace import DynamoPace
from feenote.domain.deliveries import Lane
from feenote.service.ports import NoTurnError, Pace
from local.mail.quota import SendQuota
from tests.fakes.pace import FakePace
from tests.fakes.virtual_time import VirtualTime
from tests.integration.dynamodb.stores import DynamoStore

QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass
class Quota:
    """An account whose rate a test sets; None: it does not answer."""

    rate: float | None
    asked: int = 0

    def max_send_rate(self) -> float | None:
        self.asked += 1
        return self.rate


@dataclass
class Gone:
    """A message that went out: when, to how many, and how long it had waited since its worker had it."""

    at: float
    recipients: int
    waited: float


@dataclass
class Post:
    """Workers over one table, in virtual time."""

    dynamo: DynamoStore
    rate: float = 20.0
    patience_s: float = 3_600.0
    time: VirtualTime = field(default_factory=VirtualTime)
    gone: dict[Lane, list[Gone]] = field(default_factory=lambda: defaultdict(list))
    without_turn: int = 0

    def __post_init__(self) -> None:
        # Each example begins with an empty line, long after the one before.
        self.dynamo.client.delete_item(
            TableName=self.dynamo.table_name, Key={"pk": {"S": "PACE#mail"}, "sk": {"S": "PACE"}}
        )
        self.quota = Quota(self.rate / SHARE_OF_QUOTA)

    def pace(self) -> DynamoPace:
        """Return the pace of another process."""
        return DynamoPace(
            self.dynamo.table,
            self.quota,
            patience_s=self.patience_s,
            now=self.time.now,
            sleep=self.time.sleep,
        )

    def worker(
        self, batches: Iterable[Sequence[int]], lane: Lane, *, work_s: float = 0.0, starts_s: float = 0.0
    ) -> Callable[[], None]:
        """Return a worker's life: batch after batch, message after message."""

        def live() -> None:
            self.time.sleep(starts_s)
            pace = self.pace()
            for batch in batches:
                since = self.time.now()
                turns = pace.turns(batch, lane=lane)
                for recipients in batch:
                    try:
                        next(turns)
                    except NoTurnError:
                        self.without_turn += 1
                        continue
                    now = self.time.now()
                    self.gone[lane].append(Gone(now, recipients, now - since))
                    self.time.sleep(work_s)

        return live

    def all_gone(self) -> list[Gone]:
        return sorted((gone for lane in self.gone.values() for gone in lane), key=lambda gone: gone.at)


def busiest_second(gone: Sequence[Gone]) -> int:
    """Return the most recipients within any second; of a window's last message, one of its recipients."""
    times = [round(one.at * 1_000_000) for one in gone]
    most = 0
    for first, begins in enumerate(times):
        within = bisect.bisect_left(times, begins + 1_000_000)
        most = max(most, 1 + sum(one.recipients for one in gone[first : within - 1]))
    return most


@pytest.fixture(params=["fake", "dynamodb"])
def any_pace(request: pytest.FixtureRequest) -> Iterator[Pace]:
    if request.param == "fake":
        yield FakePace()
        return
    dynamo: DynamoStore = request.getfixturevalue("dynamo")
    yield Post(dynamo).pace()


class TestEveryPace:
    @pytest.mark.parametrize("recipients", [[], [1], [3, 1, 50]])
    @pytest.mark.parametrize("lane", list(Lane))
    def test_gives_each_message_its_turn(self, any_pace: Pace, recipients: list[int], lane: Lane) -> None:
        assert len(list(any_pace.turns(recipients, lane=lane))) == len(recipients)

    def test_tells_how_fast_mail_may_go(self, any_pace: Pace) -> None:
        assert any_pace.per_second() > 0


class TestTheLine:
    @QUICK
    @given(
        rate=st.sampled_from([1, 5, 14, 40]),
        workers=st.lists(
            st.tuples(
                st.sampled_from(list(Lane)),
                st.lists(st.integers(1, 10), min_size=1, max_size=3),
                st.floats(0.0, 2.0),
            ),
            min_size=1,
            max_size=8,
        ),
    )
    def test_lets_no_more_go_in_any_second_than_the_rate(
        self,
        dynamo: DynamoStore,
        rate: int,
        workers: list[tuple[Lane, list[int], float]],
    ) -> None:
        post = Post(dynamo, rate)

        post.time.run(
            [
                post.worker([[1] * size for size in sizes], lane, starts_s=starts)
                for lane, sizes, starts in workers
            ]
        )

        assert len(post.all_gone()) == sum(sum(sizes) for _, sizes, _ in workers)
        assert busiest_second(post.all_gone()) <= rate

    @QUICK
    @given(batches=st.lists(st.lists(st.integers(1, 12), min_size=1, max_size=10), min_size=1, max_size=6))
    def test_counts_recipients_and_not_messages(self, dynamo: DynamoStore, batches: list[list[int]]) -> None:
        post = Post(dynamo, 10)

        post.time.run([post.worker([batch], Lane.PROMPT) for batch in batches])

        assert sum(one.recipients for one in post.all_gone()) == sum(map(sum, batches))
        assert busiest_second(post.all_gone()) <= 10

    @pytest.mark.parametrize("lane", list(Lane))
    @pytest.mark.parametrize("rate", [5.0, 14.0, 200.0])
    def test_is_never_idle_while_somebody_waits(self, dynamo: DynamoStore, lane: Lane, rate: float) -> None:
        post = Post(dynamo, rate)
        batches = [[1] * 10] * 4

        post.time.run([post.worker(batches, lane) for _ in range(6)])

        gone = post.all_gone()
        assert len(gone) == 240
        assert gone[-1].at - gone[0].at == pytest.approx(239 / rate, rel=0.01)

    def test_is_taken_with_one_call_for_a_batch(self, dynamo: DynamoStore) -> None:
        post = Post(dynamo, 14)
        pace = post.pace()
        _ = pace.per_second(), list(pace.turns([1], lane=Lane.PROMPT))
        before = dynamo.calls()

        for _ in pace.turns([1] * 10, lane=Lane.PROMPT):
            pass

        assert dynamo.calls() - before == 1

    def test_takes_a_second_at_most_at_once(self, dynamo: DynamoStore) -> None:
        post = Post(dynamo, 2)
        first, second = post.pace(), post.pace()
        post.time.run(
            [
                post.worker([[1] * 10], Lane.PROMPT),
                post.worker([[1]], Lane.PROMPT, starts_s=0.1),
            ]
        )

        assert first.per_second() == second.per_second() == pytest.approx(2)
        assert min(one.waited for one in post.all_gone() if one.waited > 0) <= 1.0


class TestWorkersThatAreLate:
    """Their messages take longer than their turns are apart, and not always as long."""

    @pytest.mark.parametrize("workers", [3, 10])
    def test_are_not_refused_by_a_provider_that_counts(self, dynamo: DynamoStore, workers: int) -> None:
        post = Post(dynamo, 14 * SHARE_OF_QUOTA)
        provider = SendQuota(14, seconds=post.time.now)

        def worker(seed: int) -> Callable[[], None]:
            chance = random.Random(seed)

            def live() -> None:
                pace = post.pace()
                for _ in range(5):
                    for _ in pace.turns([1] * 10, lane=Lane.BULK):
                        post.time.sleep(chance.uniform(0.03, 0.3))
                        provider.take(1)
                        post.time.sleep(chance.uniform(0.02, 0.2))

            return live

        post.time.run([worker(seed) for seed in range(workers)])

        assert (provider.taken, provider.refused) == (50 * workers, 0)


class TestPromptMail:
    @pytest.mark.parametrize("rate", [5.0, 14.0, 100.0])
    def test_waits_for_bulk_mail_a_second_at_most(self, dynamo: DynamoStore, rate: float) -> None:
        post = Post(dynamo, rate)
        bulk = [post.worker([[1] * 10] * 5, Lane.BULK) for _ in range(6)]
        prompt = [post.worker([[1]], Lane.PROMPT, starts_s=0.7 * number) for number in range(4)]

        post.time.run([*bulk, *prompt])

        assert len(post.gone[Lane.BULK]) == 300
        assert max(one.waited for one in post.gone[Lane.PROMPT]) <= 1.0 + 4 / rate

    def test_waits_for_one_large_message_of_bulk_mail_at_most(self, dynamo: DynamoStore) -> None:
        post = Post(dynamo, 10)
        bulk = [post.worker([[50]] * 2, Lane.BULK) for _ in range(3)]

        post.time.run([*bulk, post.worker([[1]], Lane.PROMPT, starts_s=0.5)])

        (prompt,) = post.gone[Lane.PROMPT]
        assert prompt.waited <= 5.0 + 0.1

    def test_goes_before_bulk_mail_that_was_there_first(self, dynamo: DynamoStore) -> None:
        post = Post(dynamo, 10)
        bulk = [post.worker([[1] * 10] * 2, Lane.BULK) for _ in range(4)]

        post.time.run([*bulk, post.worker([[1] * 30], Lane.PROMPT, starts_s=0.5)])

        last_prompt = post.gone[Lane.PROMPT][-1].at
        assert sum(one.at > last_prompt for one in post.gone[Lane.BULK]) >= 40


class TestWhoFindsNoTurn:
    @pytest.mark.parametrize("lane", list(Lane))
    def test_is_told_so_within_the_patience_and_for_every_message_after(
        self, dynamo: DynamoStore, lane: Lane
    ) -> None:
        post = Post(dynamo, 10, patience_s=4.0)
        before = post.time.now()

        post.time.run([post.worker([[1] * 30], lane) for _ in range(4)])

        gone = post.all_gone()
        assert len(gone) + post.without_turn == 120
        assert 40 <= len(gone) <= 55
        assert gone[-1].at - before <= 4.0 + 1.0

    def test_asks_the_table_no_more_for_the_rest_of_the_batch(self, dynamo: DynamoStore) -> None:
        post = Post(dynamo, 10, patience_s=1.0)
        post.time.run([post.worker([[30]], Lane.PROMPT)])
        turns = post.pace().turns([1, 1, 1], lane=Lane.PROMPT)
        with pytest.raises(NoTurnError):
            next(turns)
        before = dynamo.calls()

        for _ in range(2):
            with pytest.raises(NoTurnError):
                next(turns)

        assert dynamo.calls() == before

    def test_takes_no_part_of_the_line(self, dynamo: DynamoStore) -> None:
        post = Post(dynamo, 10, patience_s=1.0)
        post.time.run([post.worker([[30]], Lane.PROMPT)])

        post.time.run([post.worker([[1]], lane) for lane in Lane])
        post.time.sleep(3.0)
        post.time.run([post.worker([[1]], Lane.PROMPT)])

        assert post.without_turn == 2
        assert post.gone[Lane.PROMPT][-1].waited == 0.0

    @pytest.mark.parametrize("lane", list(Lane))
    def test_is_not_held_up_by_a_line_that_a_clock_far_ahead_has_made(
        self, dynamo: DynamoStore, lane: Lane
    ) -> None:
        post = Post(dynamo, 10, patience_s=1.0)
        ahead = DynamoPace(dynamo.table, post.quota, patience_s=1.0, now=lambda: post.time.now() + 86_400.0)
        next(ahead.turns([1], lane=Lane.PROMPT))

        post.time.run([post.worker([[1, 1, 1]], lane)])

        assert (len(post.gone[lane]), post.without_turn) == (3, 0)
        assert post.gone[lane][-1].waited <= 1.0

    def test_is_held_up_by_a_turn_for_good_nowhere(self, dynamo: DynamoStore) -> None:
        post = Post(dynamo, 10, patience_s=1.0)
        turns = post.pace().turns([1, 1], lane=Lane.PROMPT)
        next(turns)

        post.time.sleep(60.0)
        post.time.run([post.worker([[1]], Lane.BULK)])

        assert [one.waited for one in post.gone[Lane.BULK]] == [0.0]


class TestTheRate:
    def test_is_a_little_under_the_quota(self, dynamo: DynamoStore) -> None:
        post = Post(dynamo)
        post.quota.rate = 14.0

        assert post.pace().per_second() == pytest.approx(13.3)

    def test_is_asked_for_once_in_five_minutes_by_all_together(self, dynamo: DynamoStore) -> None:
        post = Post(dynamo)
        paces = [post.pace() for _ in range(10)]

        for _ in range(3):
            assert len({round(pace.per_second(), 3) for pace in paces}) == 1
            post.time.sleep(99.0)
        assert post.quota.asked == 1

        post.time.sleep(10.0)
        post.quota.rate = 50.0
        assert {round(pace.per_second(), 3) for pace in paces} == {47.5}
        assert post.quota.asked == 2

    def test_is_the_last_known_while_nobody_answers(self, dynamo: DynamoStore) -> None:
        post = Post(dynamo)
        post.quota.rate = 14.0
        known = post.pace().per_second()
        post.time.sleep(1_000.0)
        post.quota.rate = None
        fresh = post.pace()

        assert fresh.per_second() == pytest.approx(known, abs=0.001)
        assert fresh.per_second() == pytest.approx(known, abs=0.001)
        assert post.quota.asked == 2

        post.time.sleep(31.0)
        post.quota.rate = 28.0
        assert fresh.per_second() == pytest.approx(26.6)

    def test_is_one_a_second_before_anybody_told(self, dynamo: DynamoStore) -> None:
        post = Post(dynamo)
        post.quota.rate = None

        assert post.pace().per_second() == 1.0

    def test_told_by_a_clock_far_ahead_is_asked_for_again(self, dynamo: DynamoStore) -> None:
        post = Post(dynamo)
        ahead = DynamoPace(dynamo.table, post.quota, patience_s=1.0, now=lambda: post.time.now() + 86_400.0)
        ahead.per_second()

        post.pace().per_second()

        assert post.quota.asked == 2
