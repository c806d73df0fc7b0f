"""What the machine's page of payments offers to do at each turn of one."""

from __future__ import annotations

import pytest

from local.pages.payments import PaymentRow, payment_rows
from tests.local.stripe_api.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()


def row(bench: Bench) -> PaymentRow:
    (found,) = payment_rows(bench.engine.snapshot())
    return found


class TestAPayment:
    def test_can_be_refunded_or_disputed(self, bench: Bench) -> None:
        bench.paid(10_000)

        assert (row(bench).state, set(row(bench).actions)) == ("paid", {"refund", "dispute_opened"})

    @pytest.mark.parametrize(
        ("acts", "state"),
        [
            (["dispute_opened"], "disputed"),
            (["dispute_opened", "dispute_won"], "paid"),
            (["dispute_opened", "dispute_lost"], "dispute lost"),
        ],
    )
    def test_shows_where_a_dispute_stands(self, bench: Bench, acts: list[str], state: str) -> None:
        session = bench.paid(10_000)
        for act in acts:
            bench.do(act, session=session["id"])

        assert row(bench).state == state

    @pytest.mark.parametrize(("act", "state"), [("dispute_won", "paid"), ("dispute_escalated", "disputed")])
    def test_that_a_bank_asks_about_offers_both_ends(self, bench: Bench, act: str, state: str) -> None:
        session = bench.paid(10_000)
        bench.do("dispute_opened", session=session["id"], inquiry=True)
        asked = row(bench)

        bench.do(act, session=session["id"])

        assert (asked.state, set(asked.actions)) == ("asked about", {"dispute_won", "dispute_escalated"})
        assert row(bench).state == state

    def test_that_was_given_back_offers_nothing_more_to_give(self, bench: Bench) -> None:
        session = bench.paid(10_000)
        bench.do("refund", session=session["id"])

        assert (row(bench).state, row(bench).actions) == ("refunded", {})
