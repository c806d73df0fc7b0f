"""The task of a message's bad news: graver words win while it is open, what was ticked off stays so."""

from __future__ import annotations

from itertools import permutations

import pytest

from feenote.domain.deliveries import Delivery, DeliveryState, Notice
from feenote.domain.events import Task
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import FIRM, minutes
from tests.integration.dynamodb.sending import claimed, message
from tests.integration.dynamodb.stores import Store

TASK = "tsk_1"


def tell(store: Store, delivery: Delivery, notice: Notice, *, at: float = 5) -> None:
    """Tell a notice with a task in its own words and an event of its own."""
    store.deliveries.noticed(
        delivery,
        notice,
        message_id="ses",
        at=minutes(at),
        event=samples.event(f"evt_{notice.value}"),
        task=samples.task(TASK, what=notice.value, created_at=minutes(at)),
    )


def open_tasks(store: Store) -> tuple[Task, ...]:
    return store.tasks.list_open(FIRM, limit=9, cursor=None).items


def words(store: Store) -> list[str]:
    return [task.what for task in open_tasks(store)]


def events(store: Store) -> set[str]:
    return {event.id for event in store.bills.timeline(FIRM, "bill_1", limit=9, cursor=None).items}


class TestATask:
    def test_gets_the_words_of_graver_news_of_the_same_state(self, store: Store) -> None:
        (made,) = claimed(store, message(1))
        tell(store, made, Notice.SOFT_BOUNCE)
        tell(store, made, Notice.HARD_BOUNCE, at=6)
        assert words(store) == ["hard_bounce"]
        assert events(store) == {"evt_soft_bounce", "evt_hard_bounce"}
        assert store.deliveries.get(FIRM, "dlv_1").state_since_at == minutes(5)

    def test_keeps_its_words_where_the_news_is_lesser(self, store: Store) -> None:
        (made,) = claimed(store, message(1))
        tell(store, made, Notice.HARD_BOUNCE)
        tell(store, made, Notice.SOFT_BOUNCE, at=6)
        assert words(store) == ["hard_bounce"]
        assert events(store) == {"evt_hard_bounce"}

    @pytest.mark.parametrize(
        "order", list(permutations((Notice.SOFT_BOUNCE, Notice.HARD_BOUNCE, Notice.COMPLAINT)))
    )
    def test_ends_with_the_gravest_words_in_every_order(
        self, store: Store, order: tuple[Notice, ...]
    ) -> None:
        (made,) = claimed(store, message(1))
        for _ in range(2):
            for notice in order:
                tell(store, made, notice)
        assert words(store) == ["complaint"]
        assert store.deliveries.get(FIRM, "dlv_1").state is DeliveryState.COMPLAINED

    def test_of_doubt_gets_the_words_of_a_bounce(self, store: Store) -> None:
        (made,) = claimed(store, message(1))
        store.deliveries.became_unknown(made, at=minutes(20), task=samples.task(TASK, what="unknown"))
        tell(store, store.deliveries.get(FIRM, "dlv_1"), Notice.SOFT_BOUNCE, at=21)
        assert words(store) == ["soft_bounce"]

    def test_is_not_made_by_a_refusal_of_what_was_delivered(self, store: Store) -> None:
        (made,) = claimed(store, message(1))
        store.deliveries.noticed(
            made, Notice.DELIVERY, message_id="ses", at=minutes(4), event=None, task=None
        )
        tell(store, made, Notice.REJECT)
        assert (words(store), events(store)) == ([], set())


class TestATaskTickedOff:
    @pytest.mark.parametrize("again", [Notice.HARD_BOUNCE, Notice.SOFT_BOUNCE])
    def test_does_not_open_again_for_the_same_or_lesser_news(self, store: Store, again: Notice) -> None:
        (made,) = claimed(store, message(1))
        tell(store, made, Notice.HARD_BOUNCE)
        store.tasks.done(FIRM, TASK, by="user_1", at=minutes(6))
        tell(store, made, again, at=7)
        assert words(store) == []
        assert store.tasks.done(FIRM, TASK, by="user_2", at=minutes(9)).done_by == "user_1"

    def test_stays_so_and_graver_news_asks_beside_it(self, store: Store) -> None:
        (made,) = claimed(store, message(1))
        tell(store, made, Notice.SOFT_BOUNCE)
        store.tasks.done(FIRM, TASK, by="user_1", at=minutes(6))
        for at in (7, 8):
            tell(store, made, Notice.HARD_BOUNCE, at=at)
        (beside,) = open_tasks(store)
        assert (beside.what, beside.created_at) == ("hard_bounce", minutes(7))
        first = store.tasks.done(FIRM, TASK, by="user_2", at=minutes(9))
        assert (first.what, first.done_by, first.done_at) == ("soft_bounce", "user_1", minutes(6))

    def test_and_the_one_beside_it_do_not_open_again(self, store: Store) -> None:
        (made,) = claimed(store, message(1))
        tell(store, made, Notice.SOFT_BOUNCE)
        store.tasks.done(FIRM, TASK, by="user_1", at=minutes(6))
        tell(store, made, Notice.HARD_BOUNCE, at=7)
        store.tasks.done(FIRM, open_tasks(store)[0].id, by="user_1", at=minutes(8))
        tell(store, made, Notice.HARD_BOUNCE, at=9)
        assert words(store) == []
        tell(store, made, Notice.COMPLAINT, at=10)
        assert words(store) == ["complaint"]

    def test_by_the_answer_to_a_doubt_asks_beside_it_for_a_bounce(self, store: Store) -> None:
        (made,) = claimed(store, message(1))
        store.deliveries.became_unknown(made, at=minutes(20), task=samples.task(TASK, what="unknown"))
        store.tasks.done(FIRM, TASK, by="mail provider", at=minutes(21))
        tell(store, store.deliveries.get(FIRM, "dlv_1"), Notice.HARD_BOUNCE, at=22)
        assert words(store) == ["hard_bounce"]
