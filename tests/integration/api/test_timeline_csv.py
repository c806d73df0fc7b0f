"""A bill's timeline, saved as a table over the API."""

from __future__ import annotations

import csv
import io

import pytest

from feenote.domain.events import BillEvent, EventKind
from tests.fakes.naughty_strings import NAUGHTY_STRINGS
from tests.integration.api.office import FIRM, OTHER_FIRM, Answer, Office, Staff
from tests.integration.api.samples import Engagement


def rows_of(answer: Answer) -> list[list[str]]:
    """Read the file as a program does."""
    assert answer.text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(answer.text[1:], newline=""), strict=True))


class TestATimelineAsCsv:
    def test_is_a_file_with_a_row_for_each_event(self, staff: Staff, engagement: Engagement) -> None:
        bill = engagement.issued(number="96542")

        answer = staff.get(f"/v1/bills/{bill['id']}/timeline.csv")

        assert answer.status == 200
        assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
        assert answer.headers["content-disposition"] == 'attachment; filename="bill-96542-timeline.csv"'
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        heads, *rows = rows_of(answer)
        assert heads[2:4] == ["What", "Who"]
        assert [row[2:4] for row in rows] == [
            ["Created", "ines@firm.example"],
            ["Approved", "ines@firm.example"],
        ]

    def test_needs_no_more_than_a_viewer_of_the_same_firm(self, staff: Staff, engagement: Engagement) -> None:
        address = f"/v1/bills/{engagement.draft()['id']}/timeline.csv"

        assert Staff(roles=("viewer",)).get(address).status == 200
        Staff(firm_id=OTHER_FIRM).get(address).problem(404)
        Staff(roles=()).get(address).problem(403)
        staff.get("/v1/bills/bill_none/timeline.csv").problem(404)

    @pytest.mark.parametrize("part", range(5))
    def test_holds_every_naughty_string_and_no_formula(
        self, office: Office, staff: Staff, engagement: Engagement, part: int
    ) -> None:
        bill = engagement.issued()
        before = len(rows_of(staff.get(f"/v1/bills/{bill['id']}/timeline.csv")))
        # Half a character cannot be stored.
        texts = [
            text for text in NAUGHTY_STRINGS[part::5] if not any("\ud800" <= c <= "\udfff" for c in text)
        ]
        for number, text in enumerate(texts):
            details = {"attachment_left_out": text, "revision": f"r{text}", text: text}
            event = BillEvent(
                f"evt_zz{number:04d}", bill["id"], office.clock.now(), EventKind.SENT, text, details
            )
            office.store.bills.record(FIRM, event)

        rows = rows_of(staff.get(f"/v1/bills/{bill['id']}/timeline.csv"))[before:]

        assert len(rows) == len(texts)
        for row, text in zip(rows, texts, strict=True):
            assert row[3].removeprefix("'").replace("'", "") == text.replace("'", "")
            assert row[5].replace("'", "") == f"r{text}".replace("'", "")
            assert not any(cell[:1] in set("=+-@\t\r\n") for cell in row if cell)
