"""Random histories with crashes, lost answers, doubled and late notices: every promise holds."""

import pytest

from tests.simulation.run import run
from tests.simulation.table import TableStore
from tests.simulation.world import FIRM

BATCHES = 20
SEEDS_IN_A_BATCH = 50


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_promise_holds_in_every_history(batch: int) -> None:
    deaths = mails = booked = 0
    for seed in range(batch * SEEDS_IN_A_BATCH, (batch + 1) * SEEDS_IN_A_BATCH):
        world = run(seed)
        deaths += world.deaths
        mails += len(world.system.mailer_fake.accepted)
        booked += world.system.signals.counts["PaymentBooked"]
    # A simulation in which nothing happens proves nothing.
    assert deaths > SEEDS_IN_A_BATCH
    assert mails > SEEDS_IN_A_BATCH
    assert booked > SEEDS_IN_A_BATCH // 2


@pytest.mark.parametrize("seed", range(8))
def test_every_promise_holds_over_the_table_itself(seed: int) -> None:
    store = TableStore(FIRM, seed)
    try:
        world = run(seed, steps=50, store=store)
    finally:
        store.close()
    assert world.log
