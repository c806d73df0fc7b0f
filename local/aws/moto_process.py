"""moto's server as a process of its own: `python -m local.aws.moto_process CLOCK_FILE`."""

from __future__ import annotations

import sys
from typing import Any

import moto.sqs.models
from moto.backends import get_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from local.clock import MovableClock
from local.http_server import WsgiServer

_SERVICES: tuple[Any, ...] = ("s3", "sqs", "sns", "secretsmanager", "cognito-idp")


def _move_queues_with(clock: MovableClock) -> None:
    """Let visibility and delays of queues pass with the movable clock."""
    models: Any = moto.sqs.models
    models.unix_time_millis = lambda dt=None: _milliseconds(clock, dt)


def _keep_messages_without_counting() -> None:
    """Ask a queue how long it keeps messages, and not for all of its attributes.

    moto counts every message of the queue three times for them, for each message that it hands out: ten of
    five thousand took six seconds.
    """
    models: Any = moto.sqs.models

    def is_kept(backend: Any, queue_name: str, message: Any) -> bool:
        queue = backend.get_queue(queue_name)
        return bool(
            models.unix_time_millis() < message.sent_timestamp + 1000 * queue.message_retention_period
        )

    models.SQSBackend.is_message_valid_based_on_retention_period = is_kept


def _milliseconds(clock: MovableClock, instant: Any) -> float:
    return (clock.epoch() if instant is None else instant.timestamp()) * 1000


def main() -> None:
    """Print the address, then serve until standard input closes: with the one who started this."""
    _move_queues_with(MovableClock(sys.argv[1]))
    _keep_messages_without_counting()
    server = WsgiServer(DomainDispatcherApplication(create_backend_app))
    server.start("moto")
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    # Loaded now, while the one who waits for the address is busy with itself, and not with the first request.
    for service in _SERVICES:
        get_backend(service)
    sys.stdin.read()


if __name__ == "__main__":
    main()
