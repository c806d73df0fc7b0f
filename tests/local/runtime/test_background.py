"""Functions for whose answer nobody waits leave a core to those whose answer somebody waits for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.clock import MovableClock
from local.processes import PYTHON_PATH
from local.runtime.functions import FunctionRunner
from local.template.functions import Function, Route

APP = """
import pathlib
import time


def handler(event, context):
    diary = pathlib.Path(event["diary"])
    with diary.open("a") as lines:
        lines.write("begins\\n")
    if event.get("fifo"):
        open(event["fifo"]).read()
    time.sleep(event.get("seconds", 0))
    with diary.open("a") as lines:
        lines.write("ends\\n")
    return "done"
"""


def function(folder: Path, name: str, *, routes: tuple[Route, ...] = ()) -> Function:
    """Describe a function as a template would."""
    return Function(name, folder, "app.handler", 20, 256, {}, routes, (), (), None)


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[FunctionRunner]:
    """Start functions: two in the background, one that answers requests."""
    (tmp_path / "app.py").write_text(APP)
    clock = MovableClock(tmp_path / "clock")
    with FunctionRunner(
        clock_path=clock.path, log_folder=tmp_path, python_path=PYTHON_PATH, background_calls=1
    ) as made:
        asked = function(tmp_path, "asked", routes=(Route("GET", "/", None),))
        made.register([function(tmp_path, "one"), function(tmp_path, "other"), asked], environment={})
        yield made


class TestFunctionsInTheBackground:
    def test_run_one_at_a_time_whichever_they_are(self, runner: FunctionRunner, tmp_path: Path) -> None:
        diary = tmp_path / "diary"
        event = {"diary": str(diary), "seconds": 0.02}

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda name: runner.call(name, event), ["one", "other"] * 4))

        assert answers == ["done"] * 8
        assert diary.read_text().split() == ["begins", "ends"] * 8

    def test_do_not_keep_a_request_waiting(self, runner: FunctionRunner, tmp_path: Path) -> None:
        fifo = tmp_path / "fifo"
        os.mkfifo(fifo)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(
                runner.call, "one", {"diary": str(tmp_path / "background"), "fifo": str(fifo)}
            )

            answer = runner.call("asked", {"diary": str(tmp_path / "request")})

            assert answer == "done"
            assert not waiting.done()
            fifo.write_text("go on")
            assert waiting.result() == "done"
