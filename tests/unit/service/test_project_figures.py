"""How many rows fit a change whose timelines take an event for each receipt."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from feenote.domain.bill_figures import BillFigures
from feenote.domain.bills import BillReceipt
from feenote.domain.money import Money
from feenote.domain.payments import PaymentMethod
from feenote.service.ports import ROWS_IN_ONE_CHANGE
from feenote.service.project_figures import paid_events, room_for

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def figures(rows: int, receipts: int) -> list[BillFigures]:
    made = tuple(
        BillReceipt(f"pay_{number}", f"R-1-{number}", Money(5, "USD"), date(2026, 11, 23), PaymentMethod.CARD)
        for number in range(receipts)
    )
    return [BillFigures(f"bill_{row}", 5, 0, is_settled=False, receipts=made) for row in range(rows)]


class TestRoom:
    @pytest.mark.parametrize("receipts", [0, 1])
    def test_is_whole_where_a_row_brings_one_event_at_most(self, receipts: int) -> None:
        assert room_for(figures(200, receipts)) == ROWS_IN_ONE_CHANGE

    def test_is_for_more_than_one_row_though_several_payments_wait_on_each(self) -> None:
        assert room_for(figures(200, 6)) == 2 * ROWS_IN_ONE_CHANGE // 7

    @pytest.mark.parametrize(("rows", "receipts"), [(40, 0), (40, 1), (13, 3), (40, 2), (2, 20), (1, 90)])
    @pytest.mark.parametrize("other_events", [False, True])
    def test_lets_no_change_outgrow_a_transaction(
        self, rows: int, receipts: int, *, other_events: bool
    ) -> None:
        waiting = figures(rows, receipts)

        written = waiting[: room_for(waiting, other_events=other_events)]

        assert written
        events = len(paid_events(written, NOW)) + (len(written) if other_events else 0)
        assert len(written) + events <= max(2 * ROWS_IN_ONE_CHANGE, 92)
