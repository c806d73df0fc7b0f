"""Amounts between ISO 4217's minor units and the integers that Stripe speaks.

Source: Stripe's documentation, "Supported currencies" (docs.stripe.com/currencies): zero-decimal and
three-decimal currencies and the special cases.
HUF and TWD need nothing here: they are charged, refunded and disputed with two decimals, as ISO 4217 has
them; only a manual payout must be whole, and Feenote makes none.
"""

from __future__ import annotations

from feenote.domain.currencies import digits_of
from feenote.domain.money import Money

# MGA has two digits in ISO 4217 (one ariary is five iraimbilanja), none at Stripe.
_ZERO_DECIMAL = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
_THREE_DECIMAL = "BHD JOD KWD OMR TND"
# No digits in ISO 4217; Stripe still speaks them with two, which must be 00.
_TWO_DECIMAL_FORM = "ISK UGX"
# Stripe's partners take the last of three digits only as 0.
_STEP_OF_THREE_DECIMAL = 10

_STRIPE_DIGITS = {
    code: digits
    for digits, codes in ((0, _ZERO_DECIMAL), (2, _TWO_DECIMAL_FORM), (3, _THREE_DECIMAL))
    for code in codes.split()
}


class AmountError(ValueError):
    """The amount cannot be said to Stripe, or Stripe said one that the currency does not have."""


def to_stripe(amount: Money) -> int:
    """Return the integer that asks Stripe for exactly this amount.

    Raises:
        AmountError: when Stripe cannot take the amount exactly, or not this currency at all.
    """
    shift = _stripe_digits(amount.currency) - digits_of(amount.currency)
    if _STRIPE_DIGITS.get(amount.currency) == 3 and amount.minor % _STEP_OF_THREE_DECIMAL:
        raise AmountError(f"In {amount.currency} the last digit of an amount paid online must be 0.")
    if shift >= 0:
        return int(amount.minor * 10**shift)
    if amount.minor % 10**-shift:
        raise AmountError(f"In {amount.currency} only whole amounts can be paid online.")
    return int(amount.minor // 10**-shift)


def from_stripe(value: int, currency: str) -> Money:
    """Return the money that Stripe means by an integer and its code in small letters.

    Raises:
        AmountError: for a fraction that the currency does not have, or a currency that is not one of ours.
        UnknownCurrencyError: for a code that ISO 4217 does not list.
    """
    code = currency.upper()
    shift = digits_of(code) - _stripe_digits(code)
    if shift >= 0:
        return Money(value * 10**shift, code)
    if value % 10**-shift:
        raise AmountError(f"{value} is no whole amount of {code}.")
    return Money(value // 10**-shift, code)


def _stripe_digits(code: str) -> int:
    # A currency of two digits in ISO 4217 has two at Stripe, unless listed; any other must be listed.
    digits = _STRIPE_DIGITS.get(code, digits_of(code))
    if code not in _STRIPE_DIGITS and digits != 2:
        raise AmountError(f"{code} cannot be paid online.")
    return digits
