"""The mail worker: claims a delivery, renders, stores and sends it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from feenote import bootstrap
from feenote.api.queues import each_message, job_in
from feenote.service.deliver_message import DeliveryPutOffError, deliver_message
from feenote.service.ports import MailThrottledError


def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Deliver each message of a batch; return those that the queue shall bring again."""
    return each_message(event, context, _deliver)


def _deliver(body: str) -> None:
    # A message that was put off is queued again in the table, and the sweep brings it within two minutes.
    # Kept in SQS as well it would come ever more often, and end among the dead letters when the provider is
    # away for hours.
    with suppress(MailThrottledError, DeliveryPutOffError):
        deliver_message(bootstrap.system(), job=job_in(body), now=bootstrap.clock().now())
