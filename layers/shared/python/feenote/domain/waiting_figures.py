"""Figures that wait in the client's account, because a transaction has room for some forty bill rows.

They are written later; until then the account holds them, and nobody reads a bill without them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from feenote.domain.accounts import ClientAccount
from feenote.domain.bill_figures import BillFigures


def place_figures(
    account: ClientAccount, figures: Iterable[BillFigures], *, room: int, written: Iterable[str] = ()
) -> tuple[ClientAccount, tuple[BillFigures, ...]]:
    """Divide figures into those to write with the account, up to `room` rows, and those that wait in it.

    What waited for the same bills is out of date and forgotten, as is what waited for bills `written` whole.
    """
    fresh = {item.bill_id: item for item in figures}
    skipped = set(written)
    now = tuple(item for key, item in fresh.items() if key not in skipped)[:room]
    placed = skipped | {item.bill_id for item in now}
    waiting = {key: item for key, item in {**account.unprojected, **fresh}.items() if key not in placed}
    return replace(account, unprojected=waiting), now


def projected(account: ClientAccount, bill_ids: Iterable[str]) -> ClientAccount:
    """Forget the kept figures of bills whose rows are written now."""
    done = set(bill_ids)
    kept = {key: value for key, value in account.unprojected.items() if key not in done}
    return replace(account, version=account.version + 1, unprojected=kept)
