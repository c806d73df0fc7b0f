"""Laws of spreading money over bills."""

from hypothesis import given
from hypothesis import strategies as st

from feenote.domain.allocation import Allocation, oldest_first, spread_as_stored, spread_oldest_first, sum_of
from feenote.domain.money import Money
from feenote.domain.open_bills import OpenBill
from tests.unit.domain.strategies import open_bills

AMOUNTS = st.integers(0, 10**8).map(lambda minor: Money(minor, "USD"))


class TestSpreadingOldestFirst:
    @given(AMOUNTS, open_bills())
    def test_adds_up_to_the_payment(self, amount: Money, bills: dict[str, OpenBill]) -> None:
        spread = spread_oldest_first(amount, bills.values())
        assert sum_of(spread.allocations, "USD") + spread.client_credit == amount

    @given(AMOUNTS, open_bills())
    def test_never_gives_a_bill_more_than_it_owes(self, amount: Money, bills: dict[str, OpenBill]) -> None:
        for part in spread_oldest_first(amount, bills.values()).allocations:
            assert 0 < part.amount.minor <= bills[part.bill_id].balance_due.minor

    @given(AMOUNTS, open_bills())
    def test_leaves_credit_only_when_every_bill_is_settled(
        self, amount: Money, bills: dict[str, OpenBill]
    ) -> None:
        spread = spread_oldest_first(amount, bills.values())
        if spread.client_credit:
            taken = {part.bill_id: part.amount for part in spread.allocations}
            assert taken == {key: bill.balance_due for key, bill in bills.items()}

    @given(AMOUNTS, open_bills())
    def test_touches_a_bill_only_after_all_older_ones_are_settled(
        self, amount: Money, bills: dict[str, OpenBill]
    ) -> None:
        taken = {
            part.bill_id: part.amount for part in spread_oldest_first(amount, bills.values()).allocations
        }
        in_order = sorted(bills.values(), key=oldest_first)
        settled = [taken.get(bill.bill_id) == bill.balance_due for bill in in_order]
        touched = [bill.bill_id in taken for bill in in_order]
        for position, is_touched in enumerate(touched):
            assert not is_touched or all(settled[:position])

    @given(AMOUNTS, open_bills(), st.randoms(use_true_random=False))
    def test_does_not_depend_on_the_order_in_which_bills_are_given(
        self, amount: Money, bills: dict[str, OpenBill], random: object
    ) -> None:
        shuffled = list(bills.values())
        random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis' own Random
        assert spread_oldest_first(amount, shuffled) == spread_oldest_first(amount, bills.values())

    @given(AMOUNTS, open_bills(currency="EUR"))
    def test_gives_nothing_to_bills_of_another_currency(
        self, amount: Money, bills: dict[str, OpenBill]
    ) -> None:
        assert spread_oldest_first(amount, bills.values()).allocations == ()


@st.composite
def stored_splits(draw: st.DrawFn) -> tuple[dict[str, OpenBill], tuple[Allocation, ...]]:
    bills = draw(open_bills())
    chosen = draw(st.lists(st.sampled_from([*bills, "bill_gone"]), unique=True))
    return bills, tuple(Allocation(key, Money(draw(st.integers(1, 10**7)), "USD")) for key in chosen)


class TestSpreadingAsStored:
    @given(AMOUNTS, stored_splits(), st.booleans())
    def test_adds_up_and_caps_each_bill(
        self, amount: Money, case: tuple[dict[str, OpenBill], tuple[Allocation, ...]], all_unpaid: bool
    ) -> None:
        bills, split = case
        spread = spread_as_stored(amount, split, bills, all_unpaid=all_unpaid)
        assert sum_of(spread.allocations, "USD") + spread.client_credit == amount
        for part in spread.allocations:
            assert 0 < part.amount.minor <= bills[part.bill_id].balance_due.minor
        assert len({part.bill_id for part in spread.allocations}) == len(spread.allocations)

    @given(AMOUNTS, stored_splits())
    def test_touches_no_bill_outside_the_split_unless_it_was_for_all(
        self, amount: Money, case: tuple[dict[str, OpenBill], tuple[Allocation, ...]]
    ) -> None:
        bills, split = case
        spread = spread_as_stored(amount, split, bills, all_unpaid=False)
        assert {part.bill_id for part in spread.allocations} <= {part.bill_id for part in split}

    @given(open_bills())
    def test_gives_back_the_very_split_when_nothing_changed(self, bills: dict[str, OpenBill]) -> None:
        split = tuple(Allocation(key, bill.balance_due) for key, bill in bills.items())
        spread = spread_as_stored(sum_of(split, "USD"), split, bills, all_unpaid=False)
        assert spread.allocations == split
        assert not spread.client_credit
