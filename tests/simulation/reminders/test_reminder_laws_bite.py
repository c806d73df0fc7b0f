"""The laws of reminders can fail: each is broken on purpose, and the simulation must notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from feenote.domain.reminders.history import AddressFacts
from feenote.domain.reminders.sending_days import SendingDays
from feenote.domain.reminders.switches import Ruling, Scope
from feenote.service import deliver_message
from feenote.service.ports import Page
from feenote.service.reminders import compose_run, decide, due_bills, gather, run_clients
from tests.fakes.stored.reminders import FakeReminders
from tests.simulation.reminders.run import SeedFailedError, run

SEEDS = 12
Break = Callable[[pytest.MonkeyPatch], None]


def look_only_once(patch: pytest.MonkeyPatch) -> None:
    """Send what was decided hours ago without looking again."""
    patch.setattr(deliver_message, "look_again", lambda _ports, context, _now: context)


def write_as_often_as_you_like(patch: pytest.MonkeyPatch) -> None:
    """Forget that an address was written to within seven days."""
    patch.setattr(AddressFacts, "has_room", lambda _self, _now, **_: True)


def write_at_night(patch: pytest.MonkeyPatch) -> None:
    """Take every hour for one in which a reminder may go."""
    patch.setattr(SendingDays, "is_open", lambda _self, _now: True)


def forget_what_is_done(patch: pytest.MonkeyPatch) -> None:
    """Take no stage for done."""
    patch.setattr(due_bills, "_done_through", lambda _facts, _bill: None)


def never_stop(patch: pytest.MonkeyPatch) -> None:
    """Go on after the tenth."""
    patch.setattr(
        decide,
        "due_bills",
        lambda facts, now: (replace(one, is_over=False) for one in due_bills.due_bills(facts, now)),
    )


def heed_no_switch(patch: pytest.MonkeyPatch) -> None:
    """Let reminders go whatever the switches say."""

    def allowed(facts: Any, _bill: Any, _today: Any) -> Ruling:
        return Ruling(allows=True, scope=Scope.FIRM, scope_id=facts.firm.id)

    for module in ("feenote.service.reminders.decide", "feenote.service.reminders.look_again"):
        patch.setattr(f"{module}.ruling_of", allowed)


def remind_of_what_was_never_sent(patch: pytest.MonkeyPatch) -> None:
    """Take a bill for sent that nobody has seen."""
    gathered = gather.gather

    def sent(ports: Any, firm_id: str, client_ids: Any, *, now: Any) -> Any:
        return {
            client_id: replace(
                facts,
                sent={
                    key: at or bill.created_at
                    for key, bill in facts.account.open_bills.items()
                    for at in (facts.sent.get(key),)
                },
            )
            for client_id, facts in gathered(ports, firm_id, client_ids, now=now).items()
        }

    patch.setattr(run_clients, "gather", sent)


def forget_a_shard(patch: pytest.MonkeyPatch) -> None:
    """Never look into some of the partitions."""
    due = FakeReminders.due

    def partly(self: FakeReminders, shard: int, **keys: Any) -> Any:
        return due(self, shard, **keys) if shard % 4 else Page((), None)

    patch.setattr(FakeReminders, "due", partly)


def ask_nobody_at_the_end(patch: pytest.MonkeyPatch) -> None:
    """Stop reminding and tell nobody."""
    patch.setattr(compose_run, "_ended", lambda *_: ())


NOTICED: dict[Break, str] = {
    look_only_once: "asks for|is on its way|disputed|switched off|no sending hour|stopped|an address that",
    write_as_often_as_you_like: "comes after one of",
    write_at_night: "no sending hour",
    forget_what_is_done: "no stage came until|was reminded of on",
    never_stop: "was reminded of on 11 days",
    heed_no_switch: "switched off or held",
    remind_of_what_was_never_sent: "was never sent",
    forget_a_shard: "had a stage on",
    ask_nobody_at_the_end: "ended and nobody is asked",
}

SELDOM: dict[Break, int] = {never_stop: 6, ask_nobody_at_the_end: 2, forget_a_shard: 12}
"""Where to begin with what shows only in histories that are long about one bill."""


@pytest.mark.parametrize("broken", NOTICED, ids=lambda broken: broken.__name__)
def test_a_broken_promise_is_noticed(broken: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch)

    with pytest.raises(SeedFailedError, match=NOTICED[broken]):
        run_until_one_fails(SELDOM.get(broken, 0))


def run_until_one_fails(first: int) -> None:
    """Run seeds until one breaks a law."""
    for seed in range(first, first + SEEDS):
        run(seed)
