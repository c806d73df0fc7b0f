"""How reminders are deployed, as the template says, and how long what was counted takes there."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.office import ROOT
from local.template.documents import read_document

ONE_PROCESSOR_MB = 1769
"""With so much memory a function has one processor; with less, its part of one."""
CALL_MS = 10.0
"""What a call to the table or a queue is taken to last over the network: more than AWS shows as a rule."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """What the template says of the function that reminds."""

    memory_mb: int
    timeout_s: int
    at_once: int
    """Workers that the queue may have."""
    every_minutes: int

    @property
    def ticks_a_day(self) -> int:
        """Return how often the schedule calls."""
        return 24 * 60 // self.every_minutes

    def seconds(self, *, cpu_s: float, calls: float) -> float:
        """Return how long a function takes for work of so much of one processor and so many calls."""
        return cpu_s * ONE_PROCESSOR_MB / self.memory_mb + calls * CALL_MS / 1000

    def gb_seconds(self, seconds: float) -> float:
        """Return what so long is paid as."""
        return seconds * self.memory_mb / 1024


def deployed() -> Deployed:
    """Read the template.

    Raises:
        KeyError: the function, its schedule or its queue is not there.
    """
    document = read_document(ROOT / "template.yaml")
    function = document["Resources"]["SendReminders"]["Properties"]
    events = {event["Type"]: event["Properties"] for event in function["Events"].values()}
    rate = events["ScheduleV2"]["ScheduleExpression"]
    return Deployed(
        memory_mb=function.get("MemorySize", document["Globals"]["Function"]["MemorySize"]),
        timeout_s=function["Timeout"],
        at_once=events["SQS"]["ScalingConfig"]["MaximumConcurrency"],
        every_minutes=int(rate.removeprefix("rate(").partition(" ")[0]),
    )
