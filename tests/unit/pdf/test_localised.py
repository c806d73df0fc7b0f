"""Amounts, numbers and dates as each locale writes them, exact to the last unit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from feenote.adapters import localised
from feenote.domain.currencies import DIGITS, digits_of
from feenote.domain.money import MAX_MINOR, Money

LOCALES = (
    "en-US",
    "en-IN",
    "de-DE",
    "de-CH",
    "fr-FR",
    "es-ES",
    "pt-BR",
    "ja-JP",
    "hi-IN",
    "pl-PL",
    "sv-SE",
    "he-IL",
)


class TestMoney:
    @pytest.mark.parametrize(
        ("minor", "currency", "locale", "text"),
        [
            (168_445, "USD", "en-US", "$1,684.45"),
            (-5, "USD", "en-US", "-$0.05"),
            (0, "USD", "en-US", "$0.00"),
            (168_445, "EUR", "de-DE", "1.684,45\xa0€"),
            (168_445, "CHF", "de-CH", "CHF\xa01’684.45"),
            (123_456_789, "INR", "en-IN", "₹12,34,567.89"),
            (1_684, "JPY", "en-US", "¥1,684"),
            (1_684_450, "KWD", "en-US", "KWD\xa01,684.450"),
            (1_684_450, "IQD", "en-US", "IQD\xa01,684.450"),
            (MAX_MINOR, "USD", "en-US", "$90,071,992,547,409.91"),
        ],
    )
    def test_is_written_as_the_locale_does(self, minor: int, currency: str, locale: str, text: str) -> None:
        assert localised.money(Money(minor, currency), locale) == text

    @given(
        minor=st.integers(-MAX_MINOR, MAX_MINOR),
        currency=st.sampled_from(sorted(DIGITS)),
        locale=st.sampled_from(LOCALES),
    )
    def test_keeps_every_digit(self, minor: int, currency: str, locale: str) -> None:
        digits = "".join(char for char in localised.amount(Money(minor, currency), locale) if char.isdigit())

        assert int(digits) == abs(minor)

    @given(minor=st.integers(-MAX_MINOR, MAX_MINOR), locale=st.sampled_from(LOCALES))
    def test_agrees_with_babel_where_the_digits_do(self, minor: int, locale: str) -> None:
        amount = Money(minor, "EUR")
        tag = locale.replace("-", "_")

        assert localised.money(amount, locale).replace("EUR\xa0", "EUR") == format_currency(
            amount.to_decimal(), "EUR", locale=tag
        ).replace("EUR\xa0", "EUR")

    def test_has_the_digits_of_its_currency(self) -> None:
        for currency in DIGITS:
            written = localised.amount(Money(10 ** digits_of(currency), currency), "en-US")

            assert written == ("1." + "0" * digits_of(currency)).rstrip(".")


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "least", "text"),
        [
            ("0.20", 1, "0.2"),
            ("2", 1, "2.0"),
            ("2", 0, "2"),
            ("1234.125", 0, "1,234.125"),
            ("-3", 0, "-3"),
            ("1E+3", 0, "1,000"),
        ],
    )
    def test_keep_their_digits(self, value: str, least: int, text: str) -> None:
        assert localised.quantity(Decimal(value), "en-US", least_digits=least) == text

    @given(value=st.decimals(-10_000_000, 10_000_000, places=3), locale=st.sampled_from(LOCALES))
    def test_agree_with_babel(self, value: Decimal, locale: str) -> None:
        told = format_decimal(value, locale=locale.replace("-", "_"), decimal_quantization=False)

        assert localised.quantity(value, locale) == told or not value

    @pytest.mark.parametrize(("locale", "text"), [("en-US", "5.5%"), ("de-DE", "5,5\xa0%")])
    def test_of_a_percentage(self, locale: str, text: str) -> None:
        assert localised.percent(Decimal("5.50"), locale) == text


class TestDates:
    @pytest.mark.parametrize(
        ("locale", "long", "short"),
        [
            ("en-US", "March 4, 2026", "Mar 4, 2026"),
            ("en-GB", "4 March 2026", "4 Mar 2026"),
            ("de-DE", "4. März 2026", "04.03.2026"),
            ("ja-JP", "2026年3月4日", "2026/03/04"),
        ],
    )
    def test_are_written_as_the_locale_does(self, locale: str, long: str, short: str) -> None:
        on = date(2026, 3, 4)

        assert localised.long_date(on, locale) == long
        assert localised.short_date(on, locale) == short


class TestALocale:
    @pytest.mark.parametrize(
        "tag", ["", "xx", "en_US", "e" * 99, "../../etc", "日本", "en-US-POSIX-x-y", "\0"]
    )
    def test_that_nobody_knows_is_american_english(self, tag: str) -> None:
        assert localised.money(Money(1, "USD"), tag) == "$0.01"

    def test_gives_its_language_and_region(self) -> None:
        assert (localised.language_of("de-CH"), localised.region_of("de-CH")) == ("de", "CH")
        assert (localised.language_of("fr-XX"), localised.region_of("fr")) == ("fr", "")

    def test_names_a_currency(self) -> None:
        assert localised.currency_name("EUR", "de-DE") == "Euro"
