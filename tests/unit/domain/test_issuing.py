"""Bills that a client comes to owe in one change of the account."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from feenote.domain import accounts, bills
from feenote.domain.accounts import MAX_OPEN_BILLS, AccountError, ClientAccount
from feenote.domain.bills import Bill, BillContent, BillLine, BillState, LineKind
from feenote.domain.issuing import issue_together
from feenote.domain.ledger import JournalEntry
from feenote.domain.money import Money

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ACCOUNT = ClientAccount("firm_1", "cli_1", version=4, entries=7)


def approved(number: int, minor: int = 100) -> Bill:
    day = date(2026, 11, 1)
    line = BillLine(LineKind.FEE, Money(minor, "USD"))
    content = BillContent("cli_1", ("mat_1",), "USD", day, day, (line,))
    draft = Bill(f"bill_{number}", "firm_1", content, BillState.DRAFT, AT, number=str(number))
    return bills.approved(draft, number=draft.number)


class TestIssuingTogether:
    def test_does_what_issuing_one_by_one_does_in_one_version(self) -> None:
        issued = [approved(1, 100), approved(2, 250), approved(3, 30)]

        after, entries = issue_together(ACCOUNT, issued, entry_ids=["ent_1", "ent_2", "ent_3"], at=AT)

        alone = ACCOUNT
        of_each: list[JournalEntry | None] = []
        for number, bill in enumerate(issued, start=1):
            change = accounts.issue(alone, bill, entry_id=f"ent_{number}", at=AT)
            alone = change.account
            of_each.append(change.entry)
        assert after == replace(alone, version=5)
        assert list(entries) == of_each
        assert [entry.sequence for entry in entries] == [8, 9, 10]

    def test_has_no_entry_for_a_bill_over_nothing(self) -> None:
        after, entries = issue_together(
            ACCOUNT, [approved(1, 0), approved(2)], entry_ids=["ent_1", "ent_2"], at=AT
        )

        assert [entry.source_id for entry in entries] == ["bill_2"]
        assert (set(after.open_bills), after.version, after.entries) == ({"bill_2"}, 5, 8)

    def test_is_refused_for_all_where_there_is_no_room_for_one(self) -> None:
        first, _ = issue_together(ACCOUNT, [approved(1)], entry_ids=["ent_1"], at=AT)
        [owed] = first.open_bills.values()
        nearly_full = replace(
            first, open_bills={f"bill_x{number}": owed for number in range(MAX_OPEN_BILLS - 1)}
        )

        with pytest.raises(AccountError):
            issue_together(nearly_full, [approved(2), approved(3)], entry_ids=["ent_2", "ent_3"], at=AT)
