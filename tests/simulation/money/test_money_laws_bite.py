"""The laws of money can fail: each is broken on purpose, and the simulation must notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from feenote.domain import accounts, bill_figures, money_moves
from feenote.domain.events import TaskKind
from feenote.service import (
    reconcile,
    start_payment,
)
from feenote.service.ports import ClientChange
from tests.fakes.stored.books import FakeBooks
from tests.simulation.money import cashier
from tests.simulation.money.run import SeedFailedError, run

SEEDS = 1_500
Break = Callable[[pytest.MonkeyPatch], None]


def _changed(patch: pytest.MonkeyPatch, change: Callable[[ClientChange], ClientChange]) -> None:
    commit = FakeBooks.commit
    patch.setattr(FakeBooks, "commit", lambda self, given: commit(self, change(given)))


def forget_the_marker(patch: pytest.MonkeyPatch) -> None:
    """Book without the processor's object: the same can be booked again."""
    _changed(patch, lambda change: replace(change, marker=""))


def ask_nobody(patch: pytest.MonkeyPatch) -> None:
    """Keep credit to ourselves."""
    quiet = {TaskKind.CLIENT_CREDIT, TaskKind.PAYMENT_DIFFERS}
    _changed(
        patch,
        lambda change: replace(change, tasks=tuple(task for task in change.tasks if task.kind not in quiet)),
    )


def lose_an_entry(patch: pytest.MonkeyPatch) -> None:
    """Move money without saying so in the journal."""
    _changed(patch, lambda change: replace(change, entries=() if change.refunds else change.entries))


def keep_the_payment(patch: pytest.MonkeyPatch) -> None:
    """Take money off bills and leave it in the payment."""
    moved = money_moves._moved

    def forgetful(account: Any, before: Any, *args: Any, **keys: Any) -> Any:
        done = moved(account, before, *args, **keys)
        return replace(done, payment=replace(before, version=before.version + 1))

    patch.setattr(money_moves, "_moved", forgetful)


def leave_receipts(patch: pytest.MonkeyPatch) -> None:
    """Let a bill show a payment that was taken from it."""
    acknowledged = bill_figures.acknowledged
    patch.setattr(bill_figures, "acknowledged", lambda figures, payment, **_: acknowledged(figures, payment))


def never_ask_again(patch: pytest.MonkeyPatch) -> None:
    """Forget refunds of which Stripe said nothing."""
    for module in (cashier, reconcile):
        patch.setattr(module, "settle_refunds", lambda *_, **__: 0)


def open_two_sessions(patch: pytest.MonkeyPatch) -> None:
    """Open a session whatever other is open."""
    patch.setattr(start_payment, "end_checkouts", lambda _ports, account, **_: account)
    patch.setattr(start_payment, "_same", lambda *_: None)
    patch.setattr(accounts, "conflicting_checkouts", lambda *_: ())


def heal_nothing(patch: pytest.MonkeyPatch) -> None:
    """Reconcile without looking at what no notice told."""
    patch.setattr(reconcile, "heal_events", lambda *_, **__: None)


def let_sessions_live(patch: pytest.MonkeyPatch) -> None:
    """Reconcile without looking at sessions that should have ended."""
    patch.setattr(reconcile, "heal_checkouts", lambda *_, **__: None)


BROKEN = {
    name.__name__.replace("_", " "): name
    for name in (
        forget_the_marker,
        ask_nobody,
        lose_an_entry,
        keep_the_payment,
        leave_receipts,
        never_ask_again,
        open_two_sessions,
        heal_nothing,
        let_sessions_live,
    )
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_simulation_notices(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BROKEN[name](monkeypatch)

    with pytest.raises(SeedFailedError):
        _many()


def _many() -> None:
    for seed in range(SEEDS):
        run(seed)
