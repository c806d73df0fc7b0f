"""Amounts as people type them: read exactly, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feenote.adapters import localised
from feenote.domain.money import MAX_MINOR, Money
from feenote.domain.typed_amounts import Unreadable, read_typed

NO_NUMBER, TOO_MANY = Unreadable.NOT_A_NUMBER, Unreadable.TOO_MANY_DIGITS
LOCALES = ["en-US", "en-GB", "en-IN", "de-DE", "de-CH", "de-AT", "fr-FR", "fr-CH", "es-ES", "es-MX"]
CURRENCIES = ["USD", "EUR", "JPY", "ISK", "KWD", "TND", "CLF"]


class TestWhatIsTyped:
    @pytest.mark.parametrize(
        ("text", "currency", "sign", "read"),
        [
            ("1,234.56", "USD", ".", 123456),
            ("1,234.56", "USD", ",", 123456),
            ("1.234,56", "EUR", ",", 123456),
            ("1.234,56", "EUR", ".", 123456),
            ("1234.5", "USD", ".", 123450),
            ("1234,5", "EUR", ",", 123450),
            ("1234,50", "USD", ".", 123450),
            ("1,234", "USD", ".", 123400),
            ("1.234", "EUR", ",", 123400),
            ("1,234,567", "USD", ",", 123456700),
            ("12,34,567.89", "INR", ".", 123456789),
            ("1 234,56", "EUR", ",", 123456),
            ("1\u00a0234,56", "EUR", ",", 123456),
            ("1\u202f234,56", "EUR", ",", 123456),
            ("1'234.50", "CHF", ".", 123450),
            ("1\u2019234.50", "CHF", ".", 123450),
            ("$1,234.56", "USD", ".", 123456),
            ("US$1,234.56", "USD", ".", 123456),
            ("12,00 $US", "USD", ",", 1200),
            ("USD 12", "USD", ".", 1200),
            ("12 usd", "USD", ".", 1200),
            ("12,00\u00a0€", "EUR", ",", 1200),
            ("１２", "USD", ".", 1200),
            ("500", "JPY", ".", 500),
            ("1,500", "JPY", ".", 1500),
            ("1500.00", "JPY", ".", 1500),
            ("1.234", "KWD", ".", 1234),
            ("1,234", "KWD", ".", 1234000),
            ("1,234", "KWD", ",", 1234),
            ("1.5", "KWD", ".", 1500),
            (".5", "USD", ".", 50),
            ("5.", "USD", ".", 500),
            ("0", "USD", ".", 0),
            ("007", "USD", ".", 700),
        ],
    )
    def test_is_read_to_the_last_digit(self, text: str, currency: str, sign: str, read: int) -> None:
        assert read_typed(text, currency, decimal_sign=sign) == read

    @pytest.mark.parametrize(
        ("text", "currency", "sign", "why"),
        [
            ("", "USD", ".", NO_NUMBER),
            ("   ", "USD", ".", NO_NUMBER),
            ("abc", "USD", ".", NO_NUMBER),
            ("-5", "USD", ".", NO_NUMBER),
            ("+5", "USD", ".", NO_NUMBER),
            ("(5)", "USD", ".", NO_NUMBER),
            ("1e5", "USD", ".", NO_NUMBER),
            ("0x10", "USD", ".", NO_NUMBER),
            ("1,,2", "USD", ".", NO_NUMBER),
            ("1,23,4", "USD", ".", NO_NUMBER),
            ("1.2.3", "USD", ".", NO_NUMBER),
            ("1,2345,678.00", "USD", ".", NO_NUMBER),
            ("5 EUR", "USD", ".", NO_NUMBER),
            ("A$5", "USD", ".", NO_NUMBER),
            ("٥", "USD", ".", NO_NUMBER),
            (".", "USD", ".", NO_NUMBER),
            ("9" * 20, "USD", ".", NO_NUMBER),
            ("9" * 400, "USD", ".", NO_NUMBER),
            ("10.005", "USD", ".", TOO_MANY),
            ("1.234", "USD", ".", TOO_MANY),
            ("1.000", "USD", ".", TOO_MANY),
            ("1,2345", "USD", ".", TOO_MANY),
            ("12.5", "JPY", ".", TOO_MANY),
            ("1.000", "JPY", ".", TOO_MANY),
            ("1.2345", "KWD", ".", TOO_MANY),
        ],
    )
    def test_is_refused_where_it_could_only_be_guessed(
        self, text: str, currency: str, sign: str, why: Unreadable
    ) -> None:
        assert read_typed(text, currency, decimal_sign=sign) is why


class TestEveryAmountThatAPageWrites:
    @given(st.integers(0, MAX_MINOR), st.sampled_from(CURRENCIES), st.sampled_from(LOCALES))
    def test_is_read_back_as_it_was(self, minor: int, currency: str, locale: str) -> None:
        sign = localised.decimal_sign(locale)

        for written in (
            localised.amount(Money(minor, currency), locale),
            localised.money(Money(minor, currency), locale),
        ):
            assert read_typed(written, currency, decimal_sign=sign) == minor, written

    @given(st.text(alphabet="0123456789.,' €x-", max_size=24), st.sampled_from([".", ","]))
    def test_or_anything_else_is_an_amount_or_a_reason_and_never_negative(self, text: str, sign: str) -> None:
        read = read_typed(text, "EUR", decimal_sign=sign)

        assert isinstance(read, Unreadable) or 0 <= read <= MAX_MINOR
