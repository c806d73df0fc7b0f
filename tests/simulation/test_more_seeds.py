"""More random histories, in a file of their own so that both cores have some."""

import pytest

from tests.simulation.run import SEEDS_IN_A_BATCH, run_a_batch


@pytest.mark.parametrize("first", range(500, 800, SEEDS_IN_A_BATCH))
def test_every_promise_holds_in_every_history(first: int) -> None:
    seen = run_a_batch(first)

    # A simulation in which nothing happens proves nothing.
    assert seen["deaths"] > SEEDS_IN_A_BATCH
    assert seen["mails"] > 10 * SEEDS_IN_A_BATCH
    assert seen["payments"] > SEEDS_IN_A_BATCH // 4
    assert seen["jobs"] > 2 * SEEDS_IN_A_BATCH
    assert seen["stopped or resumed"] > SEEDS_IN_A_BATCH // 2
