"""Random histories with crashes, lost answers, doubled and late notices: every promise holds."""

import pytest

from tests.simulation.run import run

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
