"""Run one history of money from a seed, with every law checked after every step."""

from __future__ import annotations

from collections import Counter

from tests.simulation.money import laws
from tests.simulation.money.world import World
from tests.simulation.table import TableStore

STEPS = 22
SEEDS_IN_A_BATCH = 500


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
            f"Seed {seed} after {len(world.log)} steps: {type(error).__name__} {error}\n{history}\n"
            f"Replay: python -m tests.simulation.money --seed {seed}"
        ) from error
    return world


def run_a_batch(first: int, *, count: int = SEEDS_IN_A_BATCH) -> Counter[str]:
    """Run seeds from `first`; return what happened how often."""
    seen: Counter[str] = Counter()
    for seed in range(first, first + count):
        seen += counted(run(seed))
    return seen


def counted(world: World) -> Counter[str]:
    """Return what happened in a history how often."""
    payments = world.system.store.books.payments("firm_money", client_id=None, limit=1000, cursor=None).items
    states = Counter(f"payments {payment.state.value}" for payment in payments)
    return Counter(
        {
            "histories": 1,
            "deaths": world.deaths,
            "payments over several bills": sum(len(payment.allocations) > 1 for payment in payments),
            "credits": sum(bool(payment.client_credit) for payment in payments),
            **states,
            **world.seen,
        }
    )
