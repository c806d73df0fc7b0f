"""Starts the stand-ins that are processes of their own, and ends them."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_PATIENCE_S = 3


class ServerProcess:
    """A process that prints the address it serves, and ends when its standard input closes."""

    def __init__(self, module: str, *arguments: str, python_path: Iterable[Path], log: Path) -> None:
        """Start `python -m module`; what it has to say besides the address goes to `log`."""
        self._module = module
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                # Ctrl-C in the terminal is for the one who started this, who then ends it in order.
                process_group=0,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, python_path))},
            )
        self._log = log

    def url(self) -> str:
        """Return the base address, as soon as it is served.

        Raises:
            RuntimeError: the process ended instead.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode().strip()
        if not line:
            raise RuntimeError(f"{self._module} did not start; its log:\n{self._log.read_text('utf-8')}")
        return line

    def stop(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
