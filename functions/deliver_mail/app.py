"""The mail worker: claims a delivery, renders, stores and sends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feenote import bootstrap
from feenote.api.queues import each_message, job_in
from feenote.service.deliver_message import deliver_message


def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Deliver each message of a batch; return those that the queue shall bring again."""
    return each_message(event, context, _deliver)


def _deliver(body: str) -> None:
    deliver_message(bootstrap.system(), job=job_in(body), now=bootstrap.clock().now())
