"""Values of the domain for property tests."""

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DATES = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@st.composite
def open_bills(draw: st.DrawFn, *, currency: str = "USD", max_size: int = 12) -> dict[str, OpenBill]:
    """Draw open bills of one currency by id; each owes something."""
    count = draw(st.integers(0, max_size))
    found: dict[str, OpenBill] = {}
    for index in range(count):
        total = draw(st.integers(1, 10**7))
        bill_id = f"bill_{index}"
        found[bill_id] = OpenBill(
            bill_id,
            str(index),
            draw(DATES),
            draw(DATES),
            AT,
            Money(total, currency),
            draw(st.integers(0, total - 1)),
        )
    return found
