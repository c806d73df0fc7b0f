"""The other half of the histories of money, in a file of its own: another core runs it."""

import pytest

from tests.simulation.money.run import SEEDS_IN_A_BATCH
from tests.simulation.money.test_money_seeds import money_is_never_wrong


@pytest.mark.parametrize("first", range(5_000, 10_000, SEEDS_IN_A_BATCH))
def test_money_is_never_wrong(first: int) -> None:
    money_is_never_wrong(first)
