"""Inside a forked process: become one function, then answer events until the channel closes."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.clock import MovableClock
from local.runtime.context import LambdaContext
from local.runtime.frames import receive_frame, send_frame

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    Handler = Callable[[Any, LambdaContext], Any]

_BACKGROUND_NICENESS = 19


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which function a process is to become."""

    name: str
    folder: str
    handler: str
    environment: dict[str, str]
    memory_mb: int
    arn: str
    log_path: str
    clock_path: str
    in_the_background: bool
    """Nobody waits for its answer."""


def become(assignment: Assignment, channel: socket.socket) -> None:
    """Load the function, say so on the channel, and answer one event after the other.

    A failure to load is told as Lambda tells it, and ends the process.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if assignment.in_the_background:
        # In Lambda each function has processors of its own; here who waits for an answer goes first.
        os.nice(_BACKGROUND_NICENESS)
    _write_to(Path(assignment.log_path))
    os.environ.clear()
    os.environ.update(assignment.environment)
    _move_time(MovableClock(assignment.clock_path))
    try:
        handler = _load(assignment)
    # The outermost edge of a function's process: whatever goes wrong is told to the one who waits.
    except Exception as error:  # noqa: BLE001 - the outermost edge of a function's process
        send_frame(channel, {"error": _described(error)})
        return
    send_frame(channel, {"ready": True})
    while True:
        try:
            request = receive_frame(channel)
        except (EOFError, ConnectionError):
            return
        reply = _answered(assignment, handler, request)
        sys.stdout.flush()
        try:
            send_frame(channel, reply)
        except (TypeError, ValueError) as error:
            report = {
                "errorType": "Runtime.MarshalError",
                "errorMessage": f"Unable to marshal response: {error}",
            }
            send_frame(channel, {"error": report})


def _load(assignment: Assignment) -> Handler:
    sys.path.insert(0, assignment.folder)
    module_name, _, function_name = assignment.handler.rpartition(".")
    module = importlib.import_module(module_name)
    handler: Handler = getattr(module, function_name)
    return handler


def _answered(assignment: Assignment, handler: Handler, request: dict[str, Any]) -> dict[str, Any]:
    context = LambdaContext(
        function_name=assignment.name,
        aws_request_id=request["request_id"],
        memory_limit_in_mb=assignment.memory_mb,
        invoked_function_arn=assignment.arn,
        deadline=time.monotonic() + request["timeout_s"],
    )
    try:
        answer = handler(request["event"], context)
    except Exception as error:  # noqa: BLE001 - the outermost edge of a function's process
        return {"error": _described(error)}
    return {"answer": answer}


def _described(error: BaseException) -> dict[str, Any]:
    """Return an error in Lambda's shape, and write it to the function's log."""
    lines = traceback.format_exception(error)
    sys.stderr.write("".join(lines))
    sys.stderr.flush()
    return {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": lines}


def _write_to(path: Path) -> None:
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def _move_time(clock: MovableClock) -> None:
    """Put the movable clock where the product builds its clock, and where AWS requests get their date."""
    import botocore.auth  # noqa: PLC0415 - the forked process has it already; others need not

    def get_current_datetime(*, remove_tzinfo: bool = True) -> Any:
        now = clock.now()
        return now.replace(tzinfo=None) if remove_tzinfo else now

    botocore.auth.get_current_datetime = get_current_datetime  # type: ignore[attr-defined]  # imported there
    bootstrap: Any = sys.modules.get("feenote.bootstrap")
    if bootstrap is not None:
        # Where the product no longer builds its clock there, this must not go unnoticed.
        assert callable(bootstrap.clock)
        bootstrap.clock = lambda: clock
