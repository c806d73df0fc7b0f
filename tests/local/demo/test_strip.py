"""The picture of sixty days: each mark stands under its day, in a terminal and as SVG."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree import ElementTree as ET

from local.demo.strip import NAME_WIDTH, Mark, Strip, Strips, lines_of
from local.demo.strip_picture import svg_of

MONDAY = date(2026, 11, 23)
THANKSGIVING = date(2026, 11, 26)


def strips(*of: Strip, days: int = 14) -> Strips:
    return Strips(MONDAY, days, of, frozenset({THANKSGIVING}))


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


class TestALineOfText:
    def test_has_a_column_for_each_day(self) -> None:
        shown = strips(Strip("Bright Orchard", {day(1): [Mark.WROTE], day(8): [Mark.WROTE, Mark.PAID]}))

        line = lines_of(shown)[1].plain

        assert line[NAME_WIDTH + 1] == Mark.WROTE.sign
        assert line[NAME_WIDTH + 8] == Mark.PAID.sign, "the last mark of a day is the one that shows"

    def test_leaves_days_off_and_days_after_the_payment_empty(self) -> None:
        shown = strips(Strip("Bright Orchard", {day(1): [Mark.PAID]}, owed_until=day(1)), Strip("Owes", {}))

        paid, owes = (line.plain[NAME_WIDTH : NAME_WIDTH + 14] for line in lines_of(shown)[1:3])

        assert paid == f"·{Mark.PAID.sign}            "
        assert owes == "··· ·  ·····  ", "Thanksgiving and weekends"

    def test_stands_under_the_first_day_of_each_week(self) -> None:
        weeks = lines_of(strips(Strip("Owes", {})))[0].plain

        assert weeks[NAME_WIDTH:].startswith("23 Nov 30 Nov")

    def test_is_followed_by_what_the_marks_mean(self) -> None:
        legend = lines_of(strips(Strip("Stops", {day(2): [Mark.STOPPED]})))[-1].plain

        assert Mark.STOPPED.words in legend
        assert Mark.PAID.words not in legend


class TestThePicture:
    def test_is_well_formed_and_names_each_client(self) -> None:
        shown = strips(
            Strip("Cedar & Finch", {day(1): [Mark.WROTE, Mark.STOPPED]}, "1 email"), Strip("B", {})
        )

        drawn = ET.fromstring(svg_of(shown, title="Sixty days", subtitle="of a demo"))

        texts = [element.text for element in drawn.iter() if element.text and element.text.strip()]
        assert {"Cedar & Finch", "B", "1 email", "Sixty days"} <= set(texts)
        assert texts.count(Mark.STOPPED.sign) == 2, "on its day, and in the legend"
