"""Serve DynamoDB's API on 127.0.0.1: `python -m local.dynamodb --port 8000 --path data.sqlite`."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from local.dynamodb.engine import Engine
from local.dynamodb.wsgi import application
from local.http_server import WsgiServer


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m local.dynamodb", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free port")
    parser.add_argument("--path", default=":memory:", help="the database file; in memory without it")
    arguments = parser.parse_args()
    with Engine(arguments.path, lambda: datetime.now(UTC)) as engine:
        server = WsgiServer(application(engine), port=arguments.port)
        print(f"DynamoDB over {arguments.path} at {server.url}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("stopped")
        finally:
            server.server_close()


if __name__ == "__main__":
    main()
