"""What keeps tasks, answers and unknown notices promises."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feenote.domain.deliveries import Notice
from feenote.service.ports import BadCursorError, ProcessorEvent, StoredAnswer
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import FIRM, minutes
from tests.integration.dynamodb.stores import NOW, DynamoStore, Store

ANSWER = StoredAnswer("hash_1", 201, '{"id": "bill_1"}', {"ETag": '"1"'})


class TestATask:
    def test_is_listed_until_it_is_done_oldest_first(self, store: Store) -> None:
        for number in (2, 0, 1):
            store.tasks.add(samples.task(f"tsk_{number}", created_at=minutes(number)))
        done = store.tasks.done(FIRM, "tsk_1", by="user_1", at=minutes(9))
        assert (done.done_by, done.done_at) == ("user_1", minutes(9))
        page = store.tasks.list_open(FIRM, limit=5, cursor=None)
        assert [task.id for task in page.items] == ["tsk_0", "tsk_2"]
        assert page.items[0] == samples.task("tsk_0")
        assert store.tasks.list_open("firm_2", limit=5, cursor=None).items == ()

    def test_is_added_once_and_stays_done(self, store: Store) -> None:
        store.tasks.add(samples.task())
        store.tasks.done(FIRM, "tsk_1", by="user_1", at=minutes(1))
        store.tasks.add(samples.task())
        again = store.tasks.done(FIRM, "tsk_1", by="user_2", at=minutes(2))
        assert (again.done_by, again.done_at) == ("user_1", minutes(1))
        assert store.tasks.list_open(FIRM, limit=5, cursor=None).items == ()

    def test_of_a_notice_takes_graver_words_while_it_is_open(self, store: Store) -> None:
        for what, notice in (
            ("soft", Notice.SOFT_BOUNCE),
            ("hard", Notice.HARD_BOUNCE),
            ("soft again", Notice.SOFT_BOUNCE),
            ("hard again", Notice.HARD_BOUNCE),
        ):
            store.tasks.tell(samples.task(what=what, contact_id="con_1"), notice)
        (task,) = store.tasks.list_open(FIRM, limit=5, cursor=None).items
        assert task == samples.task(what="hard", contact_id="con_1")

    def test_of_a_notice_that_was_ticked_off_is_asked_anew_by_graver_news_alone(self, store: Store) -> None:
        store.tasks.tell(samples.task(what="hard"), Notice.HARD_BOUNCE)
        store.tasks.done(FIRM, "tsk_1", by="user_1", at=minutes(1))
        store.tasks.tell(samples.task(what="soft"), Notice.SOFT_BOUNCE)
        store.tasks.tell(samples.task(what="hard"), Notice.HARD_BOUNCE)
        assert store.tasks.list_open(FIRM, limit=5, cursor=None).items == ()
        for _ in range(2):
            store.tasks.tell(samples.task(what="complaint"), Notice.COMPLAINT)
        (task,) = store.tasks.list_open(FIRM, limit=5, cursor=None).items
        assert (task.what, task.id != "tsk_1") == ("complaint", True)

    def test_of_another_firm_is_a_key_error(self, store: Store) -> None:
        store.tasks.add(samples.task())
        with pytest.raises(KeyError):
            store.tasks.done("firm_2", "tsk_1", by="user_1", at=NOW)

    def test_comes_in_pages_of_its_own_list(self, store: Store) -> None:
        for number in range(3):
            store.tasks.add(samples.task(f"tsk_{number}"))
        first = store.tasks.list_open(FIRM, limit=2, cursor=None)
        rest = store.tasks.list_open(FIRM, limit=2, cursor=first.next_cursor)
        assert [task.id for task in (*first.items, *rest.items)] == ["tsk_0", "tsk_1", "tsk_2"]
        with pytest.raises(BadCursorError):
            store.tasks.list_open("firm_2", limit=2, cursor=first.next_cursor)


class TestAnAnswer:
    def begin(self, store: Store, minute: float = 0, *, firm_id: str = FIRM) -> StoredAnswer | None:
        return store.answers.begin(firm_id, "key # 1", request_hash="hash_1", at=minutes(minute))

    def test_is_given_again(self, store: Store) -> None:
        assert self.begin(store) is None
        store.answers.finish(FIRM, "key # 1", ANSWER, at=NOW)
        assert self.begin(store, 1) == ANSWER
        assert self.begin(store, firm_id="firm_2") is None

    def test_is_awaited_for_a_minute(self, store: Store) -> None:
        assert self.begin(store) is None
        assert self.begin(store, 0.9) == StoredAnswer("hash_1", None, "")
        assert self.begin(store, 1) is None
        assert self.begin(store, 1.9) == StoredAnswer("hash_1", None, "")

    def test_is_forgotten_after_a_day_or_when_told(self, store: Store) -> None:
        self.begin(store)
        store.answers.finish(FIRM, "key # 1", ANSWER, at=NOW)
        assert self.begin(store, 24 * 60 - 1) == ANSWER
        assert self.begin(store, 24 * 60) is None
        store.answers.forget(FIRM, "key # 1")
        assert self.begin(store, 24 * 60) is None

    def test_may_be_long(self, store: Store) -> None:
        answer = StoredAnswer("hash_1", 200, '{"id": "bill_1", "memo": "…"},' * 40_000)
        store.answers.finish(FIRM, "key # 1", answer, at=NOW)
        assert self.begin(store) == answer

    def test_leaves_the_table_by_itself(self, dynamo: DynamoStore) -> None:
        self.begin(dynamo.store)
        (item,) = dynamo.items()
        assert int(item["expires_at_epoch"]["N"]) == int((NOW + timedelta(days=1)).timestamp())


class TestAnUnknownNotice:
    def test_is_kept_once_as_it_came(self, dynamo: DynamoStore) -> None:
        event = ProcessorEvent(
            "evt_1", "invoice.paid", "2026-10-01", False, "acct_1", "in_1", "invoice"
        )  # as the processor's notice has it
        dynamo.store.kept_aside.keep(event, reason="unknown type", at=minutes(1))
        dynamo.store.kept_aside.keep(event, reason="again", at=minutes(2))
        (item,) = dynamo.items()
        assert item["reason"]["S"] == "unknown type"
        assert item["type"]["S"] == "invoice.paid"
