"""The same histories of money over the adapters themselves, with conflicts between transactions."""

import pytest

from tests.simulation.money.people import FIRM
from tests.simulation.money.run import run
from tests.simulation.table import TableStore


@pytest.mark.parametrize("seed", range(12))
def test_money_is_never_wrong_over_the_table(seed: int) -> None:
    store = TableStore(FIRM, seed)
    try:
        world = run(seed, store=store)
    finally:
        store.close()

    assert world.seen
