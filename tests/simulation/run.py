"""Run one history from a seed, with every law checked after every step."""

from __future__ import annotations

from tests.simulation import laws
from tests.simulation.table import TableStore
from tests.simulation.world import World

STEPS = 80


class SeedFailedError(AssertionError):
    """A history broke a law; the message has the seed and what was done."""


def run(seed: int, *, steps: int = STEPS, store: TableStore | None = None) -> World:
    """Run a history to its end and return it.

    Raises:
        SeedFailedError: with the seed, the steps and the law.
    """
    world = World(seed, store)
    try:
        for _ in range(steps):
            world.act()
            laws.after_each_step(world)
        world.settle_down()
        laws.at_the_end(world)
    except Exception as error:
        history = "\n".join(world.log[-40:])
        raise SeedFailedError(
            f"Seed {seed} after {len(world.log)} steps: {error}\n{history}\n"
            f"Replay: python -m tests.simulation --seed {seed}"
        ) from error
    return world
