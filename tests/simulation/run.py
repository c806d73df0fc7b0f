"""Run one history from a seed, with every law checked after every step."""

from __future__ import annotations

from collections import Counter

from feenote.domain.deliveries import Lane
from tests.simulation import laws
from tests.simulation.sizes import sized
from tests.simulation.table import TableStore
from tests.simulation.world import World

STEPS = 64
SEEDS_IN_A_BATCH = 50


class SeedFailedError(AssertionError):
    """A history broke a law; the message has the seed and what was done."""


def run(seed: int, *, steps: int = STEPS, store: TableStore | None = None) -> World:
    """Run a history to its end and return it.

    Raises:
        SeedFailedError: with the seed, the steps and the law.
    """
    world = World(seed, store)
    try:
        with sized(world.sizes):
            for _ in range(steps):
                world.act()
                laws.after_each_step(world)
            world.settle_down()
            # Sends that are stopped stay so: nothing of them moves, and nothing is lost.
            laws.at_rest(world)
            world.resume_all()
            laws.at_the_end(world)
    except Exception as error:
        history = "\n".join(world.log[-40:])
        raise SeedFailedError(
            f"Seed {seed} after {len(world.log)} steps: {error}\n{history}\n"
            f"Replay: python -m tests.simulation --seed {seed}"
        ) from error
    return world


def run_a_batch(first: int) -> Counter[str]:
    """Run a batch of seeds from `first`; return what happened how often."""
    seen: Counter[str] = Counter()
    for seed in range(first, first + SEEDS_IN_A_BATCH):
        seen += counted(run(seed))
    return seen


def counted(world: World) -> Counter[str]:
    """Return what happened in a history how often."""
    sends = world.begun_sends()
    return Counter(
        {
            "histories": 1,
            "deaths": world.deaths,
            "mails": len(world.system.mailer_fake.accepted),
            "payments": world.system.signals.counts["PaymentBooked"],
            "sends": len(sends),
            "jobs": sum(send.lane is Lane.BULK for send in sends),
            "stopped or resumed": sum(send.changed_at is not None for send in sends),
        }
    )
