"""How changes of the books are tried: several at the same instant, and what waits after one."""

from __future__ import annotations

import threading
from collections.abc import Callable

from feenote.domain import waiting_figures
from feenote.service.ports import (
    ROWS_IN_ONE_CHANGE,
    AlreadyBookedError,
    ClientChange,
    StaleError,
)
from tests.integration.dynamodb.samples import CLIENT, FIRM
from tests.integration.dynamodb.stores import Store


def at_once(acts: list[Callable[[], None]]) -> list[str]:
    """Run acts in threads that start together; return how each ended."""
    outcomes: list[str] = []
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], None]) -> None:
        gate.wait()
        try:
            act()
        except (AlreadyBookedError, StaleError) as error:
            outcomes.append(type(error).__name__)
        else:
            outcomes.append("done")

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def project(store: Store) -> int:
    """Write all figures that wait in the account, forty rows at a time; return how many rows there were."""
    written = 0
    while True:
        account = store.books.account(FIRM, CLIENT)
        waiting = tuple(account.unprojected.values())[:ROWS_IN_ONE_CHANGE]
        if not waiting:
            return written
        after = waiting_figures.projected(account, (item.bill_id for item in waiting))
        store.books.commit(ClientChange(after, figures=waiting))
        written += len(waiting)
