"""Hand stored messages to the worker. What the queue does not take is not lost: the sweep finds it."""

from __future__ import annotations

from collections.abc import Iterable

from feenote.domain.deliveries import Delivery
from feenote.service.mail_jobs import job_of
from feenote.service.ports import Ports, StoreUnavailableError


def hand_over(ports: Ports, deliveries: Iterable[Delivery]) -> None:
    """Put the deliveries' jobs into the queue; a queue that is away is counted and left to the sweep."""
    jobs = [job_of(delivery) for delivery in deliveries]
    if not jobs:
        return
    try:
        ports.mail_queue.put(jobs)
    except StoreUnavailableError:
        ports.signals.count("MailQueueUnavailable")
