"""Imports what all functions need once, then forks a process for each that is wanted.

Started as `python -m local.runtime.zygote FD`: FD is its end of a socket pair. It ends when that closes.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
from typing import Any

import boto3

from local.runtime.environment import Assignment, become
from local.runtime.frames import send_frame
from local.template.stack import REGION

_MESSAGE_BYTES = 1 << 18
_LIBRARIES = ("boto3", "botocore.auth", "aws_lambda_powertools.event_handler", "pydantic", "stripe", "typst")
_SERVICES: tuple[Any, ...] = ("dynamodb", "s3", "sqs", "sesv2", "secretsmanager")
_PRODUCT = "feenote"


def _import_common() -> None:
    for name in _LIBRARIES:
        importlib.import_module(name)
    product = importlib.import_module(_PRODUCT)
    for module in pkgutil.walk_packages(product.__path__, prefix=f"{_PRODUCT}."):
        # A part of the product that does not import is told by the function that needs it.
        with contextlib.suppress(ImportError):
            importlib.import_module(module.name)


def _read_service_models() -> None:
    """Let boto3's default session read the descriptions of the services, which takes it longer than a call.

    Addresses and keys are read from the environment each time a client is made, so nothing of these stays.
    """
    nobody: dict[str, Any] = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    for service in _SERVICES:
        boto3.client(service, region_name=REGION, **nobody).close()


def _serve(control: socket.socket) -> None:
    while True:
        message, descriptors, _flags, _address = socket.recv_fds(control, _MESSAGE_BYTES, 1)
        if not message:
            return
        channel = socket.socket(fileno=descriptors[0])
        pid = os.fork()
        if pid == 0:
            control.close()
            become(Assignment(**json.loads(message)), channel)
            os._exit(0)
        channel.close()
        send_frame(control, {"pid": pid})


def main() -> None:
    """Get ready, say so, and fork on request."""
    control = socket.socket(fileno=int(sys.argv[1]))
    # Ended children need nobody to ask after them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _import_common()
    _read_service_models()
    send_frame(control, {"ready": True})
    with contextlib.suppress(ConnectionError):
        _serve(control)


if __name__ == "__main__":
    main()
