"""Sends with their chunks and messages, for the tests of what the store makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from feenote.domain.deliveries import Delivery, DeliveryState
from feenote.domain.sends import Outcome, Send, SendChunk, SendResult
from feenote.service.ports import SendCounts
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.samples import FIRM, minutes
from tests.integration.dynamodb.stores import NOW, Store

SEND = "snd_1"


def send(send_id: str = SEND, *, total: int = 1, **changes: Any) -> Send:
    """Return a running send."""
    return Send(send_id, FIRM, NOW, "user_1", total, **changes)


def chunk(position: int = 0, *bill_ids: str, send_id: str = SEND, **changes: Any) -> SendChunk:
    """Return a chunk that is expected after five minutes."""
    changes = {"expected_at": minutes(5), **changes}
    return SendChunk(FIRM, send_id, position, bill_ids or ("bill_1",), **changes)


def message(number: int = 1, *, send_id: str = SEND, **changes: Any) -> Delivery:
    """Return a message of a send."""
    return samples.delivery(f"dlv_{number}", send_id=send_id, **changes)


def result(bill_id: str = "bill_1", *deliveries: Delivery, outcome: Outcome = Outcome.SENT) -> SendResult:
    """Return a bill's result with the ids of its messages."""
    return SendResult(bill_id, "00001", outcome, "", tuple(each.id for each in deliveries))


def queue(store: Store, *deliveries: Delivery, send_id: str = SEND) -> None:
    """Queue one bill's messages of a send; the bill is stored where it is not there."""
    bill_id = deliveries[0].bill_id
    try:
        store.bills.get(FIRM, bill_id)
    except KeyError:
        store.bills.add(samples.bill(bill_id), [])
    store.deliveries.queue(send(send_id), result(bill_id, *deliveries), deliveries, ())


def claimed(store: Store, *deliveries: Delivery, send_id: str = SEND) -> list[Delivery]:
    """Queue one bill's messages and claim each; return them as they stand then."""
    queue(store, *deliveries, send_id=send_id)
    for delivery in deliveries:
        store.deliveries.claim(samples.job(delivery), None, at=minutes(1))
    return [store.deliveries.get(FIRM, delivery.id) for delivery in deliveries]


def shown(store: Store, bill_id: str = "bill_1") -> str:
    """Return what the bill shows of its messages."""
    return store.bills.get(FIRM, bill_id).stamps.delivery_state


def recounted(store: Store, send_id: str = SEND) -> SendCounts:
    """Count a send's messages and results one by one."""
    states: Counter[str] = Counter()
    for state in DeliveryState:
        found = store.deliveries.list_by_state(FIRM, state, limit=1_000, cursor=None)
        assert found.next_cursor is None
        states.update(each.state.value for each in found.items if each.send_id == send_id)
    results = store.sends.results(FIRM, send_id, limit=1_000, cursor=None)
    assert results.next_cursor is None
    return SendCounts(Counter(each.outcome.value for each in results.items), states)


def ids(found: Iterable[Delivery]) -> list[str]:
    """Return the messages' ids."""
    return [each.id for each in found]
