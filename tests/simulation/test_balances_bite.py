"""The law of balances can fail: rows that are not written with a change, or not rightly, are noticed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from feenote.domain import balances
from feenote.domain.ledger import EntryKind
from feenote.service.ports import ClientChange
from tests.fakes.stored import books
from tests.fakes.stored.balances import put_balances
from tests.fakes.stored.world import World as StoredWorld
from tests.simulation.run import SeedFailedError, run

SEEDS = 400
Break = Callable[[pytest.MonkeyPatch], None]


def _forget_where(patch: pytest.MonkeyPatch, forgotten: Callable[[ClientChange], bool]) -> None:
    def careless(world: StoredWorld, change: ClientChange) -> None:
        if not forgotten(change):
            put_balances(world, change)

    patch.setattr(books, "put_balances", careless)


def forget_payments(patch: pytest.MonkeyPatch) -> None:
    """Let a payment leave the rows as they were."""
    _forget_where(patch, lambda change: change.payment is not None)


def forget_voids(patch: pytest.MonkeyPatch) -> None:
    """Let a voided bill stay in its row."""
    _forget_where(patch, lambda change: any(entry.kind is EntryKind.BILL_VOIDED for entry in change.entries))


def forget_what_is_on_its_way(patch: pytest.MonkeyPatch) -> None:
    """Write rows only where money moved."""
    _forget_where(patch, lambda change: not change.entries)


def merge_days_too_early(patch: pytest.MonkeyPatch) -> None:
    """Take a later day than today for the one on which a row is written."""

    def ahead(*_: object) -> date:
        return date(2026, 11, 2) + timedelta(days=300)

    patch.setattr(balances, "day_known", ahead)


@pytest.mark.parametrize(
    "broken", [forget_payments, forget_voids, forget_what_is_on_its_way, merge_days_too_early]
)
def test_a_row_that_is_wrong_is_noticed(broken: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch)
    with pytest.raises(SeedFailedError, match=r"is listed with|owes nothing|has no row"):
        run_many()


def run_many() -> None:
    """Run some seeds, until one fails."""
    for seed in range(SEEDS):
        run(seed)
