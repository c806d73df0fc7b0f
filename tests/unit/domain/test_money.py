"""Laws of money."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feenote.domain import money
from feenote.domain.currencies import DIGITS, UnknownCurrencyError, digits_of
from feenote.domain.money import MAX_MINOR, Money, MoneyError, parse_amount, share_out

CURRENCIES = st.sampled_from(sorted(DIGITS))
MINOR = st.integers(-(10**12), 10**12)


class TestMoney:
    @pytest.mark.parametrize("minor", [1.0, 10.005, "1", True, None, Decimal(1)])
    def test_takes_nothing_but_an_integer(self, minor: object) -> None:
        with pytest.raises(MoneyError):
            Money(minor, "USD")  # type: ignore[arg-type]  # the point of the test

    @pytest.mark.parametrize("code", ["usd", "US", "", "XXX", "EURO", "ZZZ"])
    def test_refuses_a_currency_that_is_not_in_iso_4217(self, code: str) -> None:
        with pytest.raises(UnknownCurrencyError):
            Money(1, code)

    def test_refuses_more_than_a_browser_can_hold_exactly(self) -> None:
        with pytest.raises(MoneyError):
            Money(MAX_MINOR + 1, "USD")

    def test_never_adds_or_compares_two_currencies(self) -> None:
        dollars, euros = Money(1, "USD"), Money(1, "EUR")
        for act in (lambda: dollars + euros, lambda: dollars - euros, lambda: dollars < euros):
            with pytest.raises(MoneyError):
                act()

    @given(MINOR, MINOR, CURRENCIES)
    def test_adds_and_takes_away(self, one: int, other: int, code: str) -> None:
        first, second = Money(one, code), Money(other, code)
        assert first + second - second == first
        assert first + second == second + first
        assert -first + first == money.zero(code)

    @pytest.mark.parametrize(
        ("code", "digits"),
        [("JPY", 0), ("ISK", 0), ("UGX", 0), ("USD", 2), ("HUF", 2), ("KWD", 3), ("CLF", 4)],
    )
    def test_knows_the_digits_of_each_currency(self, code: str, digits: int) -> None:
        assert digits_of(code) == digits


class TestParsingAnAmount:
    @pytest.mark.parametrize(
        ("text", "code", "minor"),
        [
            ("1684.45", "USD", 168445),
            ("1250.", "USD", 125000),
            (".5", "USD", 50),
            ("-70", "USD", -7000),
            (" 289.5 ", "USD", 28950),
            ("24.950", "USD", 2495),
            ("1000", "JPY", 1000),
            ("1.234", "KWD", 1234),
        ],
    )
    def test_is_exact(self, text: str, code: str, minor: int) -> None:
        assert parse_amount(text, code) == Money(minor, code)

    @pytest.mark.parametrize(
        "text",
        ["", "10.005", "1,000.00", "1e3", "NaN", "Infinity", "$5", "--1", "1 000", "٣", "0x10", "9" * 41],
    )
    def test_refuses_what_is_no_exact_amount(self, text: str) -> None:
        with pytest.raises(MoneyError):
            parse_amount(text, "USD")

    @given(MINOR, CURRENCIES)
    def test_reads_back_what_was_written(self, minor: int, code: str) -> None:
        amount = Money(minor, code)
        assert parse_amount(str(amount.to_decimal().__format__("f")), code) == amount


class TestSharingOut:
    @given(MINOR, st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any), CURRENCIES)
    def test_loses_no_unit(self, minor: int, weights: list[int], code: str) -> None:
        whole = Money(minor, code)
        parts = share_out(whole, weights)
        assert money.total(parts, code) == whole
        assert len(parts) == len(weights)

    @given(MINOR, st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
    def test_gives_each_its_exact_share_to_within_one_unit(self, minor: int, weights: list[int]) -> None:
        for part, weight in zip(share_out(Money(minor, "USD"), weights), weights, strict=True):
            assert abs(part.minor * sum(weights) - minor * weight) < sum(weights)

    @pytest.mark.parametrize("weights", [[], [0, 0], [1, -1, 1]])
    def test_refuses_weights_that_share_nothing(self, weights: list[int]) -> None:
        with pytest.raises(MoneyError):
            share_out(Money(1, "USD"), weights)


class TestRounding:
    @pytest.mark.parametrize(
        ("units", "rate", "minor"),
        [("0.1", 5, 1), ("0.1", 4, 0), ("-0.1", 5, -1), ("0.333333", 30000, 10000), ("2", 35000, 70000)],
    )
    def test_of_units_and_rate_is_half_away_from_zero(self, units: str, rate: int, minor: int) -> None:
        assert money.multiply(Decimal(units), Money(rate, "USD")) == Money(minor, "USD")

    @given(st.decimals(-100, 100, places=4), MINOR)
    def test_of_a_percentage_is_within_half_a_unit(self, percent: Decimal, minor: int) -> None:
        exact = percent * minor / 100
        assert abs(money.percentage(percent, Money(minor, "USD")).minor - exact) <= Decimal("0.5")
