"""Run one history of reminders from a seed: 400 days, with every law checked at every message."""

from __future__ import annotations

from collections import Counter

from tests.simulation.reminders.world import World
from tests.simulation.table import TableStore

DAYS = 400


class SeedFailedError(AssertionError):
    """A history broke a law; the message has the seed and what was done."""


def run(seed: int, *, days: int = DAYS, store: TableStore | None = None, settles: bool = True) -> World:
    """Run a history to its end and return it; what does not settle is not asked whether all was done.

    Raises:
        SeedFailedError: with the seed, what was done, and the law.
    """
    world = World(seed, store)
    try:
        for _ in range(days):
            world.day_passes()
        if settles:
            world.settle_down()
            world.laws.at_the_end()
    except Exception as error:
        history = "\n".join(world.log[-160:])
        raise SeedFailedError(
            f"Seed {seed} on {world.now}: {type(error).__name__} {error}\n{history}\n"
            f"Replay: python -m tests.simulation.reminders --seed {seed}"
        ) from error
    return world


def counted(world: World) -> Counter[str]:
    """Return what happened in a history how often."""
    return Counter({"histories": 1, "deaths": world.deaths, **world.seen})
