"""moto's server as a process of its own: `python -m local.aws.moto_process CLOCK_FILE`."""

from __future__ import annotations

import sys
from typing import Any

from moto.backends import get_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from local.aws.moto_queues import mend_queues
from local.clock import MovableClock
from local.http_server import WsgiServer

_SERVICES: tuple[Any, ...] = ("s3", "sqs", "sns", "secretsmanager", "cognito-idp")


def main() -> None:
    """Print the address, then serve until standard input closes: with the one who started this."""
    mend_queues(MovableClock(sys.argv[1]))
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
