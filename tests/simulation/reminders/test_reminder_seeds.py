"""Random histories of 400 days: every reminder that goes out keeps every law, and none is forgotten."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.simulation.reminders.run import counted, run

SEEDS_IN_A_BATCH = 4


@pytest.mark.parametrize("first", range(0, 12, SEEDS_IN_A_BATCH))
def test_reminders_collect_and_never_embarrass(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + SEEDS_IN_A_BATCH):
        seen += counted(run(seed))

    # A simulation in which nothing happens proves nothing.
    assert seen["reminders"] > 50
    assert seen["deaths"] > 5
    for act in ("payment_comes", "debit_begins", "dispute_moves", "switch_is_turned", "recipient_stops"):
        assert seen[act] > 5
    for act in ("schedule_goes_out", "mail_goes_out", "firm_switch_is_turned", "address_bounces"):
        assert seen[act] > 2
