"""moto's queues, made fit for thousands of messages that many workers take at once.

moto counts every message of a queue for each one that it takes in or hands out, asks for the time for each,
and copies the list to delete one: with five thousand messages ten cost seconds, and what is put into a queue
while another message is deleted may be lost. The same answers are given here at a bounded price.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import moto.backends
import moto.sqs.models
from moto.core.utils import camelcase_to_underscores
from moto.sqs.exceptions import ReceiptHandleIsInvalid

from local.clock import MovableClock

_NOT_SAID = frozenset({"Policy", "RedrivePolicy"})


def mend_queues(clock: MovableClock) -> None:
    """Let visibility and delays pass with the movable clock, and no call look at more than it needs."""
    models: Any = moto.sqs.models
    models.unix_time_millis = lambda instant=None: _milliseconds(clock, instant)
    models.SQSBackend.is_message_valid_based_on_retention_period = _is_kept
    models.Queue.attributes = property(_Attributes)
    models.Queue.messages = property(lambda queue: _visible(queue, clock))
    models.Queue.delete_message = _delete
    # Asked at each request, and read from the folder each time.
    backends: Any = moto.backends
    modules = frozenset(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules


def _milliseconds(clock: MovableClock, instant: Any) -> float:
    return (clock.epoch() if instant is None else float(instant.timestamp())) * 1000


def _is_kept(backend: Any, queue_name: str, message: Any) -> bool:
    models: Any = moto.sqs.models
    queue = backend.get_queue(queue_name)
    return bool(models.unix_time_millis() < message.sent_timestamp + 1000 * queue.message_retention_period)


class _Attributes(Mapping[str, Any]):
    """A queue's attributes, each made when it is asked for: three of them count messages."""

    def __init__(self, queue: Any) -> None:
        self._queue = queue

    def __getitem__(self, name: str) -> Any:
        queue = self._queue
        if name not in self._names():
            raise KeyError(name)
        if name == "RedrivePolicy":
            return json.dumps(queue.redrive_policy)
        value = getattr(queue, camelcase_to_underscores(name))
        return str(value).lower() if isinstance(value, bool) else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def _names(self) -> list[str]:
        queue = self._queue
        names = [name for name in queue.BASE_ATTRIBUTES if name not in _NOT_SAID]
        if queue.fifo_queue:
            names += queue.FIFO_ATTRIBUTES
        if queue.kms_master_key_id:
            names += queue.KMS_ATTRIBUTES
        return [
            *names,
            *(["Policy"] if queue.policy else []),
            *(["RedrivePolicy"] if queue.redrive_policy else []),
        ]


def _visible(queue: Any, clock: MovableClock) -> list[Any]:
    now = clock.epoch() * 1000
    with queue._messages_lock:  # noqa: SLF001 - the lock that adding a message takes
        messages = queue._messages  # noqa: SLF001 - moto has no other way to them
        return [one for one in messages if now > one.visible_at and now >= one.delayed_until]


def _delete(queue: Any, receipt_handle: str) -> None:
    with queue._messages_lock:  # noqa: SLF001 - the lock that adding a message takes
        if receipt_handle in queue.deleted_messages:
            return
        messages = queue._messages  # noqa: SLF001 - moto has no other way to them
        for position, message in enumerate(messages):
            # The first comparison says it for nearly all, without a list made for each.
            if message.receipt_handle == receipt_handle or message.had_receipt_handle(receipt_handle):
                queue.pending_messages.discard(message)
                queue.deleted_messages.update(message.all_receipt_handles)
                del messages[position]
                return
    raise ReceiptHandleIsInvalid
