"""How much work a call is, as a number that no other work of the machine changes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

_CHARACTERS_OF_A_STEP = 64
"""Of a text that a built-in method goes through: about what it does while Python does one line."""


def work_of(call: Callable[[], object]) -> int:
    """Return the steps that a call takes: lines of Python, and the texts that built-in methods go through.

    The same call takes the same steps each time, once what it caches is there. A built-in method that is
    called on a text (`text.split()`) counts by the text's length, so that work which is hidden in one line
    shows too; so do texts and lists that a built-in is called on again and again.
    """
    steps = 0

    def line(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal steps
        if event == "line":
            steps += 1
        return line

    def built_in(_frame: FrameType, event: str, function: Any) -> None:
        nonlocal steps
        if event == "c_call":
            owner = getattr(function, "__self__", None)
            if isinstance(owner, str | bytes | bytearray):
                steps += 1 + len(owner) // _CHARACTERS_OF_A_STEP

    tracing, profiling = sys.gettrace(), sys.getprofile()
    sys.settrace(line)
    sys.setprofile(built_in)
    try:
        call()
    finally:
        sys.setprofile(profiling)
        sys.settrace(tracing)
    return steps
