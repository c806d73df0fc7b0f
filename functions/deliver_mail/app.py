"""The mail worker: claims, renders and sends each message of a batch in its turn before the provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feenote import bootstrap
from feenote.api.queues import each_job, jobs_in
from feenote.service.deliver_in_turn import TurnedBatch


def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Deliver each message of a batch; return those that the queue shall bring again.

    What has to wait is none of these: it lies queued in the table, and the sweep brings it. Kept in SQS as
    well it would come ever more often, and end among the dead letters when the provider is away for hours.
    """
    batch = TurnedBatch(bootstrap.system(), jobs_in(event))

    def deliver(position: int) -> object:
        return batch.deliver(position, now=bootstrap.clock().now())

    return each_job(event, context, deliver)
