"""Compares every firm's books with Stripe's, heals what a lost notice would have told, proves the ledgers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from feenote import bootstrap
from feenote.api.queues import each_message, firm_in
from feenote.service.reconcile_all import reconcile_all, reconcile_one

KEPT_MS = 90_000
"""Time for what cannot be interrupted: requests to Stripe with their retries, and storing how far it came."""


def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Reconcile each firm of a batch; when the schedule calls, hand every firm to the queue."""
    if "Records" in event:
        return each_message(event, context, partial(_reconcile, context))
    return {"firms": reconcile_all(bootstrap.system(), now=bootstrap.clock().now())}


def _reconcile(context: Any, body: str) -> bool:
    job, now = firm_in(body), bootstrap.clock().now()
    return reconcile_one(bootstrap.system(), job, now=now, has_time=partial(_has_time, context))


def _has_time(context: Any) -> bool:
    # Only AWS and the local machine say how much time is left.
    return context is None or context.get_remaining_time_in_millis() > KEPT_MS
