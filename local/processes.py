"""The parts that are processes of their own.

They are started before the rest of the machine is even imported: each needs a second or two for its own
imports, and there is more than one core.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local.aws.processes import ServerProcess
from local.clock import MovableClock
from local.runtime.functions import FunctionRunner

ROOT = Path(__file__).resolve().parent.parent
PYTHON_PATH = (ROOT / "layers" / "shared" / "python", ROOT)


@dataclass(frozen=True)
class Processes:
    """moto, the table and what functions are forked from, with the folder and the clock that they share."""

    folder: Path
    clock: MovableClock
    runner: FunctionRunner
    moto: ServerProcess
    dynamodb: ServerProcess

    def stop(self) -> None:
        """End them and remove what they wrote."""
        self.runner.stop()
        self.dynamodb.stop()
        self.moto.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def start_processes(python_path: tuple[Path, ...] = PYTHON_PATH) -> Processes:
    """Start them; functions import the product from `python_path`."""
    folder = Path(tempfile.mkdtemp(prefix="feenote-"))
    clock = MovableClock(folder / "clock")

    def server(module: str) -> ServerProcess:
        log = folder / f"{module.rsplit('.', 1)[-1]}.log"
        return ServerProcess(module, str(clock.path), python_path=python_path, log=log)

    return Processes(
        folder=folder,
        clock=clock,
        moto=server("local.aws.moto_process"),
        runner=FunctionRunner(clock_path=clock.path, log_folder=folder, python_path=python_path),
        dynamodb=server("local.aws.dynamodb_process"),
    )
