"""Money: whole minor units of one ISO 4217 currency. A float never becomes money."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from feenote.domain.currencies import digits_of

# Nine quadrillion minor units: what a double, and so JSON in a browser, still holds exactly.
MAX_MINOR = 9_007_199_254_740_991
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


class MoneyError(ValueError):
    """An amount that cannot be money, or a sum over two currencies."""


@dataclass(frozen=True, slots=True)
class Money:
    """Hold an amount in minor units (cents, pence, yen) with its currency.

    Raises:
        MoneyError: when `minor` is not an integer or lies beyond ±(2**53 - 1).
        UnknownCurrencyError: when `currency` is not in ISO 4217.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise MoneyError(f"Money takes whole minor units, not {type(self.minor).__name__}.")
        if abs(self.minor) > MAX_MINOR:
            raise MoneyError("The amount is too large.")
        digits_of(self.currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise MoneyError(f"{self.currency} and {other.currency} are never added or compared.")
        return other.minor

    @property
    def is_negative(self) -> bool:
        """Say whether the amount is below zero."""
        return self.minor < 0

    def to_decimal(self) -> Decimal:
        """Return the amount in major units, exactly, with the currency's digits (`1684.45`)."""
        return Decimal(self.minor).scaleb(-digits_of(self.currency))


def zero(currency: str) -> Money:
    """Return nothing, in that currency."""
    return Money(0, currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Add amounts of one currency; nothing adds up to zero.

    Raises:
        MoneyError: when an amount has another currency.
    """
    result = zero(currency)
    for amount in amounts:
        result += amount
    return result


def parse_amount(text: str, currency: str) -> Money:
    """Read a plain decimal number (`1684.45`, `-70`, `1250.`) as money, exactly.

    Raises:
        MoneyError: when it is no plain number, or has more digits than the currency.
    """
    cleaned = text.strip()
    if len(cleaned) > 40 or not _PLAIN_NUMBER.fullmatch(cleaned):
        raise MoneyError(f"{text[:40]!r} is not an amount: write a plain number such as 1684.45.")
    # As a fraction: a decimal would round what has more than 28 digits, and call it exact.
    scaled = Fraction(Decimal(cleaned)) * 10 ** digits_of(currency)
    if scaled.denominator != 1:
        raise MoneyError(f"{cleaned} has more digits after the point than {currency} has.")
    return Money(int(scaled), currency)


def multiply(units: Decimal, rate: Money) -> Money:
    """Return `units` x `rate`, rounded half away from zero to a minor unit."""
    return _rounded(Fraction(units) * rate.minor, rate.currency)


def percentage(percent: Decimal, of: Money) -> Money:
    """Return `percent` per cent of an amount, rounded half away from zero to a minor unit."""
    return _rounded(Fraction(percent) * of.minor / 100, of.currency)


def _rounded(exact: Fraction, currency: str) -> Money:
    magnitude = int((2 * abs(exact) + 1) // 2)
    return Money(-magnitude if exact < 0 else magnitude, currency)


def share_out(amount: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """Split an amount in proportion to weights; the parts add up to the whole, to the last unit.

    Largest remainders take the units left over, the earlier part first where they tie.

    Raises:
        MoneyError: when there is no weight above zero, or one below it.
    """
    if any(weight < 0 for weight in weights) or sum(weights) <= 0:
        raise MoneyError("The weights must not be negative, and one must be above zero.")
    sign = -1 if amount.is_negative else 1
    whole, weight_sum = abs(amount.minor), sum(weights)
    floors = [whole * weight // weight_sum for weight in weights]
    remainders = [whole * weight % weight_sum for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in by_remainder[: whole - sum(floors)]:
        floors[index] += 1
    return tuple(Money(sign * part, amount.currency) for part in floors)


def parse_decimal(text: str, *, what: str, places: int = 6) -> Decimal:
    """Read a plain decimal number that is no money: units, a percentage.

    Raises:
        MoneyError: when it is no plain number or has more than `places` digits after the point.
    """
    cleaned = text.strip()
    if len(cleaned) > 24 or not _PLAIN_NUMBER.fullmatch(cleaned):
        raise MoneyError(f"{what}: {text[:40]!r} is not a plain number such as 0.20.")
    value = Decimal(cleaned)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        raise MoneyError(f"{what}: {cleaned} has more than {places} digits after the point.")
    return value


def quantized(value: Decimal, digits: int) -> Decimal:
    """Round a number half up to so many digits; for showing, never for booking."""
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
