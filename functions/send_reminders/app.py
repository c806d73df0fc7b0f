"""Looks at who owes something when its plan has come to pass, and writes the reminders that are due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger

from feenote import bootstrap
from feenote.api.queues import clients_in, each_message
from feenote.service.ports import StoreUnavailableError
from feenote.service.reminders.run_clients import run_clients, split
from feenote.service.reminders.tick import tick

KEPT_MS = 60_000
"""Time for what cannot be interrupted: one client's run, and handing the rest on."""


def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Look at the clients of a batch; when the schedule calls, hand out those who are due to be looked at."""
    if "Records" in event:
        return each_message(event, context, partial(_look, context))
    ticked = tick(bootstrap.system(), now=bootstrap.clock().now(), has_time=partial(_has_time, context))
    return asdict(ticked)


def _look(context: Any, body: str) -> int:
    job, ports = clients_in(body), bootstrap.system()
    try:
        return run_clients(ports, job, now=bootstrap.clock().now(), has_time=partial(_has_time, context))
    except StoreUnavailableError:
        raise
    except Exception:
        # What nobody foresaw of one client holds up no other: each is looked at by itself.
        if not split(ports, job):
            raise
        Logger().exception("reminders.split", extra={"firm_id": job.firm_id})
        return 0


def _has_time(context: Any) -> bool:
    # Only AWS and the local machine say how much time is left.
    return context is None or context.get_remaining_time_in_millis() > KEPT_MS
