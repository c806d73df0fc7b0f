"""Ten thousand random histories of money: after each step the books hold, at the end they are Stripe's."""

import pytest

from tests.simulation.money.run import SEEDS_IN_A_BATCH, run_a_batch


@pytest.mark.parametrize("first", range(0, 10_000, SEEDS_IN_A_BATCH))
def test_money_is_never_wrong(first: int) -> None:
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
