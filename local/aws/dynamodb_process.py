"""The table as a process of its own: `python -m local.aws.dynamodb_process CLOCK_FILE`."""

from __future__ import annotations

import sys

from local.clock import MovableClock
from local.dynamodb.engine import Engine
from local.dynamodb.wsgi import application
from local.http_server import WsgiServer
from local.template.stack import REGION


def main() -> None:
    """Print the address, then serve until standard input closes: with the one who started this."""
    clock = MovableClock(sys.argv[1])
    server = WsgiServer(application(Engine(":memory:", clock.now, region=REGION)))
    server.start("dynamodb")
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
