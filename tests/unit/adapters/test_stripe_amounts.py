"""Amounts are exact on the way to Stripe and back, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feenote.adapters.stripe.amounts import AmountError, from_stripe, to_stripe
from feenote.domain.currencies import DIGITS, UnknownCurrencyError
from feenote.domain.money import Money
from local.stripe_api.currencies import CURRENCIES

THREE_DECIMALS = ["BHD", "JOD", "KWD", "OMR", "TND"]


class TestAnAmount:
    @pytest.mark.parametrize(
        ("amount", "said"),
        [
            (Money(1000, "USD"), 1000),
            (Money(500, "JPY"), 500),
            (Money(5, "ISK"), 500),
            (Money(5, "UGX"), 500),
            (Money(5120, "KWD"), 5120),
            (Money(1045, "HUF"), 1045),
            (Money(80045, "TWD"), 80045),
            (Money(50000, "MGA"), 500),
        ],
        ids=lambda value: str(getattr(value, "currency", value)),
    )
    def test_is_said_as_stripes_currency_page_has_it(self, amount: Money, said: int) -> None:
        assert to_stripe(amount) == said
        assert from_stripe(said, amount.currency.lower()) == amount

    @pytest.mark.parametrize("amount", [Money(5124, "KWD"), Money(50001, "MGA")], ids=str)
    def test_is_refused_rather_than_rounded(self, amount: Money) -> None:
        with pytest.raises(AmountError):
            to_stripe(amount)

    @pytest.mark.parametrize("currency", ["IQD", "LYD", "CLF", "UYW", "UYI"])
    def test_is_refused_in_a_currency_whose_form_stripe_does_not_tell(self, currency: str) -> None:
        with pytest.raises(AmountError, match="cannot be paid online"):
            to_stripe(Money(1000, currency))

    @given(st.sampled_from(sorted(DIGITS)), st.integers(0, 99_999_999))
    def test_comes_back_as_it_went_or_does_not_go(self, currency: str, minor: int) -> None:
        amount = Money(minor, currency)
        try:
            said = to_stripe(amount)
        except AmountError:
            return
        assert from_stripe(said, currency.lower()) == amount

    @given(st.sampled_from(sorted(DIGITS)), st.integers(-99_999_999, 99_999_999))
    def test_that_stripe_says_is_the_same_when_we_say_it(self, currency: str, said: int) -> None:
        try:
            amount = from_stripe(said, currency.lower())
        except AmountError:
            return
        if currency in THREE_DECIMALS and said % 10:
            # Stripe's own balance may hold a last digit that it takes from nobody.
            with pytest.raises(AmountError, match="last digit"):
                to_stripe(amount)
        else:
            assert to_stripe(amount) == said

    @pytest.mark.parametrize("currency", ["ISK", "UGX"])
    @given(minor=st.integers(0, 999_999))
    def test_without_decimals_in_use_is_said_with_two_zeros(self, currency: str, minor: int) -> None:
        assert to_stripe(Money(minor, currency)) == 100 * minor

    @pytest.mark.parametrize("currency", ["HUF", "TWD"])
    @given(minor=st.integers(0, 99_999_999))
    def test_whose_payouts_are_whole_is_charged_to_the_hundredth(self, currency: str, minor: int) -> None:
        assert to_stripe(Money(minor, currency)) == minor

    @pytest.mark.parametrize("currency", THREE_DECIMALS)
    @given(minor=st.integers(0, 99_999_999))
    def test_with_three_decimals_ends_in_zero_or_does_not_go(self, currency: str, minor: int) -> None:
        if minor % 10:
            with pytest.raises(AmountError):
                to_stripe(Money(minor, currency))
        else:
            assert to_stripe(Money(minor, currency)) == minor

    @pytest.mark.parametrize("code", sorted(set(DIGITS) & {one.upper() for one in CURRENCIES}))
    def test_can_be_said_in_every_currency_that_stripe_takes(self, code: str) -> None:
        amount = Money(100_000, code)

        assert from_stripe(to_stripe(amount), code.lower()) == amount

    def test_of_a_fraction_that_the_currency_does_not_have_is_refused_on_the_way_back(self) -> None:
        with pytest.raises(AmountError):
            from_stripe(501, "isk")

    def test_of_an_unknown_currency_is_refused_on_the_way_back(self) -> None:
        with pytest.raises(UnknownCurrencyError):
            from_stripe(100, "usdc")
