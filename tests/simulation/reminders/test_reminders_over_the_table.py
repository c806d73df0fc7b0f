"""The same histories over the adapters themselves, with conflicts between transactions."""

from __future__ import annotations

from collections import Counter

from tests.simulation.reminders.people import FIRM
from tests.simulation.reminders.run import counted, run
from tests.simulation.table import TableStore

SEEDS = (0,)
DAYS = 30


def test_reminders_keep_their_laws_over_the_table() -> None:
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        store = TableStore(FIRM, seed)
        try:
            seen += counted(run(seed, days=DAYS, store=store, settles=False))
        finally:
            store.close()

    assert seen["reminders"] > 1
