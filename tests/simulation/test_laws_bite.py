"""The laws can fail: each promise is broken on purpose, and the simulation must notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from feenote.domain import accounts, allocation
from feenote.service import book_payment, change_bill, deliver_message, start_payment
from feenote.service.ports import ClientChange, MailOutcomeUnknownError, NotClaimedError
from tests.fakes.stored.books import FakeBooks
from tests.fakes.stored.deliveries import FakeDeliveries
from tests.simulation import broken_sends, test_races
from tests.simulation.run import SeedFailedError, run
from tests.simulation.world import World

SEEDS = 400
Break = Callable[[pytest.MonkeyPatch], None]


def forget_the_marker(patch: pytest.MonkeyPatch) -> None:
    """Book without the processor's object: the same payment can be booked again."""
    commit = FakeBooks.commit

    def without(self: FakeBooks, change: ClientChange) -> None:
        commit(self, replace(change, marker=""))

    patch.setattr(FakeBooks, "commit", without)


def claim_again(patch: pytest.MonkeyPatch) -> None:
    """Let a message be claimed that is not queued any more."""
    claim = FakeDeliveries.claim

    def careless(self: FakeDeliveries, job: Any, link: Any, *, at: Any) -> None:
        try:
            claim(self, job, link, at=at)
        except NotClaimedError:
            return

    patch.setattr(FakeDeliveries, "claim", careless)


def leave_sessions_open(patch: pytest.MonkeyPatch) -> None:
    """Change a bill without ending its sessions."""
    patch.setattr(change_bill, "end_checkouts", lambda _ports, account, **_: account)


def open_two_sessions(patch: pytest.MonkeyPatch) -> None:
    """Open a session whatever other is open."""
    patch.setattr(start_payment, "end_checkouts", lambda _ports, account, **_: account)
    patch.setattr(start_payment, "_same", lambda *_: None)
    patch.setattr(accounts, "conflicting_checkouts", lambda *_: ())


def lose_the_rest(patch: pytest.MonkeyPatch) -> None:
    """Give a bill more than it owes."""
    patch.setattr(allocation, "_least", lambda one, _other: one)


def forget_the_task(patch: pytest.MonkeyPatch) -> None:
    """Keep a credit that nobody is asked about."""
    patch.setattr(book_payment, "_tasks", lambda *_: ())


def retry_the_mail(patch: pytest.MonkeyPatch) -> None:
    """Take no answer for a refusal that may pass."""
    patch.setattr(deliver_message, "MailThrottledError", MailOutcomeUnknownError)


SELDOM: dict[Break, int] = {claim_again: 200}
"""Where few histories show that a promise is broken: the seed from which as many are tried."""


@pytest.mark.parametrize(
    "broken",
    [
        forget_the_marker,
        claim_again,
        leave_sessions_open,
        open_two_sessions,
        lose_the_rest,
        forget_the_task,
        retry_the_mail,
        *broken_sends.IN_SOME_HISTORY,
    ],
)
def test_a_broken_promise_is_noticed(broken: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch)
    with pytest.raises(SeedFailedError):
        run_many(SELDOM.get(broken, 0))


@pytest.mark.parametrize(
    ("broken", "race"),
    [
        (broken_sends.claim_again_on_resume, test_races.go_on_after_a_lost_answer),
        (broken_sends.park_for_ever, test_races.go_on_behind_a_slow_worker),
        (broken_sends.park_without_a_second_look, test_races.go_on_behind_a_slow_worker),
        (broken_sends.send_anew_with_the_rest, test_races.send_anew_out_of_a_stopped_send),
        (broken_sends.believe_the_job, test_races.prepare_a_chunk_twice_at_once),
    ],
)
def test_a_promise_broken_in_a_race_is_noticed(
    broken: Break, race: Callable[[World], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch)
    with pytest.raises(AssertionError):
        race(test_races.a_world_with_bills())


def run_many(first: int) -> None:
    """Run some seeds, until one fails."""
    for seed in range(first, first + SEEDS):
        run(seed)
