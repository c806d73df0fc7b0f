"""The nearest switch that says anything wins."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from feenote.domain.reminders.switches import Mode, Ruling, Scope, Setting, ruling

TODAY = date(2026, 11, 23)
SILENT = Setting()
OVER = Setting(hold_until=TODAY)
ON, OFF = Setting(Mode.ON), Setting(Mode.OFF)
HELD = Setting(hold_until=date(2026, 12, 1))
HELD_LONGER = Setting(Mode.ON, hold_until=date(2026, 12, 24))
SETTINGS = (SILENT, OVER, ON, OFF, HELD)
ALL_FOUR = list(itertools.product(SETTINGS, repeat=4))


def ruled(bill: Setting, matters: list[Setting], client: Setting, firm: Setting) -> Ruling:
    """Return what is decided."""
    return ruling(
        today=TODAY,
        bill=("bill_1", bill),
        matters=[(f"mat_{at}", setting) for at, setting in enumerate(matters)],
        client=("cli_1", client),
        firm=("firm_1", firm),
    )


class TestTheNearestSwitch:
    @pytest.mark.parametrize(
        ("bill", "matter", "client", "firm"), list(itertools.product(SETTINGS, repeat=4))
    )
    def test_decides_alone(self, bill: Setting, matter: Setting, client: Setting, firm: Setting) -> None:
        by_scope = dict(zip(Scope, (bill, matter, client, firm), strict=True))
        speaking = [scope for scope, setting in by_scope.items() if setting not in (SILENT, OVER)]

        found = ruled(bill, [matter], client, firm)

        if not speaking:
            assert found == Ruling(allows=True, scope=Scope.FIRM, scope_id="firm_1")
        else:
            decisive = by_scope[speaking[0]]
            assert found.scope is speaking[0]
            assert found.allows == (decisive is ON)
            assert found.until == (date(2026, 12, 1) if decisive is HELD else None)


class TestOfSeveralMatters:
    @pytest.mark.parametrize("order", list(itertools.permutations([ON, HELD, HELD_LONGER, OFF])))
    def test_off_goes_before_a_hold(self, order: tuple[Setting, ...]) -> None:
        found = ruled(SILENT, list(order), ON, ON)

        assert not found.allows
        assert found.until is None
        assert found.scope_id == f"mat_{order.index(OFF)}"

    @pytest.mark.parametrize("order", list(itertools.permutations([ON, HELD, HELD_LONGER])))
    def test_the_longest_hold_goes_before_on(self, order: tuple[Setting, ...]) -> None:
        found = ruled(SILENT, list(order), OFF, OFF)

        assert found.until == date(2026, 12, 24)
        assert found.scope is Scope.MATTER


class TestAHold:
    def test_ends_on_its_day(self) -> None:
        assert not Setting(hold_until=date(2026, 11, 24)).says(date(2026, 11, 24))
        assert Setting(hold_until=date(2026, 11, 24)).says(TODAY)

    def test_that_has_ended_leaves_the_mode(self) -> None:
        assert not ruled(Setting(Mode.OFF, hold_until=TODAY), [], ON, ON).allows
