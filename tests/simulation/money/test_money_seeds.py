"""Random histories of money: after each step the books hold, and at the end they are Stripe's."""

import pytest

from tests.simulation.money.run import SEEDS_IN_A_BATCH, run_a_batch


@pytest.mark.parametrize("first", range(0, 5_000, SEEDS_IN_A_BATCH))
def test_money_is_never_wrong(first: int) -> None:
    money_is_never_wrong(first)


def money_is_never_wrong(first: int) -> None:
    """Run a batch of seeds, and see that what matters happened in them."""
    seen = run_a_batch(first)

    # A simulation in which nothing happens proves nothing.
    often, seldom = SEEDS_IN_A_BATCH // 2, SEEDS_IN_A_BATCH // 20
    assert seen["deaths"] > often
    assert seen["payments succeeded"] > often
    assert seen["payments over several bills"] > seldom
    assert seen["payments refunded"] + seen["payments partly_refunded"] > seldom
    assert seen["payments disputed"] > seldom
    assert seen["payments reversed"] > seldom
    assert seen["credits"] > seldom
    assert seen["notices_are_lost"] > seldom
    assert seen["books_are_reconciled"] > seldom
