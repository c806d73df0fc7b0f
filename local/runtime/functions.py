"""Calls functions: starts processes as they are wanted, keeps them, ends those that take too long."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import uuid
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

from local.runtime.environment import Assignment
from local.runtime.frames import receive_frame, send_frame
from local.runtime.turns import Turns
from local.template.stack import ACCOUNT_ID, REGION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from local.template.functions import Function

_LOAD_LIMIT_S = 10
_PROCESSES_PER_FUNCTION = 4
_AT_ONCE_IN_THE_BACKGROUND = max(1, (os.cpu_count() or 2) - 1)
"""Calls of functions for whose answer nobody waits: one core is left to those who wait for theirs."""


class FunctionFailed(Exception):  # noqa: N818 - a fact about the function, as Lambda reports it
    """The function raised, crashed, took too long or answered something that is not JSON."""

    def __init__(self, name: str, report: dict[str, Any]) -> None:
        super().__init__(f"{name}: {report.get('errorType')}: {report.get('errorMessage')}")
        self.report = report
        """`errorMessage`, `errorType` and, when it raised, `stackTrace`, as Lambda gives them."""


@dataclass
class _Process:
    pid: int
    channel: socket.socket


@dataclass
class _Pool:
    function: Function
    idle: list[_Process] = field(default_factory=list)
    places: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_PROCESSES_PER_FUNCTION))


class FunctionRunner:
    """Calls the functions of a template by name.

    Each call gets a process of its function to itself, as in Lambda; a process is used again when it is idle.
    """

    def __init__(
        self,
        *,
        clock_path: Path,
        log_folder: Path,
        python_path: Iterable[Path],
        background_calls: int = _AT_ONCE_IN_THE_BACKGROUND,
    ) -> None:
        """Start the process that the others are forked from; what functions print goes to `log_folder`.

        Of functions for whose answer nobody waits, `background_calls` run at once.
        """
        self._environment: dict[str, str] = {}
        self._clock_path = clock_path
        self._log_folder = log_folder
        self._pools: dict[str, _Pool] = {}
        self._turns = Turns(background_calls)
        self._control, theirs = socket.socketpair()
        self._control_lock = threading.Lock()
        self._zygote = subprocess.Popen(
            [sys.executable, "-m", "local.runtime.zygote", str(theirs.fileno())],
            process_group=0,
            pass_fds=[theirs.fileno()],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, python_path))},
        )
        theirs.close()
        self._ready = False

    def register(self, functions: Iterable[Function], *, environment: Mapping[str, str]) -> None:
        """Make functions callable, `environment` added to the one of each; none is started yet."""
        self._environment.update(environment)
        for function in functions:
            self._pools[function.name] = _Pool(function)

    def call(self, name: str, event: Any) -> Any:
        """Return the function's answer to one event.

        Raises:
            KeyError: there is no such function.
            FunctionFailed: as the class says.
        """
        pool = self._pools[name]
        is_background = pool.function.in_the_background
        turn = self._turns.in_the_background() if is_background else self._turns.somebody_waits()
        with pool.places, turn, contextlib.ExitStack() as until_answered:
            process = self._taken(pool)
            if is_background:
                until_answered.enter_context(self._turns.at_work(process.pid))
            request = {"event": event, "request_id": str(uuid.uuid4()), "timeout_s": pool.function.timeout_s}
            try:
                process.channel.settimeout(pool.function.timeout_s)
                send_frame(process.channel, request)
                reply = receive_frame(process.channel)
            except TimeoutError as error:
                text = f"Task timed out after {pool.function.timeout_s}.00 seconds"
                raise self._ended(name, process, "Sandbox.Timedout", text) from error
            except (EOFError, OSError) as error:
                raise self._ended(name, process, "Runtime.ExitError", "Runtime exited") from error
            pool.idle.append(process)
        if "error" in reply:
            raise FunctionFailed(name, reply["error"])
        return reply["answer"]

    def function(self, name: str) -> Function:
        """Return a registered function; KeyError when there is none."""
        return self._pools[name].function

    def wait_until_ready(self) -> None:
        """Return when the common imports are done, so that a call costs no more than a fork."""
        with self._control_lock:
            if not self._ready:
                receive_frame(self._control)
                self._ready = True

    def stop(self) -> None:
        """End every process."""
        for pool in self._pools.values():
            while pool.idle:
                _end(pool.idle.pop())
        self._control.close()
        self._zygote.terminate()
        try:
            self._zygote.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._zygote.kill()
            self._zygote.wait()

    def __enter__(self) -> Self:
        """Return itself; leaving stops it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def _ended(self, name: str, process: _Process, kind: str, text: str) -> FunctionFailed:
        """End a process that gave no answer, and say so in the function's log."""
        _end(process)
        with (self._log_folder / f"{name}.log").open("a", encoding="utf-8") as log:
            log.write(f"{kind}: {text}\n")
        return FunctionFailed(name, {"errorType": kind, "errorMessage": text})

    def _taken(self, pool: _Pool) -> _Process:
        with contextlib.suppress(IndexError):
            return pool.idle.pop()
        return self._started(pool.function)

    def _started(self, function: Function) -> _Process:
        self.wait_until_ready()
        ours, theirs = socket.socketpair()
        assignment = Assignment(
            name=function.name,
            folder=str(function.folder),
            handler=function.handler,
            environment={
                "PATH": os.environ.get("PATH", ""),
                "LANG": "C.UTF-8",
                "TZ": ":UTC",
                "AWS_LAMBDA_FUNCTION_NAME": function.name,
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
                **function.environment,
                **self._environment,
            },
            memory_mb=function.memory_mb,
            arn=f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{function.name}",
            log_path=str(self._log_folder / f"{function.name}.log"),
            clock_path=str(self._clock_path),
            in_the_background=function.in_the_background,
        )
        with self._control_lock:
            socket.send_fds(self._control, [json.dumps(asdict(assignment)).encode()], [theirs.fileno()])
            theirs.close()
            pid = receive_frame(self._control)["pid"]
        process = _Process(pid, ours)
        ours.settimeout(_LOAD_LIMIT_S)
        try:
            reply = receive_frame(ours)
        except (EOFError, OSError) as error:
            text = "Runtime exited while loading"
            raise self._ended(function.name, process, "Runtime.ExitError", text) from error
        if "error" in reply:
            _end(process)
            raise FunctionFailed(function.name, reply["error"])
        return process


def _end(process: _Process) -> None:
    process.channel.close()
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
